# SPDX-License-Identifier: MIT
"""What suites.toml says of a build tree."""

import dataclasses
import os
import pathlib
import tomllib
from collections.abc import Callable


@dataclasses.dataclass(frozen=True)
class Suites:
    programs: list[pathlib.Path]
    files: list[pathlib.Path]
    commands: list[pathlib.Path]
    data: list[pathlib.Path]
    slow: frozenset[str]  # programs, by their names
    environment: dict[str, str]
    filters: dict[str, str]  # of a program, by its name
    tools: list[str]
    limit_s: int
    unmatched: list[str]  # globs: what was renamed would be missed by nobody

    def payload(self) -> list[pathlib.Path]:
        return sorted({*self.programs, *self.files, *self.commands, *self.data})


def read(path: pathlib.Path, build: pathlib.Path, source: pathlib.Path) -> Suites:
    text = tomllib.loads(path.read_text())
    unmatched: list[str] = []

    def found(root: pathlib.Path, key: str, wanted: Callable[[pathlib.Path], bool]) -> list[pathlib.Path]:
        by_glob = {
            glob: [path for path in sorted(root.glob(glob)) if wanted(path)] for glob in text.get(key, [])
        }
        unmatched.extend(f"{root / glob}" for glob, paths in by_glob.items() if not paths)
        return sum(by_glob.values(), [])

    return Suites(
        found(build, "programs", _is_program),
        found(build, "files", _is_program),
        found(build, "commands", _is_program),
        found(source, "data", pathlib.Path.is_file),
        frozenset(text.get("slow", [])),
        text.get("environment", {}),
        {program: filter.strip() for program, filter in text.get("filter", {}).items()},
        text.get("tools", []),
        text["limit_s"],
        unmatched,
    )


def _is_program(path: pathlib.Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
