# SPDX-License-Identifier: MIT
"""The ELF kernel inside a bzImage (the kernel's arch/x86/boot.rst has the header's offsets)."""

import gzip
import lzma
import struct
import subprocess
from collections.abc import Callable


def extract(bzimage: bytes) -> bytes:
    if bzimage[0x202:0x206] != b"HdrS":
        raise ValueError("not a bzImage")
    sectors = bzimage[0x1F1] or 4
    offset, length = struct.unpack_from("<II", bzimage, 0x248)
    start = (sectors + 1) * 512 + offset
    # The last four bytes are the size of the kernel, which is no part of the compressed stream.
    return decompress(bzimage[start : start + length - 4])


def decompress(packed: bytes) -> bytes:
    for magic, unpack in _UNPACKERS.items():
        if packed.startswith(magic):
            return unpack(packed)
    return packed


def _by(*command: str) -> Callable[[bytes], bytes]:
    def unpack(packed: bytes) -> bytes:
        return subprocess.run(command, input=packed, capture_output=True, check=True).stdout

    return unpack


_UNPACKERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"\x02\x21\x4c\x18": _by("lz4", "-dc"),
    b"\x28\xb5\x2f\xfd": _by("zstd", "-dcq"),
    b"\xfd7zXZ\0": lzma.decompress,
    b"\x1f\x8b": gzip.decompress,
}
