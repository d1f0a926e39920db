# SPDX-License-Identifier: MIT
"""The check as a whole: what is missing is one right line, what is allowed is silent, what is stale is said."""

from __future__ import annotations

import unittest

from bpf_object import BpfObject, Record, Relo
from btf import Btf, Malformed
from btf_builder import Builder
from btf_check import Kernel, Verdict, check
from gaps import Range, parse_table, version_of

HELPERS = {"BPF_FUNC_map_lookup_elem": 1, "__BPF_FUNC_MAX_ID": 100}

DECLARED = """
[object.snapshot]
kernels = ">=6.1"
"""

GAP = """
[[gap]]
what = "struct unix_sock.listener"
objects = ["snapshot"]
kernels = "{kernels}"
reason = "the accept queue is walked"
"""


def kernel(
    version: str,
    member: str = "listener",
    iterator: str = "bpf_iter_unix",
    context_at: int = 8,
    maps: int = 3,
) -> Kernel:
    b = Builder()
    pointer = b.pointer(b.struct("sock", []))
    b.struct("unix_sock", [(member, pointer, 16)])
    b.struct("bpf_iter__unix", [("unix_sk", pointer, context_at)])
    b.function(iterator, [pointer])
    b.function("bpf_rdonly_cast", [pointer, b.integer("unsigned int", 4)])
    b.enum("bpf_func_id", HELPERS)
    b.enum("bpf_map_type", {f"BPF_MAP_TYPE_{number}": number for number in range(maps)})
    return Kernel(version, version_of(version), b.build())


def snapshot(asks: bool = False, reads: bool = True) -> BpfObject:
    b = Builder()
    pointer = b.pointer(b.struct("sock", []))
    root = b.struct("unix_sock", [("listener", pointer, 0)])
    b.struct("bpf_iter__unix", [("unix_sk", pointer, 8)])
    kinds = [Relo.FIELD_BYTE_OFFSET] * reads + [Relo.FIELD_EXISTS] * asks
    return BpfObject(
        "snapshot",
        b.build(),
        records=[Record("sockets", kind, root, "0:0") for kind in kinds],
        programs=[("sockets", "iter/unix")],
        helpers={("sockets", 1)},
        maps={"socket_map": 2},
    )


def verdict(kernels: list[Kernel], wanted: BpfObject, gaps: str = "", declared: str = DECLARED) -> Verdict:
    return check(kernels, [wanted], parse_table(declared + gaps))


class Missing(unittest.TestCase):
    def fails(self, found: Verdict, *lines: str) -> None:
        self.assertEqual(found.failures, list(lines))
        self.assertFalse(found.passed)

    def test_nothing_is(self) -> None:
        found = verdict([kernel("6.1.192")], snapshot())
        self.assertTrue(found.passed)
        self.assertEqual(found.summaries, ["6.1.192: snapshot: 0 missing, 0 allowed to be"])

    def test_a_field(self) -> None:
        self.fails(
            verdict([kernel("6.1.192"), kernel("7.3.4", member="lender")], snapshot()),
            "7.3.4 snapshot sockets: `struct unix_sock.listener`: `struct unix_sock` has no member `listener`",
        )

    def test_an_answer_to_a_question_changes_what_the_program_does(self) -> None:
        self.fails(
            verdict([kernel("7.3.4", member="lender")], snapshot(asks=True, reads=False)),
            "7.3.4 snapshot sockets: `struct unix_sock.listener`: `struct unix_sock` has no member `listener`",
        )

    def test_an_iterator(self) -> None:
        self.fails(
            verdict([kernel("7.3.4", iterator="bpf_iter_unix2")], snapshot()),
            "7.3.4 snapshot sockets: `function bpf_iter_unix`: nothing to attach to",
        )

    def test_the_place_of_a_context(self) -> None:
        self.fails(
            verdict([kernel("7.3.4", context_at=16)], snapshot()),
            "7.3.4 snapshot sockets: `struct bpf_iter__unix.unix_sk`: is at byte 16, read at byte 8",
        )

    def test_a_helper(self) -> None:
        wanted = snapshot()
        wanted.helpers.add(("sockets", 181))
        newer = kernel("7.3.4")
        lines = verdict([newer], wanted).failures
        self.assertEqual(lines, ["7.3.4 snapshot sockets: `helper number 181`: no such helper"])

    def test_the_last_number_of_an_enumeration_is_no_helper(self) -> None:
        wanted = snapshot()
        wanted.helpers.add(("sockets", 100))
        self.assertEqual(len(verdict([kernel("7.3.4")], wanted).failures), 1)

    def test_a_type_of_map(self) -> None:
        self.fails(
            verdict([kernel("7.3.4", maps=2)], snapshot()),
            "7.3.4 snapshot socket_map: `map type 2`: no such type of map",
        )

    def test_a_kfunc(self) -> None:
        b = Builder()
        extern = b.function("bpf_rdonly_cast___v6_2", [b.pointer(), b.integer("u32", 4)])
        other = b.function("bpf_rdonly_cast", [b.pointer()])
        none = b.function("bpf_task_from_pid", [])
        wanted = BpfObject("snapshot", b.build(), externs={extern: False, other: False, none: True})
        self.fails(
            verdict([kernel("7.3.4")], wanted),
            "7.3.4 snapshot : `kfunc bpf_rdonly_cast`: has other parameters",
            "7.3.4 snapshot : `kfunc bpf_task_from_pid`: no such kfunc",
        )

    def test_a_way_to_close_a_loop(self) -> None:
        wanted = snapshot()
        wanted.back_edges.add(("sockets", 1309))
        self.fails(
            verdict([kernel("6.1.192"), kernel("6.12.117")], wanted),
            "6.1.192 snapshot sockets: `back-edge from insn 1309 to 1310`: a loop is not closed by a jump; "
            "unrolling it helps",
        )

    def test_an_object_for_the_kernel(self) -> None:
        self.fails(
            verdict([kernel("5.10", iterator="none")], snapshot()), "5.10: no object is declared for it"
        )


class Attaching(unittest.TestCase):
    def lines(self, section: str, types: Btf) -> list[str]:
        wanted = BpfObject("snapshot", Builder().build(), programs=[("traced", section)])
        return verdict([Kernel("6.1", (6, 1), types)], wanted).failures

    def test_each_kind_of_program_has_its_own_name_for_the_target(self) -> None:
        b = Builder()
        for function in ("bpf_lsm_unix_stream_connect", "unix_accept", "bpf_iter_task"):
            b.function(function)
        b.typedef("btf_trace_sched_switch", b.pointer())
        types = b.build()
        for section in (
            "lsm/unix_stream_connect", "fentry/unix_accept", "fexit.s/unix_accept", "kprobe/unix_accept+0x4",
            "kprobe.multi/unix_*", "tp_btf/sched_switch", "raw_tp/sched_switch", "iter.s/task",
        ):  # fmt: skip
            self.assertEqual(self.lines(section, types), [], section)
        for section, name in (
            ("lsm/unix_accept", "function bpf_lsm_unix_accept"),
            ("fentry/unix_listen", "function unix_listen"),
            ("kprobe.multi/tcp_*", "function tcp_*"),
            ("tp_btf/unix_accept", "tracepoint btf_trace_unix_accept"),
        ):
            self.assertEqual(
                self.lines(section, types), [f"6.1 snapshot traced: `{name}`: nothing to attach to"]
            )

    def test_what_attaches_to_no_function_needs_none(self) -> None:
        for section in (
            "cgroup/connect4",
            "sk_lookup",
            "xdp",
            "uprobe/libc:read",
            "kprobe",
            "tp/syscalls/sys_enter_read",
        ):
            self.assertEqual(self.lines(section, Builder().build()), [])

    def test_an_unknown_section_is_refused(self) -> None:
        with self.assertRaisesRegex(Malformed, "no rule for what section fentrance/x attaches to"):
            self.lines("fentrance/x", Builder().build())


class Allowing(unittest.TestCase):
    def gap(self, kernels: str) -> str:
        return GAP.format(kernels=kernels)

    def test_a_gap_behind_a_question(self) -> None:
        found = verdict(
            [kernel("6.1", member="none"), kernel("6.10")], snapshot(asks=True), self.gap("<6.10")
        )
        self.assertTrue(found.passed)
        self.assertEqual(found.summaries[0], "6.1: snapshot: 0 missing, 1 allowed to be")

    def test_not_on_other_kernels(self) -> None:
        found = verdict([kernel("6.10.1", member="none")], snapshot(asks=True), self.gap("<6.10"))
        self.assertEqual(len(found.failures), 1)

    def test_not_if_nothing_asks(self) -> None:
        found = verdict([kernel("6.1", member="none")], snapshot(), self.gap("<6.10"))
        self.assertEqual(
            found.failures,
            [
                "6.1 snapshot sockets: `struct unix_sock.listener`: `struct unix_sock` has no member `listener`; "
                "allowed only behind a question for `struct unix_sock.listener`, which nothing asks"
            ],
        )

    def test_a_gap_that_is_not_needed_is_stale(self) -> None:
        found = verdict([kernel("6.1", member="none"), kernel("6.9")], snapshot(asks=True), self.gap("<6.10"))
        self.assertEqual(found.stale, ["`struct unix_sock.listener` of snapshot (<6.10): not needed on 6.9"])
        self.assertFalse(found.passed)

    def test_a_gap_of_kernels_that_are_not_there_is_not_judged(self) -> None:
        self.assertTrue(verdict([kernel("7.3")], snapshot(asks=True), self.gap("<6.10")).passed)

    def test_a_kernel_that_an_object_fits_against_its_declaration_is_stale(self) -> None:
        found = verdict([kernel("5.15"), kernel("6.1")], snapshot())
        self.assertEqual(found.stale, ["object snapshot (>=6.1): fits 5.15"])


class Table(unittest.TestCase):
    def test_a_stable_release_is_in_the_range_of_its_series(self) -> None:
        kernels = Range.parse(">=6.1, <6.16")
        for version, inside in (("6.1.192", True), ("6.15.9", True), ("6.16", False), ("5.10.262", False)):
            self.assertEqual(version_of(version) in kernels, inside, version)
        self.assertEqual(version_of("6.12.117+deb13-cloud-amd64"), (6, 12, 117))

    def test_what_cannot_be_understood_is_refused(self) -> None:
        for text in (
            "[object.snapshot]\nkernels = '6.1'",
            "[object.snapshot]",
            DECLARED + GAP.format(kernels="<=6.10"),
            DECLARED + GAP.format(kernels="<6.10").replace("snapshot", "other"),
            DECLARED + GAP.format(kernels="<6.10") + "object = 'typo'",
            DECLARED + GAP.format(kernels="<6.10").replace("the accept queue is walked", ""),
            "=",
        ):
            with self.assertRaises(Malformed, msg=text):
                parse_table(text)

    def test_objects_and_declarations_are_the_same(self) -> None:
        with self.assertRaisesRegex(Malformed, "declared"):
            verdict([kernel("6.1")], snapshot(), declared=DECLARED + "[object.compat]\nkernels = '>=5.10'")


if __name__ == "__main__":
    unittest.main()
