# SPDX-License-Identifier: MIT
"""BTF for tests: kernels of a few types, written type by type, and a kernel's BTF with something changed."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from btf import COMPOSITES, MAGIC, Btf, Kind, Member


class Strings:
    def __init__(self, data: bytes = b"\0") -> None:
        self.data = bytearray(data)

    def add(self, text: str) -> int:
        """Its offset."""
        if not text:
            return 0
        self.data += text.encode() + b"\0"
        return len(self.data) - len(text.encode()) - 1


def assemble(types: bytes, strings: bytes) -> bytes:
    return struct.pack("<HBBI4I", MAGIC, 1, 0, 24, 0, len(types), len(types), len(strings)) + types + strings


class Builder:
    """Each method adds a type and returns its id."""

    def __init__(self) -> None:
        self._types = bytearray()
        self._strings = Strings()
        self._count = 0

    def _add(self, name: str, kind: Kind, count: int, target: int, tail: bytes = b"", flag: int = 0) -> int:
        info = flag << 31 | kind << 24 | count
        self._types += struct.pack("<3I", self._strings.add(name), info, target) + tail
        self._count += 1
        return self._count

    def integer(self, name: str, size: int, signed: bool = False) -> int:
        return self._add(name, Kind.INT, 0, size, struct.pack("<I", signed << 24 | size * 8))

    def pointer(self, target: int = 0) -> int:
        return self._add("", Kind.PTR, 0, target)

    def array(self, element: int, count: int) -> int:
        return self._add("", Kind.ARRAY, 0, 0, struct.pack("<3I", element, element, count))

    def typedef(self, name: str, target: int) -> int:
        return self._add(name, Kind.TYPEDEF, 0, target)

    def const(self, target: int) -> int:
        return self._add("", Kind.CONST, 0, target)

    def struct(
        self,
        name: str,
        members: Sequence[tuple[str, int, int] | Member],
        size: int = 64,
        kind: Kind = Kind.STRUCT,
    ) -> int:
        """A member is a name, a type and an offset in bytes, or a Member where it is a bitfield."""
        tail = b""
        for member in members:
            if not isinstance(member, Member):
                member = Member(member[0], member[1], member[2] * 8, 0)
            name_at = self._strings.add(member.name)
            tail += struct.pack("<3I", name_at, member.type, member.bits << 24 | member.bit_offset)
        return self._add(name, kind, len(members), size, tail, flag=1)

    def union(self, name: str, members: Sequence[tuple[str, int, int] | Member], size: int = 64) -> int:
        return self.struct(name, members, size, Kind.UNION)

    def enum(self, name: str, values: dict[str, int]) -> int:
        tail = b"".join(struct.pack("<Ii", self._strings.add(key), value) for key, value in values.items())
        return self._add(name, Kind.ENUM, len(values), 4, tail)

    def function(self, name: str, parameters: Sequence[int] = ()) -> int:
        tail = b"".join(struct.pack("<2I", 0, parameter) for parameter in parameters)
        prototype = self._add("", Kind.FUNC_PROTO, len(parameters), 0, tail)
        return self._add(name, Kind.FUNC, 0, prototype)

    def build(self) -> Btf:
        return Btf(assemble(self._types, self._strings.data))


class Mutant(Btf):
    """Real BTF, of which single fields are overwritten; build() gives what a kernel so changed would have."""

    def __init__(self, raw: bytes) -> None:
        super().__init__(raw)
        self._changed = bytearray(self._types)
        self._text = Strings(self._strings)

    def raw(self) -> bytes:
        return assemble(self._changed, self._text.data)

    def build(self) -> Btf:
        return Btf(self.raw())

    def _write(self, at: int, value: int) -> None:
        struct.pack_into("<I", self._changed, at, value)

    def _member_at(self, owner: str, name: str) -> int:
        for type_id in self.named(owner, *COMPOSITES):
            for index, member in enumerate(self.members(type_id)):
                if member.name == name:
                    return self._at[type_id] + 12 + index * 12
        raise KeyError(f"{owner}.{name}")

    def rename(self, kind: Kind, name: str, new: str) -> None:
        for type_id in self.named(name, kind):
            self._write(self._at[type_id], self._text.add(new))

    def rename_member(self, owner: str, name: str, new: str) -> None:
        self._write(self._member_at(owner, name), self._text.add(new))

    def move_member(self, owner: str, name: str, by_bytes: int) -> None:
        at = self._member_at(owner, name) + 8
        (offset,) = struct.unpack_from("<I", self._changed, at)
        self._write(at, offset + by_bytes * 8)

    def retype_member(self, owner: str, name: str, type_id: int) -> None:
        self._write(self._member_at(owner, name) + 4, type_id)

    def remove_member(self, owner: str, name: str) -> None:
        """Only its bytes stay, as padding: a member without name, of a type that has none itself."""
        at = self._member_at(owner, name)
        self._write(at, 0)
        self._write(at + 4, self.named("int", Kind.INT)[0])

    def renumber(self, enumeration: str, name: str, value: int) -> None:
        (type_id,) = self.named(enumeration, Kind.ENUM)
        index = list(self.enumerators(type_id)).index(name)
        self._write(self._at[type_id] + 12 + index * 8 + 4, value)
