# SPDX-License-Identifier: MIT
"""Makes a result of what a guest left behind."""

import re

from . import gtest, guest, skips, splat
from .results import Result, Status, Step, Verdict, worst

STEP = re.compile(r"^=== vmtest step (\d+)\n", re.MULTILINE)
ENDS = {
    guest.End.CRASHED: Verdict.CRASHED,
    guest.End.TIMEOUT: Verdict.TIMEOUT,
    guest.End.NO_BOOT: Verdict.NO_BOOT,
    guest.End.NO_START: Verdict.NO_START,
}
TAIL_LINES = 60


def steps_of(run: guest.Run, programs: list[str], output: str) -> list[Step]:
    """Those that ended, and the one that was running when the guest ended."""
    parts = STEP.split(output)
    outputs = dict(zip(map(int, parts[1::2]), parts[2::2]))
    steps = []
    for number, program in enumerate(programs):
        said = outputs.get(number, "")
        if ended := run.steps.get(number):
            steps.append(Step(program, _verdict_of(ended), ended.code, ended.seconds, said))
        elif number == run.begun:
            steps.append(Step(program, ENDS.get(run.end, Verdict.CRASHED), 0, 0, said))
        elif run.end == guest.End.DONE:
            steps.append(Step(program, Verdict.FAILED, 127, 0, "vmtest: the guest never began it\n"))
    return steps


def _verdict_of(ended: guest.StepEnd) -> Verdict:
    match ended.how:
        case "signal":
            return Verdict.SIGNALLED
        case "timeout":
            return Verdict.TIMEOUT
    return Verdict.FAILED if ended.code else Verdict.PASSED


def add_tests(result: Result, features: list[skips.Feature], may_be_empty: bool = False) -> None:
    """Reads the tests out of the steps' output. A step that says it passed must have passed each of them, and have
    had some, unless the user's filter chose them."""
    for step in result.steps:
        step.tests = gtest.tests_of(step.output)
        result.notes += skips.judge(step.tests, result.kernel, result.modules, features)
        fine = all(test.status in (Status.PASSED, Status.SKIPPED) for test in step.tests)
        if step.verdict == Verdict.PASSED and not fine:
            step.verdict, step.code = Verdict.FAILED, 1
        if step.verdict == Verdict.PASSED and "[==========]" not in step.output:
            step.verdict, step.code = Verdict.FAILED, 1
            step.output += "\nvmtest: this is not a gtest program\n"
        if step.verdict == Verdict.PASSED and not step.tests and not may_be_empty:
            step.verdict, step.code = Verdict.FAILED, 1
            step.output += "\nvmtest: not one test was run\n"


def conclude(result: Result, run: guest.Run, log: str, allowed: list[splat.Allowed]) -> None:
    """The verdict of the kernel: the worst of its end, its steps and its log."""
    verdicts = [step.verdict for step in result.steps]
    if run.end in ENDS:
        verdicts.append(ENDS[run.end])
    traces = splat.traces(log or run.console, result.kernel, allowed)
    if traces and run.end == guest.End.DONE:
        verdicts.append(Verdict.SPLAT)
    result.verdict = worst(verdicts)
    result.trace = "\n".join(traces)
    if run.end in ENDS and not traces:
        result.trace = "\n".join(run.console.splitlines()[-TAIL_LINES:]) or "(nothing on the console)"
    if "bad=0" not in run.ready and run.ready:
        result.notes.append(f"some modules were not loaded: {run.ready}")
