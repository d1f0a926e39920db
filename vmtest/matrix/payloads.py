# SPDX-License-Identifier: MIT
"""The payload of a build tree, made once and shared by all kernels and by runs that follow."""

import fcntl
import hashlib
import pathlib

from . import initramfs

KEPT = 3


def payload(files: list[pathlib.Path], tools: list[str], cache: pathlib.Path) -> bytes:
    folder = cache / "payloads"
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "busy", "w") as busy:
        fcntl.flock(busy, fcntl.LOCK_EX)
        archive = folder / f"{_key(files, tools)}.cpio"
        if not archive.exists():
            part = archive.with_suffix(".part")
            part.write_bytes(initramfs.payload(files, tools))
            part.replace(archive)
        archive.touch()
        for old in sorted(folder.glob("*.cpio"), key=lambda path: -path.stat().st_mtime)[KEPT:]:
            old.unlink()
        return archive.read_bytes()


def _key(files: list[pathlib.Path], tools: list[str]) -> str:
    stamps = [(str(file), (stat := file.stat()).st_mtime_ns, stat.st_size) for file in files]
    how = pathlib.Path(initramfs.__file__).stat().st_mtime_ns
    return hashlib.sha256(repr((stamps, tools, how)).encode()).hexdigest()[:16]
