# SPDX-License-Identifier: MIT
"""What became of a test, of a program with tests, and of a kernel."""

import dataclasses
import enum


class Status(enum.Enum):
    PASSED = "passed"
    FAILED = "failed"
    SKIPPED = "skipped"
    WRONG_SKIP = "skipped without leave"
    UNFINISHED = "did not finish"


class Verdict(enum.Enum):
    """Of a step or a kernel; the later, the worse."""

    PASSED = "passed"
    FAILED = "failed"
    SIGNALLED = "signalled"
    TIMEOUT = "timeout"
    SPLAT = "kernel splat"
    CRASHED = "kernel crash"
    NO_BOOT = "did not boot"
    NO_START = "QEMU did not start"
    NOT_FETCHED = "not fetched"


WORSE = list(Verdict)


@dataclasses.dataclass
class Test:
    suite: str
    name: str
    status: Status
    seconds: float = 0
    message: str = ""

    @property
    def full_name(self) -> str:
        return f"{self.suite}.{self.name}"


@dataclasses.dataclass
class Step:
    program: str
    verdict: Verdict
    code: int  # exit code or signal
    seconds: float
    output: str
    tests: list[Test] = dataclasses.field(default_factory=list)

    def summary(self) -> str:
        match self.verdict:
            case Verdict.FAILED:
                return f"failed({self.code})"
            case Verdict.SIGNALLED:
                return f"signalled({self.code})"
        return self.verdict.value


@dataclasses.dataclass
class Result:
    kernel: str
    verdict: Verdict
    version: str = ""
    modules: bool = False
    seconds: float = 0
    steps: list[Step] = dataclasses.field(default_factory=list)
    trace: str = ""  # what the kernel said when it went wrong, or why there is no kernel
    notes: list[str] = dataclasses.field(default_factory=list)
    required: bool = True

    def tests(self) -> list[Test]:
        return [test for step in self.steps for test in step.tests]

    def exit_code(self) -> int | None:
        """Of a single command, as it was in the guest and as a shell says it."""
        if len(self.steps) != 1 or self.verdict not in (Verdict.PASSED, Verdict.FAILED, Verdict.SIGNALLED):
            return None
        step = self.steps[0]
        return 128 + step.code if step.verdict == Verdict.SIGNALLED else step.code


def worst(verdicts: list[Verdict]) -> Verdict:
    return max(verdicts, key=WORSE.index, default=Verdict.PASSED)
