# SPDX-License-Identifier: MIT
"""Whether a kernel has what a CO-RE record names, by the rules libbpf and the kernel relocate by.

Source: libbpf's src/relo_core.c (bpf_core_spec_match, bpf_core_match_member, bpf_core_fields_are_compat,
bpf_core_types_are_compat). Stricter where those load and then read something else: a scalar of another size, a
pointer to another structure, a field that became a bitfield.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from bpf_object import Record, Relo
from btf import COMPOSITES, ENUMS, Btf, Kind, Malformed, essential_name

EXISTENCE = (Relo.FIELD_EXISTS, Relo.TYPE_EXISTS, Relo.ENUMVAL_EXISTS)
_OF_FIELD = frozenset(range(Relo.FIELD_BYTE_OFFSET, Relo.FIELD_RSHIFT_U64 + 1))
_OF_TYPE = (Relo.TYPE_ID_TARGET, Relo.TYPE_EXISTS, Relo.TYPE_SIZE)
_OF_ENUMERATOR = (Relo.ENUMVAL_EXISTS, Relo.ENUMVAL_VALUE)


@dataclass(frozen=True, slots=True)
class Step:
    """Into a member by name, or into an element by its index where name is None."""

    name: str | None
    index: int
    type: int  # of the member or element, in the object's BTF
    owner: str  # text of the structure that has the member


@dataclass(frozen=True, slots=True)
class Access:
    """A record's access string, understood: what it starts from, and the named steps from there."""

    root: int
    steps: tuple[Step, ...]
    text: str  # struct unix_sock.sk.sk_type
    member: str  # the last step alone: struct sock.sk_type
    bits: int = 0  # of a bitfield, else 0

    @property
    def type(self) -> int:
        return self.steps[-1].type if self.steps else self.root


class Mismatch(Exception):
    """Why a kernel does not have it; `progress` counts the steps that it has."""

    def __init__(self, why: str, progress: int = 0) -> None:
        super().__init__(why)
        self.progress = progress


@dataclass(frozen=True, slots=True)
class Place:
    """Where the kernel has the field."""

    bit_offset: int
    type: int
    bits: int


@lru_cache(maxsize=None)
def access_of(btf: Btf, record: Record) -> Access:
    """Raises Malformed if the record cannot be understood."""
    root, text = record.type, btf.text(record.type)
    if record.kind in _OF_TYPE:
        return Access(root, (), text, text)
    indices = [int(index) for index in record.access.split(":")]
    if record.kind in _OF_ENUMERATOR:
        name = list(btf.enumerators(btf.resolve(root)))[indices[0]]
        text = f"{text}.{essential_name(name)}"
        return Access(root, (Step(name, indices[0], root, text),), text, text)
    if record.kind not in _OF_FIELD:
        raise Malformed(f"{record.program}: no rule for the CO-RE record {record.kind.name} of {text}")
    return _field_access(btf, root, indices)


def _field_access(btf: Btf, root: int, indices: list[int]) -> Access:
    steps = [Step(None, indices[0], root, "")]
    text = btf.text(root) + (f"[{indices[0]}]" if indices[0] else "")
    base, beyond = btf.text(root), ""  # the last type with a name on the way, and the way from there
    at, bits = root, 0
    for index in indices[1:]:
        resolved = btf.resolve(at)
        if btf.kind(resolved) in COMPOSITES:
            field = btf.members(resolved)[index]
            at, bits, word, name = field.type, field.bits, f".{field.name}", field.name
        elif btf.kind(resolved) == Kind.ARRAY:
            at, bits, word, name = btf.array(resolved)[0], 0, f"[{index}]", None
        else:
            raise Malformed(f"{text}: `{btf.text(resolved)}` has no element {index}")
        if name == "":
            continue  # what it has is found without it
        if btf.name(resolved) and btf.kind(resolved) in COMPOSITES:
            base, beyond = btf.text(resolved), ""
        text += word
        beyond += word
        steps.append(Step(name, index, at, base))
    return Access(root, tuple(steps), text, base + beyond, bits)


def _same_name(left: Btf, left_id: int, right: Btf, right_id: int) -> bool:
    """Flavours and types without a name aside."""
    names = {essential_name(left.name(left_id)), essential_name(right.name(right_id))}
    return "" in names or len(names) == 1


def _similar(left: Kind, right: Kind) -> bool:
    return left == right or (left in ENUMS and right in ENUMS)


def _pointees_fit(local: Btf, local_id: int, kernel: Btf, kernel_id: int) -> bool:
    """Only of pointers to structures: void and bytes may stand for anything."""
    pointed, found = local.resolve(local.target(local_id)), kernel.resolve(kernel.target(kernel_id))
    if local.kind(pointed) not in (*COMPOSITES, Kind.FWD) or kernel.kind(found) not in (
        *COMPOSITES,
        Kind.FWD,
    ):
        return True
    return _same_name(local, pointed, kernel, found)


def _fields_fit(local: Btf, local_id: int, kernel: Btf, kernel_id: int) -> bool:
    local_id, kernel_id = local.resolve(local_id), kernel.resolve(kernel_id)
    kind, found = local.kind(local_id), kernel.kind(kernel_id)
    if kind in COMPOSITES and found in COMPOSITES:
        return True
    if not _similar(kind, found):
        return False
    match kind:
        case Kind.PTR:
            return _pointees_fit(local, local_id, kernel, kernel_id)
        case Kind.ENUM | Kind.ENUM64 | Kind.FWD:
            return _same_name(local, local_id, kernel, kernel_id)
        case Kind.INT:
            return local.int_encoding(local_id)[1] == kernel.int_encoding(kernel_id)[1] == 0
        case Kind.ARRAY:
            return _fields_fit(local, local.array(local_id)[0], kernel, kernel.array(kernel_id)[0])
    return kind == Kind.FLOAT


def _find_member(kernel: Btf, struct_id: int, name: str) -> Place | None:
    """In the structure, or in a member of it that has no name."""
    for member in kernel.members(struct_id):
        if member.name == name:
            return Place(member.bit_offset, member.type, member.bits)
        nested = kernel.resolve(member.type)
        if not member.name and kernel.kind(nested) in COMPOSITES:
            if found := _find_member(kernel, nested, name):
                return Place(member.bit_offset + found.bit_offset, found.type, found.bits)
    return None


def _enter(local: Btf, step: Step, kernel: Btf, at: int, progress: int) -> Place:
    """One step in the kernel's type `at`. Raises Mismatch."""
    if step.name is None:
        if kernel.kind(at) != Kind.ARRAY:
            raise Mismatch(f"an element of `{kernel.text(at)}`, which is no array", progress)
        element, count = kernel.array(at)
        if step.index >= count > 0:
            raise Mismatch(f"`{kernel.text(at)}` has no element {step.index}", progress)
        return Place(step.index * kernel.size(element) * 8, element, 0)
    if kernel.kind(at) not in COMPOSITES:
        raise Mismatch(f"`{kernel.text(at)}` has no members", progress)
    found = _find_member(kernel, at, step.name)
    if not found:
        raise Mismatch(f"`{step.owner}` has no member `{step.name}`", progress)
    if not _fields_fit(local, step.type, kernel, found.type):
        raise Mismatch(
            f"`{step.name}` is `{kernel.text(found.type)}`, read as `{local.text(step.type)}`", progress
        )
    return found


def _place_in(local: Btf, access: Access, kernel: Btf, candidate: int) -> Place:
    place = Place(access.steps[0].index * kernel.size(candidate) * 8, candidate, 0)
    for progress, step in enumerate(access.steps[1:], 1):
        found = _enter(local, step, kernel, kernel.resolve(place.type), progress)
        place = Place(place.bit_offset + found.bit_offset, found.type, found.bits)
    return place


def _candidates(local: Btf, access: Access, kernel: Btf) -> list[int]:
    kind, name = local.kind(access.root), local.name(access.root)
    if not name:
        raise Malformed(f"{access.text}: an access must start from a type with a name")
    found = kernel.named(name, *(ENUMS if kind in ENUMS else (kind,)))
    if not found:
        raise Mismatch("no such type")
    return found


def place_of(local: Btf, access: Access, kernel: Btf) -> Place:
    """The one place of a field; raises Mismatch where there is none, or several that differ."""
    places, failures = set(), []
    for candidate in _candidates(local, access, kernel):
        try:
            places.add(_place_in(local, access, kernel, candidate))
        except Mismatch as mismatch:
            failures.append(mismatch)
    if len({place.bit_offset for place in places}) > 1:
        raise Mismatch("types of that name disagree where it is")
    if not places:
        raise max(failures, key=lambda failure: failure.progress)
    return places.pop()


def check_enumerator(local: Btf, access: Access, kernel: Btf) -> None:
    wanted = essential_name(access.steps[0].name or "")
    values = {
        value
        for candidate in _candidates(local, access, kernel)
        for name, value in kernel.enumerators(candidate).items()
        if essential_name(name) == wanted
    }
    if not values:
        raise Mismatch("no such enumerator")
    if len(values) > 1:
        raise Mismatch("types of that name disagree on its value")


def check_reading(local: Btf, access: Access, is_load: bool, kernel: Btf, place: Place) -> None:
    """Whether the bytes that are read are the field: libbpf moves an access, but resizes only plain loads."""
    if place.bits and not access.bits:
        raise Mismatch(f"is a bitfield of {place.bits} bits, read as a whole")
    read, found = local.resolve(access.type), kernel.resolve(place.type)
    kind, ours, theirs = local.kind(read), local.size(read), kernel.size(found)
    if kind == Kind.ARRAY and 0 < theirs < ours:
        raise Mismatch(f"has {theirs} bytes, {ours} are read")
    if kind not in (Kind.INT, *ENUMS) or ours == theirs:
        return
    unsigned = kind == Kind.INT and not local.int_encoding(read)[0] and not kernel.int_encoding(found)[0]
    if not (is_load and unsigned):
        raise Mismatch(f"has {theirs} bytes, {ours} are read")


def check_record(local: Btf, record: Record, kernel: Btf, is_bitfield_read: bool = False) -> None:
    """Raises Mismatch if the kernel lacks what the record names. `is_bitfield_read` says that the object also has
    the shifts which make a field right whether it is a bitfield or not (BPF_CORE_READ_BITFIELD)."""
    access = access_of(local, record)
    if record.kind in _OF_TYPE:
        kinds_fit = any(
            _fields_fit(local, access.root, kernel, candidate) or local.kind(access.root) == Kind.TYPEDEF
            for candidate in _candidates(local, access, kernel)
        )
        if not kinds_fit:
            raise Mismatch("is another kind of type")
        return
    if record.kind in _OF_ENUMERATOR:
        check_enumerator(local, access, kernel)
        return
    place = place_of(local, access, kernel)
    if record.kind == Relo.FIELD_BYTE_OFFSET and not is_bitfield_read:
        check_reading(local, access, record.is_load, kernel, place)


def check_layout(local: Btf, type_id: int, kernel: Btf) -> list[tuple[str, str]]:
    """What of a structure is not in the kernel's at the same offset: (struct bpf_iter__unix.unix_sk, why)."""
    text = local.text(type_id)
    candidates = kernel.named(local.name(type_id), Kind.STRUCT)
    if not candidates:
        return [(text, "no such type")]
    problems = []
    for member in local.members(type_id):
        subject = f"{text}.{member.name}"
        found = _find_member(kernel, candidates[0], member.name)
        if not found:
            problems.append((subject, f"`{text}` has no member `{member.name}`"))
        elif found.bit_offset != member.bit_offset:
            at, read = found.bit_offset // 8, member.bit_offset // 8
            problems.append((subject, f"is at byte {at}, read at byte {read}"))
        elif not _fields_fit(local, member.type, kernel, found.type):
            problems.append((subject, f"is `{kernel.text(found.type)}`, read as `{local.text(member.type)}`"))
    return problems


def check_prototype(local: Btf, function: int, kernel: Btf, found: int) -> bool:
    ours, theirs = local.target(function), kernel.target(found)
    pairs = list(zip(local.parameters(ours), kernel.parameters(theirs)))
    pairs.append((local.target(ours), kernel.target(theirs)))
    return len(local.parameters(ours)) == len(kernel.parameters(theirs)) and all(
        left == right == 0 or _fields_fit(local, left, kernel, right) for left, right in pairs
    )
