# SPDX-License-Identifier: MIT
"""What a compiled BPF object asks of the kernel: CO-RE records, calls, maps, externs and attach targets.

Source: the ELF specification; include/uapi/linux/bpf.h for instructions, btf_ext_header and bpf_core_relo; Linux
Documentation/bpf/llvm_reloc.rst.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path

from btf import Btf, Kind, Malformed
from control_flow import back_edges

_SHT_PROGBITS, _SHT_SYMTAB = 1, 2
_SHF_EXECINSTR = 4
_STT_FUNC = 2
_STB_WEAK = 2
_BPF_CALL = 0x85  # BPF_JMP | BPF_CALL; a helper's if src_reg is 0
_BTF_FUNC_EXTERN = 2


class Relo(IntEnum):
    """enum bpf_core_relo_kind."""

    FIELD_BYTE_OFFSET = 0
    FIELD_BYTE_SIZE = 1
    FIELD_EXISTS = 2
    FIELD_SIGNED = 3
    FIELD_LSHIFT_U64 = 4
    FIELD_RSHIFT_U64 = 5
    TYPE_ID_LOCAL = 6
    TYPE_ID_TARGET = 7
    TYPE_EXISTS = 8
    TYPE_SIZE = 9
    ENUMVAL_EXISTS = 10
    ENUMVAL_VALUE = 11
    TYPE_MATCHES = 12


@dataclass(frozen=True, slots=True)
class Record:
    """One CO-RE relocation."""

    program: str  # function that holds it
    kind: Relo
    type: int  # in the object's BTF
    access: str  # "0:1:2", indices of members, elements or enumerators
    is_load: bool = False  # of an instruction whose size libbpf can change


@dataclass(slots=True)
class BpfObject:
    name: str
    btf: Btf
    records: list[Record] = field(default_factory=list)
    programs: list[tuple[str, str]] = field(default_factory=list)  # function, section
    helpers: set[tuple[str, int]] = field(default_factory=set)  # function, number in enum bpf_func_id
    maps: dict[str, int] = field(default_factory=dict)  # name, number in enum bpf_map_type
    back_edges: set[tuple[str, int]] = field(default_factory=set)  # function, last instruction of a loop
    externs: dict[int, bool] = field(default_factory=dict)  # FUNC or VAR in the object's BTF; is it weak?


@dataclass(frozen=True, slots=True)
class _Section:
    name: str
    type: int
    flags: int
    data: bytes
    link: int


@dataclass(frozen=True, slots=True)
class _Symbol:
    name: str
    section: int
    start: int
    size: int
    type: int
    binding: int


def _cstring(data: bytes, offset: int) -> str:
    end = data.index(b"\0", offset)
    return bytes(data[offset:end]).decode()


class _Elf:
    def __init__(self, raw: bytes) -> None:
        if raw[:6] != b"\x7fELF\x02\x01":
            raise Malformed("not a little-endian 64-bit ELF file")
        (headers_at,) = struct.unpack_from("<Q", raw, 0x28)
        entry_size, count, names = struct.unpack_from("<3H", raw, 0x3A)
        headers = [struct.unpack_from("<2I4Q2I", raw, headers_at + i * entry_size) for i in range(count)]
        names_at = headers[names][4]
        self.sections = [
            _Section(_cstring(raw, names_at + name), kind, flags, raw[at : at + size], link)
            for name, kind, flags, _, at, size, link, _ in headers
        ]
        self.symbols = list(self._symbols())

    def _symbols(self) -> Iterator[_Symbol]:
        for table in self.sections:
            if table.type != _SHT_SYMTAB:
                continue
            strings = self.sections[table.link].data
            for name, info, _, section, start, size in struct.iter_unpack("<I2BH2Q", table.data):
                yield _Symbol(_cstring(strings, name), section, start, size, info & 0xF, info >> 4)

    def section(self, name: str) -> bytes:
        for section in self.sections:
            if section.name == name:
                return section.data
        raise Malformed(f"no section {name}: compiled without -g?")

    def function_at(self, section: int, offset: int) -> str:
        for symbol in self.symbols:
            if symbol.type == _STT_FUNC and symbol.section == section:
                if symbol.start <= offset < symbol.start + symbol.size:
                    return symbol.name
        raise Malformed(f"{self.sections[section].name}+{offset:#x} is in no function")

    def code(self) -> list[int]:
        return [
            i
            for i, s in enumerate(self.sections)
            if s.type == _SHT_PROGBITS and s.flags & _SHF_EXECINSTR and s.data
        ]


def _core_records(elf: _Elf, btf: Btf) -> list[Record]:
    data = elf.section(".BTF.ext")
    (header_size,) = struct.unpack_from("<I", data, 4)
    if header_size < 32:
        return []
    start, size = struct.unpack_from("<2I", data, 24)
    if not size:
        return []
    at, end = header_size + start, header_size + start + size
    (record_size,) = struct.unpack_from("<I", data, at)
    at += 4
    section_of = {s.name: i for i, s in enumerate(elf.sections)}
    records = []
    while at < end:
        name, count = struct.unpack_from("<2I", data, at)
        at += 8
        section = section_of[btf.string(name)]
        code = elf.sections[section].data
        for _ in range(count):
            offset, type_id, access, kind = struct.unpack_from("<4I", data, at)
            at += record_size
            is_load = code[offset] & 7 in (1, 2, 3)  # BPF_LDX, BPF_ST, BPF_STX
            records.append(
                Record(elf.function_at(section, offset), Relo(kind), type_id, btf.string(access), is_load)
            )
    return records


def _helper_calls(elf: _Elf) -> set[tuple[str, int]]:
    calls = set()
    for section in elf.code():
        data = elf.sections[section].data
        for offset in range(0, len(data), 8):
            code, registers, number = struct.unpack_from("<2B2xi", data, offset)
            if code == _BPF_CALL and registers >> 4 == 0:
                calls.add((elf.function_at(section, offset), number))
    return calls


def _back_edges(elf: _Elf) -> set[tuple[str, int]]:
    """Instructions are counted from the start of their function, as the verifier does."""
    return {
        (symbol.name, last)
        for symbol in elf.symbols
        if symbol.type == _STT_FUNC and symbol.section in elf.code()
        for last, _ in back_edges(
            elf.sections[symbol.section].data[symbol.start : symbol.start + symbol.size]
        )
    }


def _programs(elf: _Elf) -> list[tuple[str, str]]:
    code = elf.code()
    return [
        (symbol.name, elf.sections[symbol.section].name)
        for symbol in elf.symbols
        if symbol.type == _STT_FUNC
        and symbol.section in code
        and elf.sections[symbol.section].name != ".text"
    ]


def _variables(btf: Btf, section: str) -> list[int]:
    return [variable for data in btf.named(section, Kind.DATASEC) for variable in btf.variables(data)]


def _maps(btf: Btf) -> dict[str, int]:
    """`__uint(type, N)` of bpf_helpers.h is the member `int (*type)[N]`."""
    maps = {}
    for variable in _variables(btf, ".maps"):
        for member in btf.members(btf.resolve(btf.target(variable))):
            if member.name == "type":
                maps[btf.name(variable)] = btf.array(btf.target(btf.resolve(member.type)))[1]
    return maps


def _externs(elf: _Elf, btf: Btf) -> dict[int, bool]:
    weak = {symbol.name for symbol in elf.symbols if symbol.binding == _STB_WEAK}
    return {variable: btf.name(variable) in weak for variable in _variables(btf, ".ksyms")}


def read_object(path: Path) -> BpfObject:
    """The object `NAME.bpf.o`. Raises Malformed."""
    try:
        elf = _Elf(path.read_bytes())
        btf = Btf(elf.section(".BTF"))
        return BpfObject(
            name=path.name.removesuffix(".bpf.o"),
            btf=btf,
            records=_core_records(elf, btf),
            programs=_programs(elf),
            helpers=_helper_calls(elf),
            maps=_maps(btf),
            back_edges=_back_edges(elf),
            externs=_externs(elf, btf),
        )
    except (OSError, struct.error, ValueError, KeyError, Malformed) as error:
        raise Malformed(f"{path}: {error}") from error
