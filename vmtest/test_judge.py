# SPDX-License-Identifier: MIT
"""What is made of the words of a guest."""

import pathlib
import re
import tempfile
import unittest
import xml.etree.ElementTree as xml
from unittest import mock

from matrix import gtest, guest, judge, junit, qemu, report, skips, splat, suites
from matrix.results import Result, Status, Verdict

OUTPUT = """
[==========] Running 5 tests from 2 test suites.
[ RUN      ] Graph.Joins
some noise
[       OK ] Graph.Joins (12 ms)
[ RUN      ] All/Graph.Joins/pair_bpf
graph_test.cpp:5: Failure
Expected: 1
[  FAILED  ] All/Graph.Joins/pair_bpf, where GetParam() = (pair, 4-byte object <00-00 00-00>) (3 ms)
[ RUN      ] Iterator.Sees
iterator_test.cpp:7: Skipped
no iterator here
[  SKIPPED ] Iterator.Sees (0 ms)
[ RUN      ] Iterator.Ends
"""
WARNING = """\
[    3.1] usb: fine
[    4.2] ------------[ cut here ]------------
[    4.2] WARNING: CPU: 0 PID: 88 at net/unix/af_unix.c:512 unix_sock_destructor+0x4f/0xe0
[    4.2] Call Trace:
[    4.2]  sk_destruct+0x1e/0x30
[    4.2] ---[ end trace 0000000000000000 ]---
[    5.0] reboot: Power down
"""
ITERATOR = skips.Feature("iterator", (6, 1), False, ("Iterator.*",), "no iterator")


def result(kernel: str = "6.1", modules: bool = True) -> Result:
    run = guest.Run(guest.End.CRASHED, {}, 0, "", "", 1)
    made = Result(kernel, Verdict.PASSED, modules=modules)
    made.steps = judge.steps_of(run, ["unit"], "\n=== vmtest step 0\n" + OUTPUT)
    return made


class Tests(unittest.TestCase):
    def test_are_read_with_what_they_said(self):
        joins, fails, skipped, ends = gtest.tests_of(OUTPUT)
        self.assertEqual((joins.status, joins.seconds, joins.message), (Status.PASSED, 0.012, ""))
        self.assertEqual((fails.suite, fails.name), ("All/Graph", "Joins/pair_bpf"))
        self.assertIn("Expected: 1", fails.message)
        self.assertIn("no iterator here", skipped.message)
        self.assertEqual(ends.status, Status.UNFINISHED)

    def test_that_failed_fail_their_program_whatever_it_says(self):
        made = result()
        made.steps[0].verdict = Verdict.PASSED
        judge.add_tests(made, [])
        self.assertEqual(made.steps[0].verdict, Verdict.FAILED)

    def test_the_step_that_ran_when_the_guest_ended_is_to_blame(self):
        self.assertEqual(result().steps[0].verdict, Verdict.CRASHED)

    def test_programs_that_a_guest_never_began_have_failed(self):
        run = guest.Run(guest.End.DONE, {}, None, "bad=0", "", 1)
        made = Result("6.1", Verdict.PASSED)
        made.steps = judge.steps_of(run, ["unit", "cli"], "")
        judge.add_tests(made, [])
        judge.conclude(made, run, "", [])
        self.assertEqual((made.verdict, len(made.steps)), (Verdict.FAILED, 2))

    def test_a_program_without_tests_has_failed_unless_the_user_chose_others(self):
        for may_be_empty, verdict in ((False, Verdict.FAILED), (True, Verdict.PASSED)):
            ended = {0: guest.StepEnd("exit", 0, 1)}
            run = guest.Run(guest.End.DONE, ended, 0, "bad=0", "", 1)
            made = Result("6.1", Verdict.PASSED)
            output = "\n=== vmtest step 0\n[==========] Running 0 tests from 0 test suites.\n"
            made.steps = judge.steps_of(run, ["unit"], output)
            judge.add_tests(made, [], may_be_empty)
            self.assertEqual(made.steps[0].verdict, verdict)


class Ends(unittest.TestCase):
    def end_of(self, control: str, end: guest.End) -> guest.End:
        texts = {"ctl": control, "console": "", "qemu": "qemu: it broke"}
        vm = mock.Mock(text=texts.__getitem__, exit_status=lambda: 1)
        return guest._judge(vm, end, 1).end

    def test_qemu_that_breaks_under_a_guest_is_a_crash_which_is_not_tried_again(self):
        broken = guest.End.NO_START
        self.assertEqual(self.end_of("", broken), guest.End.NO_START)
        self.assertEqual(self.end_of("READY 6.1 bad=0\nBEGIN 0\n", broken), guest.End.CRASHED)


class Suites(unittest.TestCase):
    def test_globs_without_a_file_are_told(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "there").touch(0o755)
            (root / "suites.toml").write_text('programs = ["th*", "gone*"]\ndata = ["t*", "nor*"]\nlimit_s = 1')
            known = suites.read(root / "suites.toml", root, root)
        self.assertEqual([path.name for path in known.programs], ["there"])
        self.assertEqual(known.unmatched, [f"{root}/gone*", f"{root}/nor*"])


class Skips(unittest.TestCase):
    def status_on(self, kernel: str, modules: bool, feature: skips.Feature) -> Status:
        made = result(kernel, modules)
        judge.add_tests(made, [feature])
        return made.tests()[2].status

    def test_are_right_on_an_older_kernel_only(self):
        self.assertEqual(self.status_on("5.10", True, ITERATOR), Status.SKIPPED)
        self.assertEqual(self.status_on("6.1", True, ITERATOR), Status.WRONG_SKIP)
        self.assertEqual(self.status_on("6.12", False, ITERATOR), Status.WRONG_SKIP)

    def test_are_right_for_the_reason_in_the_table_only(self):
        feature = skips.Feature("iterator", (6, 1), False, ("Iterator.*",), "something else")
        self.assertEqual(self.status_on("5.10", True, feature), Status.WRONG_SKIP)

    def test_are_right_without_modules_where_those_are_needed(self):
        feature = skips.Feature("veth", (5, 10), True, ("Iterator.S*",), "no iterator")
        self.assertEqual(self.status_on("7.0", False, feature), Status.SKIPPED)
        self.assertEqual(self.status_on("7.0", True, feature), Status.WRONG_SKIP)

    def test_a_pass_where_a_skip_was_expected_is_told(self):
        made = result("5.10")
        judge.add_tests(made, [skips.Feature("graphs", (6, 1), False, ("Graph.*",), "")])
        self.assertIn("Graph.Joins passed, though skips.toml lacks graphs here", made.notes)


class Splats(unittest.TestCase):
    def test_are_found_from_cut_to_end(self):
        (trace,) = splat.traces(WARNING, "6.1", [])
        self.assertTrue(trace.startswith("[    4.2] ------------[ cut here"))
        self.assertTrue(trace.endswith("0000 ]---"))

    def test_may_be_allowed_on_some_kernels(self):
        allowed = [splat.Allowed(re.compile("unix_sock_destructor"), ("6.1",))]
        self.assertEqual(splat.traces(WARNING, "6.1", allowed), [])
        self.assertEqual(len(splat.traces(WARNING, "6.12", allowed)), 1)

    def test_a_quiet_log_has_none(self):
        command_line = f"Kernel command line: {qemu.COMMAND_LINE}\n"
        log = command_line + "rcu: RCU restricting CPUs from NR_CPUS=512 to nr_cpu_ids=1.\nBUGS: 0"
        self.assertEqual(splat.traces(log, "6.1", []), [])


class Reports(unittest.TestCase):
    def setUp(self):
        self.made = result("5.10")
        judge.add_tests(self.made, [ITERATOR])
        self.made.verdict = Verdict.CRASHED

    def test_the_table_names_what_is_not_the_same_everywhere(self):
        other = Result("7.9", Verdict.NOT_FETCHED, trace="no such package")
        text = report.table([self.made, other])
        self.assertRegex(text, r"All/Graph.Joins/pair_bpf +FAIL +-")
        self.assertRegex(text, r"verdict +kernel crash +not fetched")
        self.assertNotIn("  Graph.Joins", text)

    def test_junit_names_the_kernel_in_each_class(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, "junit.xml")
            junit.write([self.made], path)
            root = xml.parse(path).getroot()
        self.assertEqual({case.get("classname").split(".")[0] for case in root.iter("testcase")}, {"5"})
        self.assertEqual(root.find("testsuite").get("skipped"), "1")
        self.assertEqual(len(root.findall(".//failure")), 2)


if __name__ == "__main__":
    unittest.main()
