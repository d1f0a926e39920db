# SPDX-License-Identifier: MIT
"""Which packages make a kernel."""

import unittest

from matrix import apt, kernels, resolve

SERIES = kernels.Kernel("7.2", ("backports",), r"linux-image-7\.2\.\d+-cloud-amd64", required=False)
STANZA = """Package: linux-image-7.2.12-cloud-amd64
Version: 7.2.12-1
Depends: kmod, linux-base-7.2.12-cloud-amd64 (= 7.2.12-1), linux-modules-7.2.12-cloud-amd64 (= 7.2.12-1)
Filename: pool/main/l/linux/image.deb
SHA256: 0123
"""


def package(name: str, version: str, depends: tuple[str, ...] = (), suite: str = "backports") -> apt.Package:
    exact = tuple((depended, version) for depended in depends)
    return apt.Package(name, version, suite, exact, "http://example.org/x.deb", "0123")


def image(version: str) -> apt.Package:
    parts = ("linux-base", "linux-binary", "linux-modules")
    release = version.split("-")[0]
    depends = tuple(f"{part}-{release}-cloud-amd64" for part in parts)
    return package(f"linux-image-{release}-cloud-amd64", version, depends)


def part(kind: str, version: str) -> apt.Package:
    return package(f"linux-{kind}-{version.split('-')[0]}-cloud-amd64", version)


class Resolve(unittest.TestCase):
    def resolved(self, *packages: apt.Package) -> resolve.Resolved | None:
        return resolve.Archive(list(packages)).resolve(SERIES)

    def test_the_newest_version_wins_not_the_greatest_name(self):
        old = package("linux-image-7.2.9-cloud-amd64", "7.2.9-1")
        new = package("linux-image-7.2.12-cloud-amd64", "7.2.12-1~bpo13+1")
        self.assertEqual(self.resolved(new, old).version, "7.2.12-1~bpo13+1")

    def test_a_complete_kernel_wins_over_a_newer_one_without_modules(self):
        old = [image("7.2.9-1"), part("binary", "7.2.9-1"), part("modules", "7.2.9-1")]
        new = [image("7.2.12-1"), part("binary", "7.2.12-1")]
        found = self.resolved(*new, *old)
        self.assertEqual((found.version, found.modules), ("7.2.9-1", True))

    def test_without_any_complete_one_the_newest_has_no_modules(self):
        found = self.resolved(image("7.2.12-1"), part("binary", "7.2.12-1"))
        self.assertFalse(found.modules)
        self.assertIn("no-modules", found.key)

    def test_without_its_binary_a_kernel_is_none(self):
        self.assertIsNone(self.resolved(image("7.2.12-1"), part("modules", "7.2.12-1")))

    def test_a_lost_linux_base_takes_nothing_away(self):
        parts = [image("7.2.12-1"), part("binary", "7.2.12-1"), part("modules", "7.2.12-1")]
        self.assertTrue(self.resolved(*parts).modules)

    def test_other_suites_and_names_are_not_looked_at(self):
        unsigned = package("linux-image-7.2.12-cloud-amd64-unsigned", "7.2.12-1")
        elsewhere = package("linux-image-7.2.12-cloud-amd64", "7.2.12-1", suite="sid")
        self.assertIsNone(self.resolved(unsigned, elsewhere))

    def test_a_stanza_is_read_with_its_exact_dependencies(self):
        found = apt.parse(STANZA, "backports", "http://example.org/debian/")
        self.assertEqual(found.key, "linux-image-7.2.12-cloud-amd64=7.2.12-1")
        self.assertIn(("linux-modules-7.2.12-cloud-amd64", "7.2.12-1"), found.depends)
        self.assertEqual(found.uri, "http://example.org/debian/pool/main/l/linux/image.deb")

    def test_a_metapackage_is_no_kernel(self):
        self.assertIsNone(apt.parse(STANZA.replace("linux-image-7.2.12-cloud", "linux-image-cloud"), "", ""))
        self.assertIsNone(apt.parse(STANZA.replace("-image-", "-binary-unsigned-"), "", ""))


if __name__ == "__main__":
    unittest.main()
