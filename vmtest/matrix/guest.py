# SPDX-License-Identifier: MIT
"""One run of a job in a guest, and how it ended. QEMU's own status is 0 after a panic, too."""

import dataclasses
import enum
import pathlib
import re
import threading
import time
from collections.abc import Callable

from . import qemu


class End(enum.Enum):
    DONE = "done"  # the whole job was run
    CRASHED = "crashed"  # the guest ended by itself
    TIMEOUT = "timeout"  # the guest had to be ended
    NO_BOOT = "did not boot"  # it never said READY
    NO_START = "not started"  # QEMU ended with an error


@dataclasses.dataclass(frozen=True)
class StepEnd:
    how: str  # exit, signal, timeout
    code: int
    seconds: float


@dataclasses.dataclass(frozen=True)
class Run:
    end: End
    steps: dict[int, StepEnd]  # only those that ended
    begun: int | None  # the last step that began
    ready: str  # what the guest said of itself, "" if nothing
    console: str
    seconds: float


@dataclasses.dataclass(frozen=True)
class Limits:
    boot_s: float = 120
    run_s: float = 600


class Interrupted(Exception):
    pass


def watch(
    vm: qemu.Vm, limits: Limits, stop: threading.Event, show: Callable[[bytes], object] | None = None
) -> Run:
    """Waits until the guest has ended, for as long as it may; `show` is given its output as it comes."""
    began = time.monotonic()
    try:
        end = _wait(vm, limits, stop, _Follower(vm.path("out"), show))
    finally:
        vm.kill()
    return _judge(vm, end, time.monotonic() - began)


class _Follower:
    def __init__(self, path: pathlib.Path, show: Callable[[bytes], object] | None):
        self._file = path.open("rb")
        self._show = show

    def step(self) -> None:
        if self._show and (new := self._file.read()):
            self._show(new)


def _wait(vm: qemu.Vm, limits: Limits, stop: threading.Event, follower: _Follower) -> End:
    began = time.monotonic()
    ended = False
    while not ended:
        if stop.is_set():
            raise Interrupted
        ended = vm.ended(within_s=0.05)
        follower.step()
        passed = time.monotonic() - began
        limit = limits.run_s if "READY" in vm.text("ctl") else limits.boot_s
        if not ended and passed > limit:
            vm.interrupt()
            vm.ended(within_s=10)
            return End.TIMEOUT
    return End.NO_START if vm.exit_status() else End.CRASHED


def _judge(vm: qemu.Vm, end: End, seconds: float) -> Run:
    control = vm.text("ctl")
    ready = re.search(r"^READY (.*)$", control, re.MULTILINE)
    steps = {
        int(number): StepEnd(how, int(code), float(took))
        for number, how, code, took in re.findall(r"^STEP (\d+) (\w+) (\d+) ([\d.]+)$", control, re.MULTILINE)
    }
    begun = [int(number) for number in re.findall(r"^BEGIN (\d+)$", control, re.MULTILINE)]
    if re.search(r"^RESULT", control, re.MULTILINE):
        end = End.DONE
    elif ready and end == End.NO_START:  # QEMU failed later
        end = End.CRASHED
    elif not ready and end != End.NO_START:
        end = End.NO_BOOT
    console = vm.text("console") + (vm.text("qemu") if vm.exit_status() else "")
    return Run(end, steps, max(begun, default=None), ready[1] if ready else "", console, seconds)
