# SPDX-License-Identifier: MIT
"""Makes every outcome happen in a guest, and expects vmtest/run to call it by its name."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest

HERE = pathlib.Path(__file__).resolve().parent
RUN = [sys.executable, str(HERE / "run"), "--offline"]
KERNEL = ["--kernel", "6.1"]

# A busy loop above every kernel thread, but below what ends it: a real stall, seen by the kernel itself. Processes
# that end meanwhile see to it that RCU has something to wait for.
STALL = """
    echo 3 > /sys/module/rcupdate/parameters/rcu_cpu_stall_timeout
    echo -1 > /proc/sys/kernel/sched_rt_runtime_us
    while :; do true & wait; done &
    sleep 0.2
    chrt -f 99 timeout 8 chrt -f 98 sh -c 'while :; do :; done'
    exit 0
"""
LEAVE = """
[feature.x]
since = "6.12"
why = "for no good reason"
tests = ["Broken.*"]
"""
SUITES = """
programs = ["*broken"]
limit_s = {limit_s}
"""


def run(*words: str, kernel: list[str] = KERNEL) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*RUN, *kernel, *words], capture_output=True, text=True, stdin=subprocess.DEVNULL)


def in_guest(script: str, *words: str) -> subprocess.CompletedProcess[str]:
    return run(*words, "--", "sh", "-c", textwrap.dedent(script))


def setUpModule() -> None:
    if run("--fetch").returncode == 77:
        print("kernel 6.1 is not in the cache")
        sys.exit(77)


class Command(unittest.TestCase):
    def test_passes_with_its_output(self):
        done = in_guest("echo hello; echo to stderr >&2")
        self.assertEqual((done.returncode, done.stdout), (0, "hello\nto stderr\n"))

    def test_exit_code_is_its_own(self):
        done = in_guest("exit 42")
        self.assertEqual((done.returncode, "failed(42)" in done.stderr), (42, True), done.stderr)

    def test_signal_is_told_from_the_exit_code_a_shell_makes_of_it(self):
        done = in_guest("kill -SEGV $$")
        self.assertEqual((done.returncode, "signalled(11)" in done.stderr), (139, True), done.stderr)
        self.assertIn("failed(139)", in_guest("exit 139").stderr)

    def test_panic_is_a_crash_with_its_trace(self):
        done = in_guest("echo before; echo c > /proc/sysrq-trigger")
        self.assertEqual((done.returncode, done.stdout), (1, "before\n"))
        self.assertIn("kernel crash", done.stderr)
        self.assertIn("sysrq_handle_crash", done.stderr)

    def test_stall_is_a_splat_though_all_went_well(self):
        done = in_guest(STALL)
        self.assertEqual(done.returncode, 1)
        self.assertIn("kernel splat", done.stderr)
        self.assertRegex(done.stderr, r"rcu.*stall")

    def test_endless_loop_is_a_timeout_with_a_backtrace(self):
        done = in_guest("while :; do :; done", "--timeout", "15")
        self.assertEqual(done.returncode, 1)
        self.assertIn("timeout", done.stderr)
        self.assertRegex(done.stderr, r"Comm: sh\b")

    def test_kernel_without_memory_does_not_boot(self):
        done = run("--memory", "200", "--", "true")
        self.assertEqual(done.returncode, 1)
        self.assertIn("did not boot", done.stderr)
        self.assertIn("attempt 2", done.stderr)

    def test_qemu_that_cannot_start_is_not_the_kernels_fault(self):
        done = run("--cpus", "100000", "--", "true")
        self.assertEqual(done.returncode, 1)
        self.assertIn("QEMU did not start", done.stderr)
        self.assertIn("CPUs", done.stderr)


class Interrupt(unittest.TestCase):
    def test_leaves_no_process_and_no_folder(self):
        for sent in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(sent), tempfile.TemporaryDirectory() as folder:
                environment = {**os.environ, "TMPDIR": folder}
                command = [*RUN, *KERNEL, "--", "sh", "-c", "echo up; sleep 1000"]
                process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
                self.assertEqual(process.stdout.readline(), "up\n")
                self.assertNotEqual(self.guests_of(folder), [])
                process.send_signal(sent)
                self.assertEqual(process.wait(30), 130)
                process.stdout.close()
                self.assertEqual((self.guests_of(folder), os.listdir(folder)), ([], []))

    def test_even_a_killed_runner_leaves_no_guest(self):
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "TMPDIR": folder}
            command = [*RUN, *KERNEL, "--", "sh", "-c", "echo up; sleep 1000"]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, text=True)
            self.assertEqual(process.stdout.readline(), "up\n")
            process.kill()
            process.wait()
            process.stdout.close()
            for _ in range(100):
                if not self.guests_of(folder):
                    break
                time.sleep(0.05)
            self.assertEqual(self.guests_of(folder), [])

    @staticmethod
    def guests_of(folder: str) -> list[str]:
        lines = subprocess.run(["ps", "-eo", "pid,args"], capture_output=True, text=True).stdout.splitlines()
        return [line for line in lines if "qemu-system" in line and folder in line]


@unittest.skipUnless("VMTEST_BROKEN" in os.environ, "needs the program of selftest/")
class Tests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.build = pathlib.Path(os.environ["VMTEST_BROKEN"]).parent

    def run_broken(
        self, test: str, *kernels: str, skips: str = "", limit_s: int = 60
    ) -> subprocess.CompletedProcess[str]:
        (self.folder / "suites.toml").write_text(SUITES.format(limit_s=limit_s))
        (self.folder / "skips.toml").write_text(skips)
        words = [
            "--filter",
            f"Broken.{test}",
            "--build",
            str(self.build),
            "--artifacts",
            str(self.folder / "kept"),
        ]
        words += ["--suites", str(self.folder / "suites.toml"), "--skips", str(self.folder / "skips.toml")]
        chosen = [word for kernel in kernels or ("6.1",) for word in ("--kernel", kernel)]
        return run(*words, kernel=chosen)

    def test_fails_on_exactly_the_kernel_where_it_is_broken(self):
        done = self.run_broken("OnSixDotOneOnly", "5.10", "6.1", "6.12")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stdout, r"Broken.OnSixDotOneOnly +ok +FAIL +ok")
        self.assertIn("this is 6.1.", done.stdout)
        junit = (self.folder / "kept" / "junit.xml").read_text()
        self.assertEqual(junit.count("<failure"), 1)
        self.assertIn('classname="6.1.Broken"', junit)

    def test_pass(self):
        self.assertEqual(self.run_broken("Not").returncode, 0)

    def test_filter_that_nothing_matches_is_a_usage_error(self):
        done = self.run_broken("NoSuchTest")
        self.assertEqual((done.returncode, "no test matches" in done.stderr), (2, True), done.stderr)

    def test_segfault_names_the_test(self):
        done = self.run_broken("Segfaults")
        self.assertIn("signalled(11)", done.stdout)
        self.assertIn("Broken.Segfaults did not finish", done.stdout)

    def test_hang_says_where_it_hangs(self):
        done = self.run_broken("NeverEnds", limit_s=5)
        self.assertRegex(done.stdout, r"verdict +timeout")
        self.assertIn("Broken.NeverEnds did not finish", done.stdout)
        self.assertIn("sys_pause", done.stdout)

    def test_panic_names_the_test(self):
        done = self.run_broken("PanicsTheKernel")
        self.assertRegex(done.stdout, r"verdict +kernel crash")
        self.assertIn("Broken.PanicsTheKernel did not finish", done.stdout)
        self.assertIn("sysrq_handle_crash", done.stdout)

    def test_skip_without_leave_is_a_failure(self):
        done = self.run_broken("Skips")
        self.assertEqual(done.returncode, 1)
        self.assertIn("Broken.Skips skipped without leave", done.stdout)
        self.assertIn("for no good reason", done.stdout)

    def test_skip_with_leave_is_none(self):
        done = self.run_broken("Skips", skips=LEAVE)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_pass_instead_of_a_skip_is_told(self):
        done = self.run_broken("Not", skips=LEAVE)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("Broken.Not passed, though", done.stdout)


if __name__ == "__main__":
    unittest.main()
