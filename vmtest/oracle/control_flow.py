# SPDX-License-Identifier: MIT
"""Loops that verifiers of old refuse because of how the compiler laid them out, whatever they do.

Before Linux commit 10e14e9652bf ("bpf: fix control-flow graph checking in privileged mode") (v6.7) check_cfg() let a
loop be closed by a jump only: where the last instruction of a body runs on into the first, it says "back-edge from
insn N to N+1". Unrolled loops have no such edge. Source: check_cfg() and push_insn() in kernel/bpf/verifier.c of v5.10.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

LOOPS_BY_ANY_EDGE = (6, 7)  # kernels since

_INSN_BYTES = 8
_JUMP_CLASSES = (5, 6)  # BPF_JMP, BPF_JMP32
_JA, _CALL, _EXIT = 0x00, 0x80, 0x90


def _edges(code: bytes, at: int) -> list[tuple[int, bool]]:
    """Where an instruction leads, in the verifier's order, and whether by a jump."""
    opcode, offset = struct.unpack_from("<Bxh", code, at * _INSN_BYTES)
    operation = opcode & 0xF0
    if opcode & 7 not in _JUMP_CLASSES or operation == _CALL:
        return [(at + 1, False)]
    if operation == _EXIT:
        return []
    jump = (at + offset + 1, True)
    return [jump] if operation == _JA else [(at + 1, True), jump]


def back_edges(code: bytes) -> Iterator[tuple[int, int]]:
    """Of one function: from the last instruction of a loop to its first, where that is no jump. As the verifier, it
    goes depth first; an edge to an instruction that is still on the path closes a loop."""
    on_path, done = {0}, set[int]()
    path = [(0, iter(_edges(code, 0)))]
    while path:
        at, edges = path[-1]
        for target, is_jump in edges:
            if target in on_path and not is_jump:
                yield at, target
            if target not in on_path and target not in done:
                on_path.add(target)
                path.append((target, iter(_edges(code, target))))
                break
        else:
            path.pop()
            on_path.discard(at)
            done.add(at)
