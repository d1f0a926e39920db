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

    @property
    def version(self) -> tuple[int, ...]:
        return version_of(self.name)


@dataclasses.dataclass(frozen=True)
class Matrix:
    keyring: str
    mirrors: dict[str, str]
    kernels: tuple[Kernel, ...]

    def sources(self) -> list[str]:
        """sources.list lines for every suite, each named once."""
        suites = dict.fromkeys(suite for kernel in self.kernels for suite in kernel.suites)
        return [f"deb [arch=amd64 signed-by={self.keyring}] {self.mirror_of(s)} {s} main" for s in suites]

    def mirror_of(self, suite: str) -> str:
        return self.mirrors["security" if suite.endswith("-security") else "main"]

    def fingerprint(self) -> str:
        """Changes when an earlier resolution no longer answers this file."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    def matching(self, globs: list[str]) -> list[Kernel]:
        return [k for k in self.kernels if not globs or any(fnmatch.fnmatch(k.name, g) for g in globs)]


def version_of(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in name.split("."))


def read(path: pathlib.Path) -> Matrix:
    text = tomllib.loads(path.read_text())
    kernels = tuple(
        Kernel(k["name"], tuple(k["suites"]), k["package"], k.get("required", False)) for k in text["kernel"]
    )
    return Matrix(text["keyring"], text["mirrors"], kernels)
