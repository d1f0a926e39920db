# SPDX-License-Identifier: MIT
"""KVM only where a kernel was seen to boot with it: /dev/kvm may be there and every guest hang."""

import json
import os
import pathlib
import platform
import re
import tempfile
import threading

from . import guest, initramfs, qemu

SMOKE = guest.Limits(boot_s=10, run_s=20)


class Unknown(Exception):
    pass


def choose(cache: pathlib.Path, kernel: pathlib.Path, stop: threading.Event) -> str:
    """$VMTEST_ACCEL, or what a boot of this kernel shows; that is kept as long as the host is the same."""
    wanted = os.environ.get("VMTEST_ACCEL", "auto")
    if wanted in ("kvm", "tcg"):
        return wanted
    if wanted != "auto":
        raise Unknown(f"VMTEST_ACCEL={wanted}: expected auto, kvm or tcg")
    if not _may_have_kvm():
        return "tcg"
    verdict = cache / "accel.json"
    host = {"release": platform.release(), "cpu": _cpu(), "qemu": qemu.identity()}
    if verdict.exists() and (known := json.loads(verdict.read_text())).get("host") == host:
        return known["accel"]
    accel = "kvm" if boots(cache, kernel, "kvm", stop) else "tcg"
    verdict.write_text(json.dumps({"host": host, "accel": accel}))
    return accel


def boots(cache: pathlib.Path, kernel: pathlib.Path, accel: str, stop: threading.Event) -> bool:
    with tempfile.TemporaryDirectory(prefix="vmtest-") as folder:
        place = pathlib.Path(folder)
        init = initramfs.built_init(cache)
        (place / "initrd").write_bytes(initramfs.base(kernel, init) + initramfs.job([], {}))
        vm = qemu.Vm(qemu.Machine(accel), kernel / "vmlinux", place / "initrd", place)
        return guest.watch(vm, SMOKE, stop).end == guest.End.DONE


def _may_have_kvm() -> bool:
    flags = re.search(r"^flags\s*:(.*)$", _cpuinfo(), re.MULTILINE)
    return bool(flags) and not {"vmx", "svm"}.isdisjoint(flags[1].split()) and os.access("/dev/kvm", os.W_OK)


def _cpu() -> str:
    model = re.search(r"^model name\s*: (.*)$", _cpuinfo(), re.MULTILINE)
    return model[1] if model else ""


def _cpuinfo() -> str:
    return pathlib.Path("/proc/cpuinfo").read_text()
