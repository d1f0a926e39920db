# SPDX-License-Identifier: MIT
"""What happens when kernels cannot be had. No network is needed: the mirror is a folder that is not there."""

import contextlib
import hashlib
import io
import os
import pathlib
import tempfile
import unittest
from unittest import mock

from matrix import apt, fetch, kernels, lock, main, modules, resolve

MATRIX = """
keyring = "/usr/share/keyrings/debian-archive-keyring.gpg"
[mirrors]
Debian = "file:/nonexistent"
[[kernel]]
name = "6.1"
suites = ["nowhere"]
package = 'linux-image-6\\.1\\..*'
required = true
[[kernel]]
name = "7.0"
suites = ["nowhere"]
package = 'linux-image-7\\.0\\..*'
"""
PACKAGE = apt.Package(
    "linux-image-6.1.0-1-cloud-amd64", "6.1.1-1", "nowhere", (), "file:/nonexistent/x", "00"
)


class Fetch(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.matrix_file = self.folder / "kernels.toml"
        self.matrix_file.write_text(MATRIX)
        self.matrix = kernels.read(self.matrix_file)
        self.cache = self.folder / "cache"

    def run_it(self, *words: str, require: str = "") -> tuple[int, str]:
        """Exit status and everything that was printed."""
        said = io.StringIO()
        given = [*words, "--matrix", str(self.matrix_file), "--cache", str(self.cache)]
        with mock.patch.dict(os.environ, VMTEST_REQUIRE=require):
            with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                return main.main([*given, "--fetch"]), said.getvalue()

    def lock(self, gone: dict[str, str]) -> None:
        self.cache.mkdir()
        lock.Lock(self.cache / "lock.json", self.matrix.fingerprint()).save({}, gone, resolved=True)

    def have_six_dot_one(self) -> fetch.Fetcher:
        """As if it had been fetched when there was a network."""
        fetcher = fetch.Fetcher(self.matrix, self.cache)
        held = resolve.Resolved((PACKAGE,), modules=True)
        (self.cache / "kernels" / held.key).mkdir()
        (self.cache / "kernels" / held.key / "roots").write_text(" ".join(modules.ROOTS))
        lock.Lock(self.cache / "lock.json", "another matrix").save({"6.1": held}, {}, resolved=True)
        return fetcher

    def test_without_network_and_cache_there_is_nothing_to_run(self):
        status, said = self.run_it()
        self.assertEqual(status, 77)
        self.assertIn("6.1 not fetched: no linux-image-6", said)
        self.assertEqual(self.run_it(require="1")[0], 1)

    def test_offline_says_that_the_cache_is_empty(self):
        status, said = self.run_it("--offline")
        self.assertEqual(status, 77)
        self.assertIn("7.0 not fetched: not in the cache", said)

    def test_a_required_kernel_that_debian_dropped_is_a_failure(self):
        self.lock({"6.1": "dropped", "7.0": "dropped"})
        self.assertEqual(self.run_it("--kernel", "6.1")[0], 1)

    def test_a_required_kernel_that_could_not_be_had_is_a_failure_if_others_could(self):
        required, other = self.matrix.kernels
        had, lost = fetch.Fetched(other, self.folder), fetch.Fetched(required, None, note="timeout")
        with contextlib.redirect_stderr(io.StringIO()):
            self.assertEqual(main._missing([lost, had]), 1)
        with self.assertRaisesRegex(main.Unavailable, "6.1 not fetched: timeout"):
            main._missing([lost])
        with self.assertRaisesRegex(main.Unavailable, "7.0 not fetched: timeout"):
            main._missing([fetch.Fetched(required, self.folder), fetch.Fetched(other, None, note="timeout")])

    def test_another_one_is_only_reported(self):
        self.lock({"6.1": "dropped", "7.0": "dropped"})
        status, said = self.run_it("--kernel", "7.0", require="1")
        self.assertEqual(status, 77)
        self.assertIn("7.0 not fetched: dropped", said)

    def test_the_cache_works_without_network_and_says_so(self):
        fetcher = self.have_six_dot_one()
        held, lost = fetcher.fetch(list(self.matrix.kernels))
        self.assertEqual(held.version, "6.1.1-1")
        self.assertIn("from the cache: no linux-image-6", held.note)
        self.assertIsNone(lost.folder)

    def test_a_changed_module_list_makes_a_cached_kernel_stale(self):
        fetcher = self.have_six_dot_one()
        with mock.patch.object(modules, "ROOTS", [*modules.ROOTS, "ext4"]):
            self.assertIsNone(fetcher.from_cache(list(self.matrix.kernels))[0].folder)

    def test_packages_come_from_where_the_system_gets_debian(self):
        system = {"Debian": "file:/d/", "Debian-Security": "file:/s/"}
        nine = kernels.Kernel("9", ("a-security", "b"), "linux-9", False)
        with mock.patch.object(apt, "system_mirrors", lambda: system):
            first, second = apt.sources(kernels.Matrix("key", {}, (nine, nine)))
            other, _ = apt.sources(kernels.Matrix("key", {"Debian-Security": "file:/o/"}, (nine,)))
        self.assertRegex(first, "signed-by=key.* file:/s/ a-security main$")
        self.assertRegex(second, "signed-by=key.* file:/d/ b main$")
        self.assertRegex(other, " file:/o/ a-security main$")

    def test_a_system_without_debian_is_said(self):
        secure = kernels.Kernel("9", ("a-security",), "linux-9", False)
        with mock.patch.object(apt, "system_mirrors", lambda: {"Debian": "file:/d/"}):
            with self.assertRaisesRegex(apt.Error, "no Debian-Security: apt-get update"):
                apt.sources(kernels.Matrix("key", {}, (secure,)))

    def test_another_mirror_has_the_same_kernels(self):
        elsewhere = kernels.Matrix(self.matrix.keyring, {}, self.matrix.kernels)
        self.assertEqual(elsewhere.fingerprint(), self.matrix.fingerprint())

    def test_a_wrong_checksum_is_refused(self):
        source, target = self.folder / "x.deb", self.folder / "y.deb"
        source.write_bytes(b"not what was promised")
        root = apt.Root(self.folder / "apt", self.matrix)
        right = hashlib.sha256(source.read_bytes()).hexdigest()
        root.download(apt.Package("x", "1", "nowhere", (), f"copy:{source}", right), target)
        self.assertEqual(target.read_bytes(), source.read_bytes())
        target.unlink()
        with self.assertRaisesRegex(apt.Error, "download-file"):
            root.download(apt.Package("x", "1", "nowhere", (), f"copy:{source}", "0" * 64), target)
        self.assertFalse(target.exists())


if __name__ == "__main__":
    unittest.main()
