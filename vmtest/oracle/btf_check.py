#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks offline that kernels have all that the BPF objects relocate, call and attach to.

usage: btf_check.py [--gaps TABLE] [--kernel [NAME=]BTF]... [--kernels FOLDER] OBJECT...

Exit status: 0 all fit; 1 something is missing and not allowed by the table, or the table is stale; 2 the request or
a file cannot be understood; 77 there are no kernels in FOLDER (1 if VMTEST_REQUIRE=1, as of vmtest/run).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bpf_object import BpfObject, read_object
from btf import Btf, Malformed
from gaps import Table, Version, read_table, version_of
from requirements import findings, numbers_in, questions

_TABLE = Path(__file__).with_name("gaps.toml")
_RUNNING = Path("/sys/kernel/btf/vmlinux")


@dataclass(frozen=True, slots=True)
class Kernel:
    name: str
    version: Version
    btf: Btf


@dataclass(slots=True)
class Verdict:
    failures: list[str] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        return not self.failures and not self.stale


def _check_pair(
    kernel: Kernel, wanted: BpfObject, table: Table, helper_names: dict[int, str]
) -> tuple[list[str], int]:
    """Failures, and how much of what the programs want the table allows to be missing."""
    failures, allowed = set(), set()
    asked = questions(wanted)
    for finding in findings(wanted, kernel.btf, helper_names, kernel.version):
        gap = table.allowing(finding, wanted.name, kernel.version, asked)
        if gap:
            gap.needed.add((wanted.name, kernel.name))
            allowed.add((finding.program, finding.subject))
            continue
        unasked = table.allowing(finding, wanted.name, kernel.version, {g.guard for g in table.gaps})
        hint = (
            f"; allowed only behind a question for `{unasked.guard}`, which nothing asks" if unasked else ""
        )
        failures.add(
            f"{kernel.name} {wanted.name} {finding.program}: `{finding.subject}`: {finding.why}{hint}"
        )
    return sorted(failures), len(allowed)


def _stale(table: Table, kernels: Sequence[Kernel], objects: Sequence[BpfObject]) -> Iterator[str]:
    for gap in table.gaps:
        for wanted in objects:
            needless = [
                kernel.name
                for kernel in kernels
                if gap.covers(wanted.name, kernel.version)
                and kernel.version in table.objects[wanted.name]
                and (wanted.name, kernel.name) not in gap.needed
            ]
            if needless:
                yield f"`{gap.what}` of {wanted.name} ({gap.kernels.text}): not needed on {', '.join(needless)}"


def check(kernels: Sequence[Kernel], objects: Sequence[BpfObject], table: Table) -> Verdict:
    """Raises Malformed if an object is not declared in the table, or a declared one is not given."""
    given = {wanted.name for wanted in objects}
    if given != set(table.objects):
        raise Malformed(f"objects given: {sorted(given)}, declared: {sorted(table.objects)}")
    helper_names = {k: v for kernel in kernels for k, v in numbers_in(kernel.btf, "bpf_func_id").items()}
    verdict = Verdict()
    for kernel in kernels:
        said, fitting, allowed = len(verdict.failures), [], 0
        for wanted in objects:
            failures, gaps_used = _check_pair(kernel, wanted, table, helper_names)
            if kernel.version in table.objects[wanted.name]:
                verdict.failures += failures
                allowed += gaps_used
                fitting.append(wanted.name)
            elif not failures:
                verdict.stale.append(
                    f"object {wanted.name} ({table.objects[wanted.name].text}): fits {kernel.name}"
                )
        if not fitting:
            verdict.failures.append(f"{kernel.name}: no object is declared for it")
        failed = len(verdict.failures) - said
        verdict.summaries.append(
            f"{kernel.name}: {', '.join(fitting) or 'nothing'}: {failed} missing, {allowed} allowed to be"
        )
    verdict.stale += _stale(table, kernels, objects)
    return verdict


def read_kernel(argument: str) -> Kernel:
    """Of `6.12.117=FILE`, of a file that is called so, or of the running kernel's. Raises Malformed."""
    name, found, file = argument.partition("=")
    path = Path(file if found else argument)
    if not found:
        name = os.uname().release if path == _RUNNING else path.name.removesuffix(".BTF")
    return Kernel(name, version_of(name), Btf.from_file(path))


def _kernels_of(options: argparse.Namespace) -> list[Kernel]:
    found = [read_kernel(argument) for argument in options.kernel]
    if options.kernels:
        found += [read_kernel(f"{path.parent.name}={path}") for path in options.kernels.glob("*/BTF")]
    if not found and not options.kernels:
        raise Malformed("--kernel or --kernels is wanted")
    return sorted(found, key=lambda kernel: kernel.version)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        description="Checks that kernels have what BPF objects relocate and attach to."
    )
    parser.add_argument("--gaps", type=Path, default=_TABLE, help="what may be missing (%(default)s)")
    parser.add_argument(
        "--kernel",
        action="append",
        default=[],
        metavar="[NAME=]BTF",
        help=f"raw BTF; the name begins with the version; {_RUNNING} is the running kernel's",
    )
    parser.add_argument(
        "--kernels", type=Path, metavar="FOLDER", help="all FOLDER/NAME/BTF, as vmtest keeps them"
    )
    parser.add_argument("objects", nargs="+", type=Path, metavar="NAME.bpf.o")
    options = parser.parse_args(arguments)
    try:
        table = read_table(options.gaps)
        objects = [read_object(path) for path in options.objects]
        kernels = _kernels_of(options)
        if not kernels:
            print(
                f"btf_check: no kernels in {options.kernels}: vmtest/run --fetch brings them", file=sys.stderr
            )
            return 1 if os.environ.get("VMTEST_REQUIRE") == "1" else 77
        verdict = check(kernels, objects, table)
    except Malformed as error:
        print(f"btf_check: {error}", file=sys.stderr)
        return 2
    for line in verdict.failures + [f"stale: {line}" for line in verdict.stale] + verdict.summaries:
        print(line)
    return 0 if verdict.passed else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
