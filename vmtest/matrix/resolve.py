# SPDX-License-Identifier: MIT
"""Which packages make a kernel: the newest of its series whose dependencies are still in the archive."""

import dataclasses
import functools
import re
import subprocess

from . import apt, kernels

# linux-base of a superseded kernel is often gone; it holds only the configuration, so a kernel is complete
# without.
WANTED = re.compile(r"linux-(binary|modules|base)-[0-9]")
NEEDED = re.compile(r"linux-(binary|modules)-[0-9]")


@dataclasses.dataclass(frozen=True)
class Resolved:
    packages: tuple[apt.Package, ...]  # the image first
    modules: bool

    @property
    def version(self) -> str:
        return self.packages[0].version

    @property
    def key(self) -> str:
        """Names the cached kernel: with the modules it had, for they may vanish and come."""
        return self.packages[0].key + ("" if self.modules else ",no-modules")


class Archive:
    def __init__(self, packages: list[apt.Package]):
        self._packages = packages
        self._by_key = {(p.name, p.version): p for p in packages}

    def resolve(self, kernel: kernels.Kernel) -> Resolved | None:
        candidates = self._candidates(kernel)
        choices = [c for image in candidates if (c := self._closure(image))]
        complete = [c for c in choices if c.modules]
        return next(iter(complete or choices), None)

    def _candidates(self, kernel: kernels.Kernel) -> list[apt.Package]:
        matching = [
            p for p in self._packages if p.suite in kernel.suites and re.fullmatch(kernel.package, p.name)
        ]
        return sorted(matching, key=functools.cmp_to_key(_compare), reverse=True)

    def _closure(self, image: apt.Package) -> Resolved | None:
        """None if even the kernel itself is gone."""
        packages, gone = [image], []
        for name, version in image.depends:
            if not WANTED.match(name):
                continue
            if found := self._by_key.get((name, version or image.version)):
                packages.append(found)
            elif NEEDED.match(name):
                gone.append(name)
        if any(name.startswith("linux-binary-") for name in gone):
            return None
        return Resolved(tuple(packages), modules=not gone)


# The number in old names is an ABI's, not the version: 6.1.0-56 is 6.1.192-2.
def _compare(left: apt.Package, right: apt.Package) -> int:
    def holds(operator: str) -> bool:
        command = ["dpkg", "--compare-versions", left.version, operator, right.version]
        return subprocess.run(command).returncode == 0

    return holds("gt") - holds("lt")
