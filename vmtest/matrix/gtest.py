# SPDX-License-Identifier: MIT
"""What a gtest program printed: read as it is written, as a program that crashes never writes its XML."""

import re

from .results import Status, Test

EVENT = re.compile(r"\[ +(RUN|OK|FAILED|SKIPPED) +\] (\S+?\.[^\s,]+)(?:, where .*?)?(?: \((\d+) ms\))?$")
ENDED = {"OK": Status.PASSED, "FAILED": Status.FAILED, "SKIPPED": Status.SKIPPED}


def tests_of(output: str) -> list[Test]:
    """A test that began and did not end is UNFINISHED; what it printed is its message."""
    tests: list[Test] = []
    said: list[str] = []
    for line in output.splitlines():
        match = EVENT.search(line)
        if match and match[1] == "RUN":
            suite, name = match[2].split(".", 1)
            tests.append(Test(suite, name, Status.UNFINISHED))
            said = []
        elif match and tests and tests[-1].status == Status.UNFINISHED and match[2] == tests[-1].full_name:
            tests[-1].status = ENDED[match[1]]
            tests[-1].seconds = int(match[3] or 0) / 1000
            tests[-1].message = "" if tests[-1].status == Status.PASSED else "\n".join(said)
        else:
            said.append(line)
    if tests and tests[-1].status == Status.UNFINISHED:
        tests[-1].message = "\n".join(said)
    return tests
