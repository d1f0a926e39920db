# SPDX-License-Identifier: MIT
"""What a guest is to do: the tests of a build tree, a command, or a shell."""

import argparse
import fnmatch
import os
import pathlib
import shlex

from . import initramfs, payloads, suites
from .options import PROJECT
from .session import Job

# hvc0 is QEMU's terminal; -c makes it the controlling one, so that Ctrl-C works in the guest.
SHELL = "cd /root; export TERM=linux; exec setsid -c sh -l </dev/hvc0 >/dev/hvc0 2>&1"
NO_LIMIT_S = 10**8


class Nothing(Exception):
    """There is nothing to run."""


def of(options: argparse.Namespace) -> Job:
    known = suites.read(options.suites, options.build, PROJECT)
    if options.shell:
        return _job([initramfs.Step(SHELL, NO_LIMIT_S)], ["shell"], known, known.payload(), options)
    if options.command:
        return _command(options, known)
    return _tests(options, known)


def _tests(options: argparse.Namespace, known: suites.Suites) -> Job:
    if known.unmatched:
        raise Nothing(f"nothing is {known.unmatched[0]}: cmake --preset dev && cmake --build --preset dev")
    chosen = options.full or options.filter or options.program != "*"
    programs = [
        path
        for path in known.programs
        if fnmatch.fnmatch(path.name, options.program) and (chosen or path.name not in known.slow)
    ]
    if not programs:
        raise Nothing(f"no test program matches --program {options.program}")
    steps = [_step(path, known, options) for path in programs]
    names = [path.name.removeprefix("otherend_") for path in programs]
    return _job(steps, names, known, known.payload(), options, are_tests=True)


def _step(program: pathlib.Path, known: suites.Suites, options: argparse.Namespace) -> initramfs.Step:
    wanted = options.filter or ("" if options.full else known.filters.get(program.name, ""))
    words = [str(program), *([f"--gtest_filter={wanted}"] if wanted else [])]
    given = {} if options.full else known.environment
    environment = "".join(f"export {name}={shlex.quote(value)}; " for name, value in given.items())
    return initramfs.Step(f"{environment}exec {shlex.join(words)}", known.limit_s)


def _command(options: argparse.Namespace, known: suites.Suites) -> Job:
    """Files of this host that are named by their path go along."""
    words, files = list(options.command), set(known.payload())
    for at, word in enumerate(words):
        if "/" in word and pathlib.Path(word).is_file():
            words[at] = os.path.abspath(word)
            files.add(pathlib.Path(words[at]))
    step = initramfs.Step("exec " + shlex.join(words), NO_LIMIT_S)
    return _job([step], [pathlib.Path(words[0]).name], known, sorted(files), options)


def _job(
    steps: list[initramfs.Step],
    names: list[str],
    known: suites.Suites,
    files: list[pathlib.Path],
    options: argparse.Namespace,
    are_tests: bool = False,
) -> Job:
    links = {f"/usr/bin/{path.name}": str(path) for path in known.commands}
    payload = payloads.payload(files, known.tools, options.cache)
    return Job(steps, names, payload, links, are_tests, are_tests and bool(options.filter))
