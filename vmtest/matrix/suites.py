# SPDX-License-Identifier: MIT
"""What suites.toml says of a build tree."""

import dataclasses
import os
import pathlib
import tomllib


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

    def payload(self) -> list[pathlib.Path]:
        return sorted({*self.programs, *self.files, *self.commands, *self.data})


def read(path: pathlib.Path, build: pathlib.Path, source: pathlib.Path) -> Suites:
    text = tomllib.loads(path.read_text())

    def found(key: str) -> list[pathlib.Path]:
        return [path for glob in text.get(key, []) for path in sorted(build.glob(glob)) if _is_program(path)]

    data = [path for glob in text.get("data", []) for path in sorted(source.glob(glob)) if path.is_file()]
    return Suites(
        found("programs"),
        found("files"),
        found("commands"),
        data,
        frozenset(text.get("slow", [])),
        text.get("environment", {}),
        {program: filter.strip() for program, filter in text.get("filter", {}).items()},
        text.get("tools", []),
        text["limit_s"],
    )


def _is_program(path: pathlib.Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
