# SPDX-License-Identifier: MIT
"""One QEMU: its options, its files and its end. Nothing of it outlives this process."""

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import socket
import subprocess

PROGRAM = "qemu-system-x86_64"

# Without no_timer_check some hosts panic with "IO-APIC + timer doesn't work"; an oops shall end the guest;
# BPF LSM is not in the default list of 5.10; the timeout's NMI shall show a backtrace; the log keeps all of a
# splat; a busy host stalls a guest for longer than the 21 s that RCU allows; programs at the
# same addresses each time need not be translated again, which makes them start three times faster;
# and pages are zeroed often enough.
COMMAND_LINE = (
    "console=ttyS0 quiet loglevel=4 panic=-1 oops=panic lsm=bpf mitigations=off audit=0 tsc=reliable "
    "no_timer_check random.trust_cpu=on raid=noautodetect i8042.nokbd i8042.noaux i8042.nopnp "
    "cryptomgr.notests nowatchdog unknown_nmi_panic log_buf_len=4M "
    "rcupdate.rcu_cpu_stall_timeout=120 norandmaps init_on_alloc=0"
)
CHANNELS = ("ctl", "out", "files")


@dataclasses.dataclass(frozen=True)
class Machine:
    accel: str = "tcg"
    cpus: int = 1
    memory_mb: int = 1024
    shell: bool = False  # the terminal of this process is the guest's /dev/hvc0


class Error(Exception):
    pass


class Vm:
    """A running guest; its channels, console and stderr are files in `folder`."""

    def __init__(self, machine: Machine, vmlinux: pathlib.Path, initrd: pathlib.Path, folder: pathlib.Path):
        self._folder = folder
        for name in (*CHANNELS, "console"):
            (folder / name).touch()
        with open(folder / "qemu", "w") as errors:
            # If this process is killed, the kernel ends QEMU; at Ctrl-C this process does.
            self._process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", "--", *command(machine, vmlinux, initrd, folder)],
                stdin=None if machine.shell else subprocess.DEVNULL,
                stdout=None if machine.shell else errors,
                stderr=errors,
                process_group=None if machine.shell else 0,
            )

    def path(self, channel: str) -> pathlib.Path:
        return self._folder / channel

    def text(self, channel: str) -> str:
        return self.path(channel).read_text(errors="replace").replace("\r", "")

    def ended(self, within_s: float = 0) -> bool:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(within_s)
        return self._process.poll() is not None

    def exit_status(self) -> int | None:
        return self._process.poll()

    def interrupt(self) -> None:
        """The guest shall say where it is: an NMI, at which it panics."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as monitor:
            monitor.settimeout(5)
            monitor.connect(str(self._folder / "qmp"))
            replies = monitor.makefile()
            for request in ("qmp_capabilities", "inject-nmi"):
                monitor.sendall(json.dumps({"execute": request}).encode())
                while "return" not in replies.readline():
                    pass

    def kill(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()


def is_installed() -> bool:
    return shutil.which(PROGRAM) is not None


def identity() -> str:
    """Another one may not get on with the host's KVM."""
    path = shutil.which(PROGRAM)
    return f"{os.path.realpath(path)} {os.stat(path).st_mtime_ns}" if path else ""


def command(machine: Machine, vmlinux: pathlib.Path, initrd: pathlib.Path, folder: pathlib.Path) -> list[str]:
    accel = "tcg,thread=multi" if machine.accel == "tcg" else machine.accel
    options = [PROGRAM, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
    options += ["-M", "q35", "-cpu", "max", "-accel", accel]
    options += ["-m", str(machine.memory_mb), "-smp", str(machine.cpus)]
    options += ["-kernel", str(vmlinux), "-initrd", str(initrd), "-append", COMMAND_LINE]
    options += ["-serial", f"file:{folder}/console", "-qmp", f"unix:{folder}/qmp,server=on,wait=off"]
    options += ["-device", "virtio-serial-pci"]
    for name in CHANNELS:
        options += ["-chardev", f"file,id={name},path={folder}/{name}"]
        options += ["-device", f"virtserialport,chardev={name},name=vmtest.{name}"]
    if machine.shell:
        options += ["-chardev", "stdio,id=shell,signal=off", "-device", "virtconsole,chardev=shell"]
    return options
