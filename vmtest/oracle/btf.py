# SPDX-License-Identifier: MIT
"""BTF, the kernel's description of its own types, as far as CO-RE looks at it.

Source: Documentation/bpf/btf.rst and include/uapi/linux/btf.h. Little endian and 64 bit, as the kernels of the matrix.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path

POINTER_BYTES = 8
MAGIC = 0xEB9F
VOID = 0


class Malformed(Exception):
    """A file is not what it should be: the message names the file or the place."""


class Kind(IntEnum):
    VOID = 0
    INT = 1
    PTR = 2
    ARRAY = 3
    STRUCT = 4
    UNION = 5
    ENUM = 6
    FWD = 7
    TYPEDEF = 8
    VOLATILE = 9
    CONST = 10
    RESTRICT = 11
    FUNC = 12
    FUNC_PROTO = 13
    VAR = 14
    DATASEC = 15
    FLOAT = 16
    DECL_TAG = 17
    TYPE_TAG = 18
    ENUM64 = 19


COMPOSITES = (Kind.STRUCT, Kind.UNION)
ENUMS = (Kind.ENUM, Kind.ENUM64)
TRANSPARENT = (Kind.TYPEDEF, Kind.VOLATILE, Kind.CONST, Kind.RESTRICT, Kind.TYPE_TAG)

# Bytes behind the 12 of every type: (fixed, of each of its vlen elements).
_TAIL = {
    Kind.INT: (4, 0),
    Kind.ARRAY: (12, 0),
    Kind.STRUCT: (0, 12),
    Kind.UNION: (0, 12),
    Kind.ENUM: (0, 8),
    Kind.FUNC_PROTO: (0, 8),
    Kind.VAR: (4, 0),
    Kind.DATASEC: (0, 12),
    Kind.DECL_TAG: (4, 0),
    Kind.ENUM64: (0, 12),
}
_TAILS = [_TAIL.get(kind, (0, 0)) for kind in sorted(Kind)]


@dataclass(frozen=True, slots=True)
class Member:
    name: str
    type: int
    bit_offset: int
    bits: int  # of a bitfield, else 0


def essential_name(name: str) -> str:
    """Without its flavour, as bpf_core_essential_name_len() of libbpf: unix_sock___v6_10 is unix_sock."""
    return re.sub(r"(?<=[^_])___(?=[^_]).*$", "", name)


class Btf:
    """The types of one kernel or object, by id; 0 is void. Raises Malformed for anything else than BTF."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) < 24 or struct.unpack_from("<H", raw)[0] != MAGIC:
            raise Malformed("not BTF")
        header, types, types_len, strings, strings_len = struct.unpack_from("<5I", raw, 4)
        self._types = raw[header + types : header + types + types_len]
        self._strings = raw[header + strings : header + strings + strings_len]
        self._at = self._index()

    @classmethod
    def from_file(cls, path: Path) -> Btf:
        try:
            return cls(path.read_bytes())
        except (OSError, struct.error, Malformed) as error:
            raise Malformed(f"{path}: {error}") from error

    def _index(self) -> list[int]:
        """Where each type begins in the type section."""
        positions, at, types = [0], 0, self._types
        info_at = struct.Struct("<4xI").unpack_from
        while at < len(types):
            (info,) = info_at(types, at)
            kind = info >> 24 & 0x1F
            if kind >= len(_TAILS) or kind == Kind.VOID:
                raise Malformed(f"type {len(positions)} is of the unknown kind {kind}")
            positions.append(at)
            fixed, each = _TAILS[kind]
            at += 12 + fixed + each * (info & 0xFFFF)
        return positions

    def __len__(self) -> int:
        return len(self._at)

    def string(self, offset: int) -> str:
        end = self._strings.find(b"\0", offset)
        return self._strings[offset:end].decode()

    def _head(self, type_id: int) -> tuple[int, int, int]:
        """Name offset, info, and size or referenced type."""
        if not type_id:
            return 0, 0, 0
        name, info, target = struct.unpack_from("<3I", self._types, self._at[type_id])
        return name, info, target

    def name(self, type_id: int) -> str:
        return self.string(self._head(type_id)[0]) if type_id else "void"

    def kind(self, type_id: int) -> Kind:
        return Kind(self._head(type_id)[1] >> 24 & 0x1F)

    def target(self, type_id: int) -> int:
        """What a pointer points to, a typedef stands for, a function's prototype; an aggregate's bytes."""
        return self._head(type_id)[2]

    def _elements(self, type_id: int, layout: str) -> list[tuple[int, ...]]:
        count = self._head(type_id)[1] & 0xFFFF
        start = self._at[type_id] + 12
        size = struct.calcsize(layout)
        return list(struct.iter_unpack(layout, self._types[start : start + count * size]))

    def members(self, type_id: int) -> list[Member]:
        has_bitfields = self._head(type_id)[1] >> 31
        return [
            Member(self.string(name), member, offset & 0xFFFFFF, offset >> 24)
            if has_bitfields
            else Member(self.string(name), member, offset, 0)
            for name, member, offset in self._elements(type_id, "<3I")
        ]

    def enumerators(self, type_id: int) -> dict[str, int]:
        if self.kind(type_id) == Kind.ENUM:
            return {self.string(name): value for name, value in self._elements(type_id, "<Ii")}
        return {self.string(name): low | high << 32 for name, low, high in self._elements(type_id, "<3I")}

    def parameters(self, type_id: int) -> list[int]:
        """The types of a prototype's parameters; 0 where it is variadic."""
        return [parameter for _, parameter in self._elements(type_id, "<2I")]

    def variables(self, type_id: int) -> list[int]:
        """The variables and functions of a section of data."""
        return [variable for variable, _, _ in self._elements(type_id, "<3I")]

    def array(self, type_id: int) -> tuple[int, int]:
        """Type of an element, and how many there are."""
        element, _, count = struct.unpack_from("<3I", self._types, self._at[type_id] + 12)
        return element, count

    def int_encoding(self, type_id: int) -> tuple[bool, int]:
        """Whether an integer is signed, and its offset in bits: other than 0 only in bitfields of old."""
        (encoding,) = struct.unpack_from("<I", self._types, self._at[type_id] + 12)
        return bool(encoding >> 24 & 1), encoding >> 16 & 0xFF

    def resolve(self, type_id: int) -> int:
        """The type behind typedefs and qualifiers."""
        while type_id and self.kind(type_id) in TRANSPARENT:
            type_id = self.target(type_id)
        return type_id

    def size(self, type_id: int) -> int:
        """In bytes; 0 of void, functions and types that are only declared."""
        type_id = self.resolve(type_id)
        match self.kind(type_id):
            case Kind.PTR:
                return POINTER_BYTES
            case Kind.ARRAY:
                element, count = self.array(type_id)
                return count * self.size(element)
            case Kind.VOID | Kind.FWD | Kind.FUNC | Kind.FUNC_PROTO:
                return 0
        return self.target(type_id)

    @cached_property
    def _by_essential_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for type_id in range(1, len(self._at)):
            (offset,) = struct.unpack_from("<I", self._types, self._at[type_id])
            if offset:
                found.setdefault(essential_name(self.string(offset)), []).append(type_id)
        return found

    def named(self, name: str, *kinds: Kind) -> list[int]:
        """Types of that name, flavours included, of any of the kinds."""
        return [
            id_ for id_ in self._by_essential_name.get(essential_name(name), ()) if self.kind(id_) in kinds
        ]

    def all_of(self, kind: Kind) -> list[int]:
        return [type_id for type_id in range(1, len(self._at)) if self.kind(type_id) == kind]

    def names(self, kind: Kind) -> list[str]:
        return [self.name(type_id) for type_id in self.all_of(kind)]

    def text(self, type_id: int) -> str:
        """As in C, for messages: `struct sock`, `struct sock *`, `int`."""
        kind = self.kind(type_id)
        if kind == Kind.PTR:
            return self.text(self.target(type_id)).rstrip("* ") + " *"
        if kind in TRANSPARENT and kind != Kind.TYPEDEF:
            return self.text(self.target(type_id))
        if kind == Kind.ARRAY:
            element, count = self.array(type_id)
            return f"{self.text(element)}[{count}]"
        words = {
            Kind.STRUCT: "struct ",
            Kind.UNION: "union ",
            Kind.ENUM: "enum ",
            Kind.ENUM64: "enum ",
            Kind.FWD: "struct ",
        }
        return words.get(kind, "") + (
            self.name(type_id) or "(anonymous)" if kind != Kind.FUNC_PROTO else "function"
        )
