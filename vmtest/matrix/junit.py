# SPDX-License-Identifier: MIT
"""One JUnit file for all kernels: a test suite per kernel and program, classname KERNEL.Suite."""

import pathlib
import re
import xml.etree.ElementTree as xml

from .results import Result, Status, Step, Test, Verdict

NOT_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write(results: list[Result], path: pathlib.Path) -> None:
    root = xml.Element("testsuites", name="vmtest")
    for result in results:
        for step in result.steps:
            _add_step(root, result, step)
        _add_kernel(root, result)
    path.parent.mkdir(parents=True, exist_ok=True)
    xml.ElementTree(root).write(path, encoding="utf-8", xml_declaration=True)


def _add_step(root: xml.Element, result: Result, step: Step) -> None:
    suite = _suite(root, f"{result.kernel}.{step.program}", step.seconds)
    for test in step.tests:
        _add_test(suite, result.kernel, test)
    if step.verdict != Verdict.PASSED or not step.tests:
        case = _case(suite, result.kernel, step.program, step.seconds)
        if step.verdict != Verdict.PASSED:
            _add(case, "error", step.summary(), step.output[-4000:])
    _count(suite)


def _add_test(suite: xml.Element, kernel: str, test: Test) -> None:
    case = _case(suite, f"{kernel}.{test.suite}", test.name, test.seconds)
    if test.status == Status.SKIPPED:
        _add(case, "skipped", test.message.strip().splitlines()[-1] if test.message.strip() else "", "")
    elif test.status != Status.PASSED:
        _add(case, "failure", test.status.value, test.message)


def _add_kernel(root: xml.Element, result: Result) -> None:
    """Boot and kernel log are a test, too."""
    suite = _suite(root, f"{result.kernel}.kernel", result.seconds)
    case = _case(suite, result.kernel, "kernel", result.seconds)
    if result.verdict == Verdict.NOT_FETCHED and not result.required:
        _add(case, "skipped", "not fetched", result.trace)
    elif result.verdict not in (Verdict.PASSED, Verdict.FAILED, Verdict.SIGNALLED):
        _add(case, "error", result.verdict.value, result.trace)
    _count(suite)


def _suite(root: xml.Element, name: str, seconds: float) -> xml.Element:
    return xml.SubElement(root, "testsuite", name=name, time=f"{seconds:.2f}")


def _case(suite: xml.Element, classname: str, name: str, seconds: float) -> xml.Element:
    return xml.SubElement(suite, "testcase", classname=classname, name=name, time=f"{seconds:.3f}")


def _add(case: xml.Element, kind: str, message: str, text: str) -> None:
    xml.SubElement(case, kind, message=NOT_XML.sub("?", message)).text = NOT_XML.sub("?", text)


def _count(suite: xml.Element) -> None:
    suite.set("tests", str(len(suite)))
    for attribute, kind in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(attribute, str(len(suite.findall(f"testcase/{kind}"))))
