# SPDX-License-Identifier: MIT
"""From the command line to the exit status."""

import argparse
import contextlib
import os
import pathlib
import signal
import sys
import tempfile
import termios
import threading
from collections.abc import Callable, Iterator

from . import (
    accel,
    apt,
    fetch,
    guest,
    initramfs,
    jobs,
    junit,
    kernels,
    options,
    qemu,
    report,
    session,
    skips,
    splat,
)
from .results import Result, Verdict

SKIP = 77


class Usage(Exception):
    pass


class Unavailable(Exception):
    """Nothing can be run here."""


def main(words: list[str]) -> int:
    # SIGTERM unwinds like Ctrl-C, so that no guest and no folder stays behind.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return _run(options.parse(words))
    except Unavailable as why:
        print(f"vmtest: {why}", file=sys.stderr)
        return 1 if os.environ.get("VMTEST_REQUIRE") == "1" else SKIP
    except (Usage, jobs.Nothing) as why:
        print(f"vmtest: {why}", file=sys.stderr)
        return 2
    except (initramfs.Missing, accel.Unknown, apt.Error) as why:
        print(f"vmtest: {why}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, guest.Interrupted):
        print("vmtest: interrupted", file=sys.stderr)
        return 130


def _run(chosen: argparse.Namespace) -> int:
    matrix = kernels.read(chosen.matrix)
    wanted = matrix.matching(chosen.kernel)
    if not wanted:
        raise Usage(f"no such kernel; there are {' '.join(k.name for k in matrix.kernels)}")
    if chosen.list:
        print("\n".join(kernel.name for kernel in wanted))
        return 0
    if chosen.shell and len(wanted) != 1:
        raise Usage("--shell needs one --kernel")
    fetcher = fetch.Fetcher(matrix, chosen.cache)
    fetched = fetcher.from_cache(wanted) if chosen.offline else fetcher.fetch(wanted, update=chosen.update)
    if chosen.fetch:
        for kernel in fetched:
            print(f"{kernel.kernel.name:>5}  {kernel.version or 'not fetched'}  {kernel.note}".rstrip())
        return _missing(fetched) or 0
    if not any(kernel.folder for kernel in fetched):
        return _missing(fetched) or SKIP
    if not qemu.is_installed():
        raise Unavailable(f"no {qemu.PROGRAM}; scripts/setup vm installs it")
    return _run_guests(chosen, fetched)


def _missing(fetched: list[fetch.Fetched]) -> int | None:
    """What missing kernels mean: failure if one is required, and Debian does not have it or others were to be had."""
    lost = [kernel for kernel in fetched if not kernel.folder]
    said = "\n".join(f"{kernel.kernel.name} not fetched: {kernel.note}" for kernel in lost)
    some_needed = any(kernel.kernel.required for kernel in lost)
    if some_needed and (len(lost) < len(fetched) or any(k.kernel.required and k.gone for k in lost)):
        print(f"vmtest: {said}", file=sys.stderr)
        return 1
    if any(not kernel.gone for kernel in lost):
        raise Unavailable(said)
    if len(lost) == len(fetched):
        print(f"vmtest: {said}", file=sys.stderr)
        return SKIP
    return None


def _run_guests(chosen: argparse.Namespace, fetched: list[fetch.Fetched]) -> int:
    job = jobs.of(chosen)
    stop = threading.Event()
    smoke = next(kernel.folder for kernel in reversed(fetched) if kernel.folder)
    machine = qemu.Machine(
        accel.choose(chosen.cache, smoke, stop), chosen.cpus, chosen.memory, shell=chosen.shell
    )
    artifacts = chosen.artifacts or (chosen.build / "vmtest" if job.are_tests else None)
    limits = guest.Limits(run_s=jobs.NO_LIMIT_S if chosen.shell else chosen.timeout)
    with tempfile.TemporaryDirectory(prefix="vmtest-") as folder, _terminal(chosen.shell):
        run = session.Session(
            chosen.cache,
            pathlib.Path(folder),
            artifacts,
            machine,
            limits,
            skips.read(chosen.skips),
            splat.read(chosen.splats),
            stop,
        )
        live = not job.are_tests and len(fetched) == 1
        show = _without_marker(sys.stdout.buffer.write) if live else None
        results = run.run(fetched, job, chosen.jobs, _announcement(job, live), show)
    if artifacts:
        _write_junit(results, artifacts)
    _print(results, job, chosen)
    all_fine = all(result.verdict == Verdict.PASSED for result in results)
    if job.is_filtered and all_fine and not any(result.tests() for result in results):
        raise Usage(f"no test matches --filter {chosen.filter}")
    return _status(results, job)


def _announcement(job: session.Job, live: bool) -> Callable[[Result], None]:
    def announce(result: Result) -> None:
        if not job.are_tests and not live:
            print("".join(step.output for step in result.steps).strip("\n"))
        if not live or result.verdict != Verdict.PASSED:
            print(report.line(result), file=sys.stdout if not live else sys.stderr, flush=True)

    return announce


def _print(results: list[Result], job: session.Job, chosen: argparse.Namespace) -> None:
    for result in results:
        wrong = result.verdict != Verdict.PASSED or result.notes
        if wrong and (job.are_tests or result.trace or result.notes):
            print(report.details(result), file=sys.stderr if not job.are_tests else sys.stdout)
    if job.are_tests:
        print(report.table(results, all_tests=chosen.all_tests), flush=True)


def _write_junit(results: list[Result], artifacts: pathlib.Path) -> None:
    """Of this run; runs of single kernels, as CTest makes them, leave one file each."""
    name = "junit.xml" if len(results) > 1 else f"junit-{results[0].kernel}.xml"
    junit.write(results, artifacts / name)


def _status(results: list[Result], job: session.Job) -> int:
    if not job.are_tests and len(results) == 1 and (code := results[0].exit_code()) is not None:
        return code
    fine = (Verdict.PASSED,)
    lost = [result for result in results if result.verdict == Verdict.NOT_FETCHED]
    bad = [result for result in results if result.verdict not in fine and result not in lost]
    return 1 if bad or any(result.required for result in lost) else 0


def _without_marker(write: Callable[[bytes], object]) -> Callable[[bytes], None]:
    held = b""

    def show(part: bytes) -> None:
        nonlocal held
        if held is not None:
            held += part
            _, marker, part = held.partition(b"=== vmtest step 0\n")
            if not marker:
                return
            held = None
        write(part)
        sys.stdout.flush()

    return show


@contextlib.contextmanager
def _terminal(shell: bool) -> Iterator[None]:
    """QEMU makes it raw, and may be ended before it can undo that."""
    if not shell or not sys.stdin.isatty():
        yield
        return
    before = termios.tcgetattr(sys.stdin)
    try:
        yield
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)
