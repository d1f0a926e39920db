# SPDX-License-Identifier: MIT
"""What a guest finds: the parts of its initramfs, which the kernel unpacks one after another."""

import dataclasses
import hashlib
import pathlib
import re
import shutil
import stat
import subprocess
import tempfile

from . import cpio, elf

HERE = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("proc", "sys", "dev", "run", "root", "out", "etc", "var", "usr/sbin", "usr/bin", "sbin")
PASSWD = "root:x:0:0:root:/root:/bin/sh\ndaemon:x:1:1::/:/bin/false\nnobody:x:65534:65534::/:/bin/false\n"
GROUP = "root:x:0:\ndaemon:x:1:\nnogroup:x:65534:\n"


class Missing(Exception):
    """Something of the host that a guest cannot do without."""


@dataclasses.dataclass(frozen=True)
class Step:
    """A shell script, and how long it may take."""

    script: str
    limit_s: int


def base(kernel: pathlib.Path, init: pathlib.Path) -> bytes:
    """Of one kernel: process 1, a shell, and the modules."""
    archive = cpio.Archive()
    archive.folder("/.")
    for folder in FOLDERS:
        archive.folder("/" + folder)
    for folder in ("tmp", "var/tmp"):
        archive.folder("/" + folder, 0o1777)
    archive.node("/dev/console", cpio.CONSOLE)
    archive.node("/dev/null", cpio.NULL)
    archive.file("/etc/passwd", PASSWD.encode())
    archive.file("/etc/group", GROUP.encode())
    archive.copy(init, "/init")
    archive.copy(HERE / "guest" / "stacks", "/vmtest/stacks")
    _add_busybox(archive)
    names = (kernel / "modules.order").read_text().split()
    for name in names:
        archive.copy(kernel / "modules" / name, f"/vmtest/{name}")
    archive.file("/vmtest/modules", "".join(f"/vmtest/{name}\n" for name in names).encode())
    return archive.bytes()


def payload(files: list[pathlib.Path], tools: list[str]) -> bytes:
    """Of all kernels: programs where the host has them, for paths are compiled in, and libraries."""
    archive = cpio.Archive()
    found = {tool: path for tool in tools if (path := shutil.which(tool))}
    with tempfile.TemporaryDirectory(prefix="vmtest-") as folder:
        stripped = pathlib.Path(folder, "stripped")
        for file in files:
            content = file.read_bytes()
            if elf.is_program(content):
                subprocess.run(["strip", "-o", stripped, file], check=True)
                content = stripped.read_bytes()
            archive.file(str(file), content, stat.S_IMODE(file.stat().st_mode))
    for tool, path in found.items():
        archive.copy(pathlib.Path(path), f"/usr/bin/{tool}")
    for library in _libraries([*map(str, files), *found.values()]):
        archive.copy(pathlib.Path(library))
    return archive.bytes()


def job(steps: list[Step], links: dict[str, str]) -> bytes:
    """Of one run: what to do, and names for what is not in PATH."""
    archive = cpio.Archive()
    for path, target in links.items():
        archive.link(path, target)
    for number, step in enumerate(steps):
        archive.file(f"/vmtest/step.{number}", (step.script + "\n").encode())
    lines = [f"{step.limit_s} . /vmtest/step.{number}\n" for number, step in enumerate(steps)]
    archive.file("/vmtest/job", "".join(lines).encode())
    return archive.bytes()


def built_init(cache: pathlib.Path) -> pathlib.Path:
    """The static process 1, compiled once per source."""
    source = HERE / "guest" / "init.c"
    program = cache / f"init-{hashlib.sha256(source.read_bytes()).hexdigest()[:16]}"
    if not program.exists():
        part = tempfile.NamedTemporaryFile(prefix="init-part-", dir=cache, delete=False).name
        subprocess.run(["cc", "-std=gnu11", "-static", "-Os", "-s", "-o", part, source], check=True)
        pathlib.Path(part).replace(program)
    return program


def _add_busybox(archive: cpio.Archive) -> None:
    busybox = shutil.which("busybox")
    if not busybox or "not a dynamic" not in _ldd([busybox]):
        raise Missing("no static busybox (package busybox-static)")
    archive.copy(pathlib.Path(busybox), "/bin/busybox")
    applets = subprocess.run([busybox, "--list"], capture_output=True, text=True, check=True).stdout.split()
    for applet in applets:
        if applet != "busybox":
            archive.link(f"/bin/{applet}", "busybox")


def _libraries(programs: list[str]) -> list[str]:
    return sorted(set(re.findall(r"(/\S+) \(0x", _ldd(programs))))


def _ldd(programs: list[str]) -> str:
    done = subprocess.run(["ldd", *programs], capture_output=True, text=True)
    return done.stdout + done.stderr
