# SPDX-License-Identifier: MIT
"""The table gaps.toml: which kernels each object is for, and what they may lack because a fallback is declared."""

from __future__ import annotations

import operator
import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from btf import Malformed
from requirements import Finding

Version = tuple[int, ...]

_OPERATORS = {"<": operator.lt, ">=": operator.ge}


def version_of(name: str) -> Version:
    """The numbers a kernel's name begins with: (6, 12, 117) of 6.12.117+deb13. Raises Malformed."""
    match = re.match(r"\d+(\.\d+)+", name)
    if not match:
        raise Malformed(f"{name}: a kernel's name begins with its version")
    return tuple(int(number) for number in match[0].split("."))


@dataclass(frozen=True, slots=True)
class Range:
    """Kernels, as ">=5.17" or ">=6.1, <6.16"; a stable release counts as its series."""

    text: str
    bounds: tuple[tuple[str, Version], ...]

    @classmethod
    def parse(cls, text: str) -> Range:
        bounds = []
        for part in text.split(","):
            match = re.fullmatch(r"\s*(<|>=)\s*(\d+(?:\.\d+)+)\s*", part)
            if not match:
                raise Malformed(f"`{text}`: kernels are given as `>=6.1, <6.16`")
            bounds.append((match[1], version_of(match[2])))
        return cls(text, tuple(bounds))

    def __contains__(self, version: Version) -> bool:
        return all(_OPERATORS[sign](version, bound) for sign, bound in self.bounds)


@dataclass(slots=True)
class Gap:
    what: str
    objects: tuple[str, ...]
    kernels: Range
    reason: str
    guard: str  # what the program asks for before it reads `what`
    needed: set[tuple[str, str]] = field(default_factory=set)  # (object, kernel)

    def covers(self, name: str, version: Version) -> bool:
        return name in self.objects and version in self.kernels

    def allows(self, finding: Finding, questions: set[str]) -> bool:
        if self.what not in (finding.subject, finding.member):
            return False
        return not finding.must_ask or self.guard in questions


@dataclass(slots=True)
class Table:
    objects: dict[str, Range]
    gaps: list[Gap]

    def allowing(self, finding: Finding, name: str, version: Version, questions: set[str]) -> Gap | None:
        return next((g for g in self.gaps if g.covers(name, version) and g.allows(finding, questions)), None)


def _text(entry: dict[str, Any], key: str, otherwise: str | None = None) -> str:
    value = entry.get(key, otherwise)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{key} is missing in {entry}")
    return value


def _gap(entry: dict[str, Any], objects: dict[str, Range]) -> Gap:
    unknown = set(entry) - {"what", "objects", "kernels", "reason", "guard"}
    names = tuple(entry.get("objects", ()))
    if unknown or not names or not set(names) <= set(objects):
        raise Malformed(f"gap of {entry.get('what')}: {unknown or 'objects that are declared are wanted'}")
    what = _text(entry, "what")
    return Gap(
        what, names, Range.parse(_text(entry, "kernels")), _text(entry, "reason"), _text(entry, "guard", what)
    )


def parse_table(text: str) -> Table:
    """Raises Malformed."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Malformed(str(error)) from error
    objects = {
        name: Range.parse(_text(entry, "kernels")) for name, entry in content.get("object", {}).items()
    }
    return Table(objects, [_gap(entry, objects) for entry in content.get("gap", [])])


def read_table(path: Path) -> Table:
    try:
        return parse_table(path.read_text())
    except (OSError, Malformed) as error:
        raise Malformed(f"{path}: {error}") from error
