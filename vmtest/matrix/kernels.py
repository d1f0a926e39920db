# SPDX-License-Identifier: MIT
"""What kernels.toml says."""

import dataclasses
import fnmatch
import hashlib
import pathlib
import tomllib


@dataclasses.dataclass(frozen=True)
class Kernel:
    name: str
    suites: tuple[str, ...]
    package: str
    required: bool
    modules: bool = True  # whether the archive had them when this was written

    @property
    def version(self) -> tuple[int, ...]:
        return version_of(self.name)


@dataclasses.dataclass(frozen=True)
class Matrix:
    keyring: str
    mirrors: dict[str, str]  # URI by the archive's label; what is not named comes from apt's own sources
    kernels: tuple[Kernel, ...]

    def archives(self) -> dict[str, str]:
        """The label of the archive that has each suite."""
        suites = dict.fromkeys(suite for kernel in self.kernels for suite in kernel.suites)
        return {s: "Debian-Security" if s.endswith("-security") else "Debian" for s in suites}

    def fingerprint(self) -> str:
        """Changes when an earlier resolution no longer answers this file. Mirrors have the same packages."""
        return hashlib.sha256(repr((self.keyring, self.kernels)).encode()).hexdigest()[:16]

    def matching(self, globs: list[str]) -> list[Kernel]:
        return [k for k in self.kernels if not globs or any(fnmatch.fnmatch(k.name, g) for g in globs)]


def version_of(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("."))


def read(path: pathlib.Path) -> Matrix:
    text = tomllib.loads(path.read_text())
    kernels = tuple(
        Kernel(k["name"], tuple(k["suites"]), k["package"], k.get("required", False), k.get("modules", True))
        for k in text["kernel"]
    )
    return Matrix(text["keyring"], text.get("mirrors", {}), kernels)
