# SPDX-License-Identifier: MIT
"""Which tests may skip on which kernel. Without this table old kernels turn green by skipping everything."""

import dataclasses
import fnmatch
import pathlib
import tomllib

from . import kernels
from .results import Status, Test


@dataclasses.dataclass(frozen=True)
class Feature:
    name: str
    since: tuple[int, ...]  # the first kernel of the matrix that must run its tests
    needs_modules: bool
    tests: tuple[str, ...]
    why: str  # what a skip must say

    def covers(self, test: Test) -> bool:
        return any(fnmatch.fnmatchcase(test.full_name, pattern) for pattern in self.tests)

    def excuses(self, test: Test) -> bool:
        return self.covers(test) and self.why in test.message

    def is_absent(self, kernel: str, modules: bool) -> bool:
        return kernels.version_of(kernel) < self.since or (self.needs_modules and not modules)


def read(path: pathlib.Path) -> list[Feature]:
    table = tomllib.loads(path.read_text()).get("feature", {})
    return [
        Feature(
            name,
            kernels.version_of(f.get("since", "0")),
            f.get("needs") == "modules",
            tuple(f["tests"]),
            f["why"],
        )
        for name, f in table.items()
    ]


def judge(tests: list[Test], kernel: str, modules: bool, features: list[Feature]) -> list[str]:
    """Marks skips that no feature excuses; returns which features work though the table lacks them."""
    absent = [f for f in features if f.is_absent(kernel, modules)]
    surprises = []
    for test in tests:
        expected = [f.name for f in absent if f.covers(test)]
        if test.status == Status.SKIPPED and not any(f.excuses(test) for f in absent):
            test.status = Status.WRONG_SKIP
        elif test.status == Status.PASSED and expected:
            surprises.append(f"{test.full_name} passed, though skips.toml lacks {', '.join(expected)} here")
    return surprises
