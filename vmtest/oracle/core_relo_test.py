# SPDX-License-Identifier: MIT
"""The rules of CO-RE on types written by hand: what a kernel may change, and what it may not."""

from __future__ import annotations

import unittest
from collections.abc import Callable, Sequence
from typing import Any

from bpf_object import Record, Relo
from btf import Btf, Kind, Malformed, Member
from btf_builder import Builder
from core_relo import Mismatch, access_of, check_record

Members = Sequence[tuple[str, int, int] | Member]


def socket_types(flavour: str = "") -> tuple[Btf, int]:
    """struct sock { u16 type; u8 kern:1; } in struct unix_sock { sk; struct sock *peer; char name[8]; }."""
    b = Builder()
    u8, u16 = b.integer("unsigned char", 1), b.integer("unsigned short", 2)
    bit = Member("kern", u8, 16, 1)
    sock = b.struct("sock", [("type", u16, 0), bit], 4)
    peer, name = b.pointer(sock), b.array(u8, 8)
    unix_sock = b.struct(
        "unix_sock" + flavour,
        [("sk", b.const(b.typedef("sock_t", sock)), 0), ("peer", peer, 8), ("name", name, 16)],
    )
    return b.build(), unix_sock


class Rules(unittest.TestCase):
    def setUp(self) -> None:
        self.local, self.root = socket_types()

    def record(self, access: str, kind: Relo = Relo.FIELD_BYTE_OFFSET, is_load: bool = False) -> Record:
        return Record("sockets", kind, self.root, access, is_load)

    def fits(self, kernel: Btf, access: str, **how: Any) -> None:
        check_record(self.local, self.record(access, **how), kernel)

    def lacks(self, kernel: Btf, access: str, why: str, **how: Any) -> None:
        with self.assertRaises(Mismatch) as raised:
            self.fits(kernel, access, **how)
        self.assertEqual(str(raised.exception), why)

    def kernel(
        self, members: Callable[[Builder, int], Members], *, sock: Callable[[Builder], Members] | None = None
    ) -> Btf:
        """`members` and `sock` are functions of the builder, and of struct sock's id."""
        b = Builder()
        inner = b.struct("sock", sock(b) if sock else [("type", b.integer("unsigned short", 2), 6)], 16)
        b.struct("unix_sock", members(b, inner))
        return b.build()

    def test_an_access_is_told_by_its_path_and_by_the_structure_that_has_its_end(self) -> None:
        access = access_of(self.local, self.record("0:0:0"))
        self.assertEqual((access.text, access.member), ("struct unix_sock.sk.type", "struct sock.type"))

    def test_a_field_may_move(self) -> None:
        self.fits(self.kernel(lambda b, sock: [("sk", sock, 40)]), "0:0:0")

    def test_a_renamed_field_is_missing(self) -> None:
        kernel = self.kernel(lambda b, sock: [("other", b.pointer(sock), 8)])
        self.lacks(kernel, "0:1", "`struct unix_sock` has no member `peer`")

    def test_a_renamed_field_of_an_embedded_structure_is_missing(self) -> None:
        kernel = self.kernel(lambda b, s: [("sk", s, 0)], sock=lambda b: [("kind", b.integer("u16", 2), 0)])
        self.lacks(kernel, "0:0:0", "`struct sock` has no member `type`")

    def test_a_renamed_type_is_missing(self) -> None:
        b = Builder()
        b.struct("unix_socket", [])
        self.lacks(b.build(), "0:1", "no such type")

    def test_another_kind_does_not_fit(self) -> None:
        kernel = self.kernel(lambda b, sock: [("peer", sock, 8)])
        self.lacks(kernel, "0:1", "`peer` is `struct sock`, read as `struct sock *`")

    def test_a_pointer_to_another_structure_does_not_fit(self) -> None:
        kernel = self.kernel(lambda b, sock: [("peer", b.pointer(b.struct("socket", [])), 8)])
        self.lacks(kernel, "0:1", "`peer` is `struct socket *`, read as `struct sock *`")

    def test_a_pointer_to_anything_fits(self) -> None:
        self.fits(self.kernel(lambda b, sock: [("peer", b.pointer(), 8)]), "0:1")

    def test_a_wider_integer_fits_a_load_and_nothing_else(self) -> None:
        kernel = self.kernel(
            lambda b, sock: [("sk", sock, 0)], sock=lambda b: [("type", b.integer("unsigned int", 4), 0)]
        )
        self.fits(kernel, "0:0:0", is_load=True)
        self.lacks(kernel, "0:0:0", "has 4 bytes, 2 are read")
        self.fits(kernel, "0:0:0", kind=Relo.FIELD_EXISTS)

    def test_a_signed_integer_of_another_size_fits_not_even_a_load(self) -> None:
        kernel = self.kernel(
            lambda b, sock: [("sk", sock, 0)], sock=lambda b: [("type", b.integer("int", 4, signed=True), 0)]
        )
        self.lacks(kernel, "0:0:0", "has 4 bytes, 2 are read", is_load=True)

    def test_a_field_that_became_a_bitfield_does_not_fit_unless_it_is_read_as_one(self) -> None:
        kernel = self.kernel(
            lambda b, sock: [("sk", sock, 0)],
            sock=lambda b: [Member("type", b.integer("unsigned short", 2), 3, 9)],
        )
        self.lacks(kernel, "0:0:0", "is a bitfield of 9 bits, read as a whole")
        check_record(self.local, self.record("0:0:0"), kernel, is_bitfield_read=True)

    def test_a_bitfield_fits_a_bitfield(self) -> None:
        kernel = self.kernel(
            lambda b, sock: [("sk", sock, 0)], sock=lambda b: [Member("kern", b.integer("u8", 1), 37, 1)]
        )
        for kind in (Relo.FIELD_BYTE_OFFSET, Relo.FIELD_LSHIFT_U64, Relo.FIELD_SIGNED):
            self.fits(kernel, "0:0:1", kind=kind)

    def test_a_member_is_found_in_members_without_a_name(self) -> None:
        def members(b: Builder, sock: int) -> Members:
            inner = b.struct("", [("peer", b.pointer(sock), 8)])
            return [("", b.union("", [("", inner, 0)]), 16)]

        self.fits(self.kernel(members), "0:1")

    def test_a_member_of_a_tagged_member_without_a_name_is_found(self) -> None:
        self.fits(self.kernel(lambda b, s: [("", b.struct("ends", [("peer", b.pointer(s), 0)]), 16)]), "0:1")

    def test_an_element_beyond_the_array_is_missing(self) -> None:
        kernel = self.kernel(lambda b, sock: [("name", b.array(b.integer("u8", 1), 4), 16)])
        self.lacks(kernel, "0:2:5", "`u8[4]` has no element 5")
        self.lacks(kernel, "0:2", "has 4 bytes, 8 are read")

    def test_a_flexible_array_has_every_element(self) -> None:
        self.fits(self.kernel(lambda b, sock: [("name", b.array(b.integer("u8", 1), 0), 16)]), "0:2:5")

    def test_a_flavour_is_the_type_it_is_a_flavour_of(self) -> None:
        local, root = socket_types("___v6_10")
        check_record(local, Record("p", Relo.FIELD_BYTE_OFFSET, root, "0:1", False), self.local)
        self.assertEqual(
            access_of(local, Record("p", Relo.FIELD_BYTE_OFFSET, root, "0:1", False)).text,
            "struct unix_sock___v6_10.peer",
        )

    def test_types_of_one_name_must_agree_where_the_field_is(self) -> None:
        b = Builder()
        sock = b.pointer(b.struct("sock", []))
        b.struct("unix_sock", [("peer", sock, 8)])
        b.struct("unix_sock", [("name", sock, 8)])
        self.fits(b.build(), "0:1")
        b.struct("unix_sock", [("peer", sock, 16)])
        self.lacks(b.build(), "0:1", "types of that name disagree where it is")


class Enumerators(unittest.TestCase):
    def setUp(self) -> None:
        b = Builder()
        self.root = b.enum("bpf_func_id", {"BPF_FUNC_loop": 181})
        self.local = b.build()

    def check(self, values: dict[str, int], name: str = "bpf_func_id") -> None:
        b = Builder()
        b.enum(name, values)
        check_record(self.local, Record("p", Relo.ENUMVAL_VALUE, self.root, "0"), b.build())

    def test_an_enumerator_may_have_another_value(self) -> None:
        self.check({"BPF_FUNC_other": 1, "BPF_FUNC_loop": 7})

    def test_an_enumerator_can_be_missing(self) -> None:
        with self.assertRaisesRegex(Mismatch, "no such enumerator"):
            self.check({"BPF_FUNC_other": 1})
        with self.assertRaisesRegex(Mismatch, "no such type"):
            self.check({"BPF_FUNC_loop": 1}, "other_id")


class Types(unittest.TestCase):
    def test_a_type_must_exist_and_be_of_its_kind(self) -> None:
        local, root = socket_types()
        record = Record("p", Relo.TYPE_EXISTS, root, "0")
        check_record(local, record, local)
        b = Builder()
        b.union("unix_sock", [])
        with self.assertRaisesRegex(Mismatch, "no such type"):
            check_record(local, record, b.build())

    def test_a_record_without_a_rule_is_refused(self) -> None:
        local, root = socket_types()
        with self.assertRaisesRegex(Malformed, "no rule for the CO-RE record TYPE_MATCHES"):
            check_record(local, Record("p", Relo.TYPE_MATCHES, root, "0"), local)

    def test_an_unknown_kind_of_type_is_refused(self) -> None:
        b = Builder()
        b._add("future", 20, 0, 0)  # type: ignore[arg-type]
        with self.assertRaisesRegex(Malformed, "unknown kind 20"):
            b.build()

    def test_kinds_of_types_are_where_btf_says(self) -> None:
        local, root = socket_types()
        self.assertEqual(local.kind(root), Kind.STRUCT)
        self.assertEqual(local.named("unix_sock___v1", Kind.STRUCT), [root])


if __name__ == "__main__":
    unittest.main()
