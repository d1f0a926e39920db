# SPDX-License-Identifier: MIT
"""The project's own objects against the running kernel, with one thing changed: each change is one right line.

Needs $OTHEREND_BPF_OBJECTS (paths with a colon between) and /sys/kernel/btf/vmlinux.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

from bpf_object import BpfObject, read_object
from btf import Kind
from btf_builder import Mutant
from btf_check import Kernel, Verdict, check
from gaps import read_table, version_of

_HERE = Path(__file__).parent
_VMLINUX = Path("/sys/kernel/btf/vmlinux")
_PATHS = [Path(path) for path in os.environ.get("OTHEREND_BPF_OBJECTS", "").split(":") if path]
_NAME = ".".join(map(str, version_of(os.uname().release)))  # with the gaps of this kernel, and no others


@unittest.skipUnless(_PATHS, "OTHEREND_BPF_OBJECTS names no objects")
@unittest.skipUnless(_VMLINUX.exists(), "this kernel has no BTF")
class Mutants(unittest.TestCase):
    raw: bytes
    objects: list[BpfObject]

    @classmethod
    def setUpClass(cls) -> None:
        cls.raw = _VMLINUX.read_bytes()
        cls.objects = [read_object(path) for path in _PATHS]
        missing = cls.verdict(Mutant(cls.raw)).failures
        if missing:
            raise unittest.SkipTest(f"the running kernel has gaps of its own: {missing[0]}")

    @classmethod
    def verdict(cls, mutant: Mutant) -> Verdict:
        kernel = Kernel(_NAME, version_of(_NAME), mutant.build())
        return check([kernel], cls.objects, read_table(_HERE / "gaps.toml"))

    def fails(self, mutant: Mutant, *lines: str) -> None:
        """Exactly these lines, of all objects and programs."""
        self.assertEqual(self.verdict(mutant).failures, [f"{_NAME} {line}" for line in lines])

    def test_a_renamed_field(self) -> None:
        mutant = Mutant(self.raw)
        mutant.rename_member("unix_sock", "listener", "lender")
        why = "`struct unix_sock.listener`: `struct unix_sock` has no member `listener`"
        readers = ("snapshot sockets", "details details", "compat sockets_at")
        self.fails(mutant, *(f"{reader}: {why}" for reader in readers))

    def test_a_removed_field(self) -> None:
        mutant = Mutant(self.raw)
        mutant.remove_member("sock", "sk_peer_pid")
        why = "`struct unix_sock.sk.sk_peer_pid`: `struct sock` has no member `sk_peer_pid`"
        self.fails(mutant, f"snapshot sockets: {why}", f"compat sockets_at: {why}")

    def test_a_field_of_another_kind(self) -> None:
        mutant = Mutant(self.raw)
        mutant.retype_member("mount", "mnt_mountpoint", mutant.named("dentry", Kind.STRUCT)[0])
        why = "`struct mount.mnt_mountpoint`: `mnt_mountpoint` is `struct dentry`, read as `struct dentry *`"
        self.fails(mutant, f"details path_step: {why}", f"compat_details details_at: {why}")

    def test_a_wider_integer_is_read_right_only_by_loads(self) -> None:
        mutant = Mutant(self.raw)
        mutant.retype_member("unix_address", "len", mutant.named("long unsigned int", Kind.INT)[0])
        lines = self.verdict(mutant).failures
        line = f"{_NAME} compat sockets_at: `struct unix_address.len`: has 8 bytes, 4 are read"
        self.assertIn(line, lines, "reads by probe")

    def test_fields_that_moved(self) -> None:
        mutant = Mutant(self.raw)
        for owner, member in (("unix_sock", "peer"), ("sock", "sk_type"), ("socket_alloc", "vfs_inode")):
            mutant.move_member(owner, member, 8)
        self.fails(mutant)

    def test_a_context_that_moved(self) -> None:
        mutant = Mutant(self.raw)
        mutant.move_member("bpf_iter__task_file", "fd", 8)
        lines = self.verdict(mutant).failures
        why = "`struct bpf_iter__task_file.fd`: is at byte 24, read at byte 16"
        names = ("snapshot", "channels", "compat_channels", "compat")
        self.assertEqual(len(lines), len(names))
        for name, line in zip(names, lines):
            self.assertRegex(line, f"^{_NAME} {name} .*: {why}$")

    def test_a_missing_iterator(self) -> None:
        mutant = Mutant(self.raw)
        mutant.rename(Kind.FUNC, "bpf_iter_unix", "bpf_iter_local")
        why = "`function bpf_iter_unix`: nothing to attach to"
        self.fails(mutant, f"snapshot sockets: {why}", f"details details: {why}")

    def test_a_missing_iterator_of_tcp(self) -> None:
        mutant = Mutant(self.raw)
        mutant.rename(Kind.FUNC, "bpf_iter_tcp", "bpf_iter_sctp")
        why = "`function bpf_iter_tcp`: nothing to attach to"
        self.fails(mutant, f"channels tcp_sockets: {why}", f"compat_channels tcp_sockets: {why}")

    def test_a_missing_tracepoint(self) -> None:
        mutant = Mutant(self.raw)
        mutant.rename(Kind.TYPEDEF, "btf_trace_sys_exit", "btf_trace_sys_left")
        self.fails(mutant, "transfers on_exit: `tracepoint btf_trace_sys_exit`: nothing to attach to")

    def test_a_removed_field_of_terminals(self) -> None:
        mutant = Mutant(self.raw)
        mutant.remove_member("tty_struct", "link")
        why = "`struct tty_struct.link`: `struct tty_struct` has no member `link`"
        self.fails(mutant, f"channels descriptors: {why}", f"compat_channels descriptors: {why}")

    def test_a_missing_type(self) -> None:
        mutant = Mutant(self.raw)
        mutant.rename(Kind.STRUCT, "scm_fp_list", "scm_files")
        lines = self.verdict(mutant).failures
        self.assertIn(f"{_NAME} details inflight_step: `struct scm_fp_list.count`: no such type", lines)

    def test_a_missing_helper(self) -> None:
        mutant = Mutant(self.raw)
        mutant.renumber("bpf_func_id", "BPF_FUNC_loop", 9999)
        self.fails(mutant, "details details: `helper number 181`: no such helper")

    def test_the_program_says_it_on_stdout_and_by_its_exit_status(self) -> None:
        mutant = Mutant(self.raw)
        mutant.rename_member("unix_sock", "peer", "other")
        with tempfile.TemporaryDirectory() as folder:
            for name, raw, status in ((_NAME, self.raw, 0), (f"{_NAME}-1", mutant.raw(), 1), (f"{_NAME}-2", b"none", 2)):
                path = Path(folder, f"{name}.BTF")
                path.write_bytes(raw)
                command = [
                    sys.executable,
                    str(_HERE / "btf_check.py"),
                    "--kernel",
                    str(path),
                    *map(str, _PATHS),
                ]
                run = subprocess.run(command, capture_output=True, text=True, check=False)
                self.assertEqual(run.returncode, status, run.stdout + run.stderr)
                self.assertEqual("`struct unix_sock.peer`" in run.stdout, status == 1)
                self.assertEqual(bool(run.stderr), status == 2)


if __name__ == "__main__":
    unittest.main()
