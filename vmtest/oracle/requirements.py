# SPDX-License-Identifier: MIT
"""Everything an object needs of a kernel, held against that kernel's BTF: one Finding for each thing it lacks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase

from bpf_object import BpfObject, Relo
from btf import ENUMS, Btf, Kind, Malformed, essential_name
from control_flow import LOOPS_BY_ANY_EDGE
from core_relo import EXISTENCE, Mismatch, access_of, check_layout, check_prototype, check_record

# SEC() of programs that attach by BTF, and what that looks up there. Source: section_defs[] of libbpf's
# src/libbpf.c, and BTF_TRACE_PREFIX and its neighbours.
_ATTACH = (
    (re.compile(r"iter(?:\.s)?/(.+)"), Kind.FUNC, "bpf_iter_{}"),
    (re.compile(r"(?:fentry|fexit|fmod_ret|fsession)(?:\.s)?/(.+)"), Kind.FUNC, "{}"),
    (re.compile(r"lsm(?:\.s)?/(.+)"), Kind.FUNC, "bpf_lsm_{}"),
    (re.compile(r"(?:tp_btf|raw_tp|raw_tracepoint)(?:\.w)?/(.+)"), Kind.TYPEDEF, "btf_trace_{}"),
    (re.compile(r"k(?:ret)?probe/([^+]+)(?:\+.*)?"), Kind.FUNC, "{}"),
    (re.compile(r"k(?:ret)?probe\.(?:multi|session)/(.+)"), Kind.FUNC, "{}"),
)
# Those whose target is no kernel symbol, or is given at run time.
_UNATTACHED = re.compile(
    r"(socket|sk_\w+|sockops|cgroup\w*|tc|tcx|xdp|netkit|netfilter|perf_event|syscall|uprobe|uretprobe|usdt|tp"
    r"|tracepoint)([./].*)?|k(ret)?probe|fentry|fexit|tp_btf|raw_tp|iter"
)
# Read at the offsets of our own declaration, without relocation: contexts, whose layout the verifier takes from the
# kernel's structure of the same name, and the links of its lists.
_FIXED_LAYOUT = re.compile(r"bpf_iter_.+|list_head")


@dataclass(frozen=True, slots=True)
class Finding:
    program: str  # or map
    subject: str  # struct unix_sock.sk.sk_ino, function bpf_iter_unix, helper bpf_loop
    why: str
    member: str = ""  # what a gap may also be called by: struct sock.sk_ino
    must_ask: bool = False  # allowed only if the program asks for it before it reads it


def _of_records(wanted: BpfObject, kernel: Btf) -> Iterator[Finding]:
    shifted = {(r.type, r.access) for r in wanted.records if r.kind == Relo.FIELD_LSHIFT_U64}
    for record in wanted.records:
        if record.kind == Relo.TYPE_ID_LOCAL:
            continue
        try:
            check_record(wanted.btf, record, kernel, (record.type, record.access) in shifted)
        except Mismatch as mismatch:
            access = access_of(wanted.btf, record)
            must_ask = record.kind not in EXISTENCE
            yield Finding(record.program, access.text, str(mismatch), access.member, must_ask)


def _of_sections(wanted: BpfObject, kernel: Btf) -> Iterator[Finding]:
    for program, section in wanted.programs:
        for pattern, kind, form in _ATTACH:
            if match := pattern.fullmatch(section):
                yield from _attach_target(kernel, program, kind, form.format(match[1]))
                break
        else:
            if not _UNATTACHED.fullmatch(section):
                raise Malformed(f"{wanted.name}: no rule for what section {section} attaches to")


def _attach_target(kernel: Btf, program: str, kind: Kind, name: str) -> Iterator[Finding]:
    if "*" in name or "?" in name:
        exists = any(fnmatchcase(function, name) for function in kernel.names(kind))
    else:
        exists = bool(kernel.named(name, kind))
    if not exists:
        word = "tracepoint" if kind == Kind.TYPEDEF else "function"
        yield Finding(program, f"{word} {name}", "nothing to attach to")


def _of_layouts(wanted: BpfObject, kernel: Btf) -> Iterator[Finding]:
    programs = ", ".join(program for program, _ in wanted.programs)
    for type_id in wanted.btf.all_of(Kind.STRUCT):
        if not _FIXED_LAYOUT.fullmatch(wanted.btf.name(type_id)):
            continue
        for subject, why in check_layout(wanted.btf, type_id, kernel):
            yield Finding(programs, subject, why, subject)


def _of_externs(wanted: BpfObject, kernel: Btf) -> Iterator[Finding]:
    programs = ", ".join(program for program, _ in wanted.programs)
    for extern in wanted.externs:
        name, kind = essential_name(wanted.btf.name(extern)), wanted.btf.kind(extern)
        word = "kfunc" if kind == Kind.FUNC else "variable"
        found = kernel.named(name, kind)
        if not found:
            yield Finding(programs, f"{word} {name}", f"no such {word}")
        elif kind == Kind.FUNC and not check_prototype(wanted.btf, extern, kernel, found[0]):
            yield Finding(programs, f"kfunc {name}", "has other parameters")


def numbers_in(kernel: Btf, enumeration: str) -> dict[int, str]:
    """The names of an enumeration's values."""
    return {
        value: name
        for type_id in kernel.named(enumeration, *ENUMS)
        for name, value in kernel.enumerators(type_id).items()
    }


def _of_numbers(wanted: BpfObject, kernel: Btf, helper_names: dict[int, str]) -> Iterator[Finding]:
    helpers, map_types = numbers_in(kernel, "bpf_func_id"), numbers_in(kernel, "bpf_map_type")
    for program, number in sorted(wanted.helpers):
        if not helpers.get(number, "__").startswith("BPF_FUNC_"):
            name = helper_names.get(number, f"number {number}").replace("BPF_FUNC_", "bpf_")
            yield Finding(program, f"helper {name}", "no such helper")
    for name, number in wanted.maps.items():
        if not map_types.get(number, "__").startswith("BPF_MAP_TYPE_"):
            yield Finding(name, f"map type {number}", "no such type of map")


def _of_loops(wanted: BpfObject) -> Iterator[Finding]:
    for program, last in sorted(wanted.back_edges):
        yield Finding(
            program,
            f"back-edge from insn {last} to {last + 1}",
            "a loop is not closed by a jump; unrolling it helps",
        )


def findings(
    wanted: BpfObject, kernel: Btf, helper_names: dict[int, str], version: tuple[int, ...]
) -> set[Finding]:
    """What the kernel lacks. `helper_names` has names for numbers that this kernel does not know. The version tells
    what BTF does not: how strict the verifier is about loops."""
    return {
        *_of_records(wanted, kernel),
        *_of_sections(wanted, kernel),
        *_of_layouts(wanted, kernel),
        *_of_externs(wanted, kernel),
        *_of_numbers(wanted, kernel, helper_names),
        *(_of_loops(wanted) if version < LOOPS_BY_ANY_EDGE else ()),
    }


def questions(wanted: BpfObject) -> set[str]:
    """What its programs ask bpf_core_field_exists() and its like for, by whole path and by member alone."""
    accesses = [access_of(wanted.btf, record) for record in wanted.records if record.kind in EXISTENCE]
    return {access.text for access in accesses} | {access.member for access in accesses}
