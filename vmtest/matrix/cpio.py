# SPDX-License-Identifier: MIT
"""Writes initramfs archives (format newc, see the kernel's driver-api/early-userspace/buffer-format.rst)."""

import io
import os
import pathlib
import stat

CONSOLE, NULL = (5, 1), (1, 3)


class Archive:
    """Several may follow each other in one initramfs. Nodes are entries, so nothing here needs root."""

    def __init__(self) -> None:
        self._out = io.BytesIO()
        self._folders: set[str] = set()
        self._inode = 0

    def file(self, path: str, content: bytes, mode: int = 0o644) -> None:
        self._entry(path, stat.S_IFREG | mode, content)

    def copy(self, source: pathlib.Path, path: str | None = None) -> None:
        self.file(path or str(source), source.read_bytes(), stat.S_IMODE(source.stat().st_mode))

    def link(self, path: str, target: str) -> None:
        self._entry(path, stat.S_IFLNK | 0o777, target.encode())

    def node(self, path: str, device: tuple[int, int]) -> None:
        self._entry(path, stat.S_IFCHR | 0o666, b"", device)

    def folder(self, path: str, mode: int = 0o755) -> None:
        if path.strip("/") and path not in self._folders:
            self._entry(path, stat.S_IFDIR | mode, b"")
            self._folders.add(path)

    def bytes(self) -> bytes:
        end = Archive()
        end._write("TRAILER!!!", 0, b"", (0, 0))
        return self._out.getvalue() + end._out.getvalue()

    def _entry(self, path: str, mode: int, content: bytes, device: tuple[int, int] = (0, 0)) -> None:
        path = "/" + path.strip("/")
        parent = os.path.dirname(path)
        if parent != path:
            self.folder(parent)
        self._write(path.lstrip("/"), mode, content, device)

    def _write(self, name: str, mode: int, content: bytes, device: tuple[int, int]) -> None:
        self._inode += 1
        encoded = name.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(content), 0, 0, *device, len(encoded), 0)
        self._out.write(b"070701" + b"".join(b"%08x" % field for field in fields) + encoded)
        self._pad()
        self._out.write(content)
        self._pad()

    def _pad(self) -> None:
        self._out.write(b"\0" * (-self._out.tell() % 4))
