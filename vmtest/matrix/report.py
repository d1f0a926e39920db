# SPDX-License-Identifier: MIT
"""The merged table, and what went wrong, for people."""

from .results import Result, Status, Step, Test, Verdict

MARKS = {
    Status.PASSED: "ok",
    Status.FAILED: "FAIL",
    Status.SKIPPED: "skip",
    Status.WRONG_SKIP: "SKIP!",
    Status.UNFINISHED: "STOP",
}
MESSAGE_LINES = 12


def line(result: Result) -> str:
    """One kernel, as soon as it is known."""
    tests = result.tests()
    count = f", {len(tests)} tests" if tests else ""
    modules = "" if result.modules or not result.version else ", no modules"
    return (
        f"{result.kernel:>5}  {verdict(result):<22} {result.seconds:6.1f} s  {result.version}{modules}{count}"
    )


def verdict(result: Result) -> str:
    bad = [step for step in result.steps if step.verdict != Verdict.PASSED]
    if result.verdict in (Verdict.FAILED, Verdict.SIGNALLED) and bad:
        return bad[0].summary() if len(bad) == 1 else f"{result.verdict.value}: {len(bad)} programs"
    return result.verdict.value


def table(results: list[Result], *, all_tests: bool = False) -> str:
    """Programs in rows, kernels in columns; then each test that did not pass everywhere."""
    ran = [result for result in results if result.steps]
    programs = list(dict.fromkeys(step.program for result in ran for step in result.steps))
    rows = [["", *(result.kernel for result in results)]]
    for program in programs:
        steps = [_step(result, program) for result in results]
        rows.append([program, *(_cell(step) for step in steps)])
        rows += _test_rows(steps, all_tests)
    rows.append(["verdict", *(result.verdict.value for result in results)])
    rows.append(["seconds", *(f"{result.seconds:.1f}" for result in results)])
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows
    )


def _step(result: Result, program: str) -> Step | None:
    return next((step for step in result.steps if step.program == program), None)


def _cell(step: Step | None) -> str:
    if not step:
        return "-"
    if not step.tests:
        return "ok" if step.verdict == Verdict.PASSED else step.summary()
    counts = [(sum(test.status == status for test in step.tests), mark) for status, mark in MARKS.items()]
    said = " ".join(f"{count} {mark}" for count, mark in counts if count)
    return said if step.verdict in (Verdict.PASSED, Verdict.FAILED) else f"{said}, {step.summary()}"


def _test_rows(steps: list[Step | None], all_tests: bool) -> list[list[str]]:
    marks = [{test.full_name: MARKS[test.status] for test in step.tests} if step else {} for step in steps]
    names = dict.fromkeys(name for of_kernel in marks for name in of_kernel)
    rows = [["  " + name, *(of_kernel.get(name, "-") for of_kernel in marks)] for name in names]
    return [row for row in rows if all_tests or set(row[1:]) - {"ok", "-"}]


def details(result: Result) -> str:
    """What a person needs to see of a kernel that did not simply pass."""
    parts = [f"note: {note}" for note in result.notes]
    for step in result.steps:
        bad = [test for test in step.tests if test.status not in (Status.PASSED, Status.SKIPPED)]
        parts += [_test(test) for test in bad]
        if step.verdict != Verdict.PASSED and not bad:
            parts.append(f"{step.program}: {step.summary()}\n" + _indented(step.output[-4000:], tail=True))
    if result.trace:
        parts.append(f"{result.verdict.value}:\n" + _indented(result.trace, most=80))
    return "\n".join(f"[{result.kernel}] {part}" for part in parts)


def _test(test: Test) -> str:
    return f"{test.full_name} {test.status.value}\n{_indented(test.message)}"


def _indented(text: str, most: int = MESSAGE_LINES, tail: bool = False) -> str:
    lines = text.strip().splitlines()
    shown = lines[-most:] if tail else lines[:most]
    return "\n".join("    " + line[:300] for line in shown)
