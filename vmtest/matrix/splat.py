# SPDX-License-Identifier: MIT
"""Finds what a kernel complains of in its log."""

import dataclasses
import pathlib
import re
import tomllib

SIGN = re.compile(
    r"WARNING: |\bBUG: |\bOops\b|Kernel panic|general protection fault|KASAN|UBSAN"
    r"|possible (recursive|circular) locking|rcu: INFO: |(soft|hard) lockup"
    r"|blocked for more than \d+ s|refcount_t: "
)
BEGIN = "[ cut here ]"
END = re.compile(r"\]---|end Kernel panic|^\s*$")
MOST_LINES = 80


@dataclasses.dataclass(frozen=True)
class Allowed:
    pattern: re.Pattern[str]
    kernels: tuple[str, ...]  # empty: all


def read(path: pathlib.Path) -> list[Allowed]:
    entries = tomllib.loads(path.read_text()).get("allow", [])
    return [Allowed(re.compile(e["pattern"]), tuple(e.get("kernels", ()))) for e in entries]


def traces(log: str, kernel: str, allowed: list[Allowed]) -> list[str]:
    """Each complaint with what follows it, if no entry allows its first line."""
    patterns = [a.pattern for a in allowed if not a.kernels or kernel in a.kernels]
    lines = log.splitlines()
    found = []
    at = 0
    while at < len(lines):
        if not SIGN.search(lines[at]):
            at += 1
            continue
        end = _end_of(lines, at)
        if not any(pattern.search(lines[at]) for pattern in patterns):
            start = at - 1 if at and BEGIN in lines[at - 1] else at
            found.append("\n".join(lines[start:end]))
        at = end
    return found


def _end_of(lines: list[str], at: int) -> int:
    for end in range(at + 1, min(at + MOST_LINES, len(lines))):
        if END.search(lines[end]):
            return end + 1
    return min(at + MOST_LINES, len(lines))
