# SPDX-License-Identifier: MIT
"""Loops as compilers lay them out, and which of them an old verifier takes."""

from __future__ import annotations

import struct
import unittest

from control_flow import back_edges

MOVE, GOTO, IF, CALL, EXIT = 0xB7, 0x05, 0x15, 0x85, 0x95


def code(*instructions: int | tuple[int, int]) -> bytes:
    """Opcodes, or opcodes and how far they jump beyond the next instruction."""
    pairs = [i if isinstance(i, tuple) else (i, 0) for i in instructions]
    return b"".join(struct.pack("<2Bhi", opcode, 0, offset, 0) for opcode, offset in pairs)


class Loops(unittest.TestCase):
    def found(self, *instructions: int | tuple[int, int]) -> list[tuple[int, int]]:
        return list(back_edges(code(*instructions)))

    def test_one_closed_by_a_jump_is_taken(self) -> None:
        self.assertEqual(self.found(MOVE, MOVE, (IF, -2), EXIT), [])
        self.assertEqual(self.found(MOVE, (IF, 2), MOVE, (GOTO, -3), EXIT), [])

    def test_one_whose_body_lies_before_its_head_is_not(self) -> None:
        # 0: goto 2; 1: the body, runs on into 2; 2: if again goto 1
        self.assertEqual(self.found((GOTO, 1), MOVE, (IF, -2), EXIT), [(1, 2)])

    def test_a_call_is_no_jump(self) -> None:
        self.assertEqual(self.found((GOTO, 1), CALL, (IF, -2), EXIT), [(1, 2)])

    def test_paths_that_meet_are_no_loop(self) -> None:
        self.assertEqual(self.found((IF, 1), MOVE, MOVE, EXIT), [])


if __name__ == "__main__":
    unittest.main()
