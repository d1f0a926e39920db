# SPDX-License-Identifier: MIT
"""The options of vmtest/run."""

import argparse
import os
import pathlib

HERE = pathlib.Path(__file__).resolve().parent.parent
PROJECT = HERE.parent

EPILOG = """\
Exit status: 0 passed, 1 failed, 2 usage, 77 nothing could be run here (1 if VMTEST_REQUIRE=1); of a COMMAND
on one kernel: its own. Environment: VMTEST_ACCEL=auto|kvm|tcg, VMTEST_CACHE=DIR.
"""


def parse(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="vmtest/run",
        description="Runs the project's tests, or a command, on real kernels in virtual machines.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_choice(parser)
    _add_guest(parser)
    _add_files(parser)
    parser.add_argument("command", nargs="*", metavar="COMMAND", help="run this instead of the tests")
    return parser.parse_args(words)


def _add_choice(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("what").add_argument
    add("--kernel", action="append", default=[], metavar="GLOB", help="only these; may be repeated")
    add("--filter", metavar="TEST", help="only these tests: a gtest pattern, Suite.Test")
    add("--program", metavar="GLOB", default="*", help="only these test programs")
    add("--full", action="store_true", help="also the tests that suites.toml leaves out to save time")
    add("--all-tests", action="store_true", help="every test in the table, not only those that differ")
    add("--shell", action="store_true", help="an interactive shell on one kernel")
    add("--list", action="store_true", help="print the names of the kernels")
    add("--fetch", action="store_true", help="only fetch the kernels")
    add("--update", action="store_true", help="ask Debian for newer kernels even if that was done today")
    add("--offline", action="store_true", help="only kernels of the cache")


def _add_guest(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("guests").add_argument
    add("--jobs", type=int, default=2, metavar="N", help="at the same time (2)")
    add("--cpus", type=int, default=1, metavar="N", help="of each (1)")
    add("--memory", type=int, default=1024, metavar="MB", help="of each (1024)")
    add("--timeout", type=float, default=900, metavar="S", help="for each (900)")


def _add_files(parser: argparse.ArgumentParser) -> None:
    cache = pathlib.Path(os.environ.get("VMTEST_CACHE") or PROJECT / "build/vmtest-cache")
    add = parser.add_argument_group("files").add_argument
    for name, default, what in (
        ("build", PROJECT / "build/dev", "the build tree whose tests run (build/dev)"),
        ("cache", cache, "of kernels (build/vmtest-cache)"),
        ("matrix", HERE / "kernels.toml", "(kernels.toml)"),
        ("suites", HERE / "suites.toml", "(suites.toml)"),
        ("skips", HERE / "skips.toml", "(skips.toml)"),
        ("splats", HERE / "splats.toml", "(splats.toml)"),
        ("artifacts", None, "logs and JUnit (BUILD/vmtest)"),
    ):
        add(f"--{name}", type=_absolute, default=default, metavar="PATH", help=what)


def _absolute(text: str) -> pathlib.Path:
    return pathlib.Path(text).absolute()
