# SPDX-License-Identifier: MIT
"""Sections of 64-bit little-endian ELF files."""

import struct

PROGRAM = b"\x02\x00", b"\x03\x00"  # ET_EXEC, ET_DYN
X86_64 = b"\x3e\x00"


def is_program(content: bytes) -> bool:
    """Of this machine; BPF objects, for one, are ELF files as well."""
    return content[:4] == b"\x7fELF" and content[16:18] in PROGRAM and content[18:20] == X86_64


def section(image: bytes, wanted: str) -> bytes | None:
    offset, size, count, names = _table(image)
    headers = [struct.unpack_from("<IIQQQQ", image, offset + size * i) for i in range(count)]
    strings = headers[names][4]
    for name, _, _, _, start, length in headers:
        begin = strings + name
        if image[begin : image.index(b"\0", begin)] == wanted.encode():
            return image[start : start + length]
    return None


def _table(image: bytes) -> tuple[int, int, int, int]:
    if image[:6] != b"\x7fELF\x02\x01":
        raise ValueError("not a 64-bit little-endian ELF file")
    (offset,) = struct.unpack_from("<Q", image, 0x28)
    size, count, names = struct.unpack_from("<HHH", image, 0x3A)
    return offset, size, count, names
