# SPDX-License-Identifier: MIT
"""Runs one job on several kernels, some at a time."""

import concurrent.futures
import dataclasses
import pathlib
import shutil
import tarfile
import threading
from collections.abc import Callable

from . import fetch, guest, initramfs, judge, qemu, skips, splat
from .results import Result, Verdict

RETRIED = (Verdict.NO_BOOT, Verdict.NO_START)  # before any test began


@dataclasses.dataclass(frozen=True)
class Job:
    steps: list[initramfs.Step]
    programs: list[str]  # their names
    payload: bytes
    links: dict[str, str]
    are_tests: bool
    is_filtered: bool  # by the user: some programs may have nothing to run


@dataclasses.dataclass(frozen=True)
class Session:
    cache: pathlib.Path
    folder: pathlib.Path  # temporary
    artifacts: pathlib.Path | None
    machine: qemu.Machine
    limits: guest.Limits
    features: list[skips.Feature]
    allowed: list[splat.Allowed]
    stop: threading.Event = dataclasses.field(default_factory=threading.Event)

    def run(
        self,
        kernels: list[fetch.Fetched],
        job: Job,
        jobs: int,
        done: Callable[[Result], object],
        show: Callable[[bytes], object] | None = None,
    ) -> list[Result]:
        """Results in the order of the kernels; `done` is told each as it comes."""

        def one(kernel: fetch.Fetched) -> Result:
            result = self._run_kernel(kernel, job, show)
            done(result)
            return result

        with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
            futures = [pool.submit(one, kernel) for kernel in kernels]
            try:
                return [future.result() for future in futures]
            finally:  # after Ctrl-C the pool waits for the threads, and they for this
                self.stop.set()
                pool.shutdown(cancel_futures=True)

    def _run_kernel(self, kernel: fetch.Fetched, job: Job, show: Callable[[bytes], object] | None) -> Result:
        result = Result(
            kernel.kernel.name,
            Verdict.NOT_FETCHED,
            kernel.version,
            kernel.modules,
            trace=kernel.why_missing,
            required=kernel.kernel.required,
            notes=[kernel.note] if kernel.folder and kernel.note else [],
        )
        if not kernel.folder:
            return result
        if kernel.modules != kernel.kernel.modules:
            result.notes.append(f"kernels.toml says modules = {str(kernel.kernel.modules).lower()}")
        for attempt in range(2):
            self._boot(result, kernel.folder, job, show)
            if result.verdict not in RETRIED:
                break
            result.notes.append(f"attempt {attempt + 1}: {result.verdict.value}")
        return result

    def _boot(
        self, result: Result, kernel: pathlib.Path, job: Job, show: Callable[[bytes], object] | None
    ) -> None:
        place = self.folder / result.kernel
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        parts = (
            initramfs.base(kernel, initramfs.built_init(self.cache)),
            job.payload,
            initramfs.job(job.steps, job.links),
        )
        with open(place / "initrd", "wb") as initrd:
            initrd.writelines(parts)
        vm = qemu.Vm(self.machine, kernel / "vmlinux", place / "initrd", place)
        try:
            run = guest.watch(vm, self.limits, self.stop, show)
        finally:
            (place / "initrd").unlink()
        log = _extract_files(place)
        self._keep(place, result.kernel)
        result.seconds = run.seconds
        result.steps = judge.steps_of(run, job.programs, vm.text("out"))
        if job.are_tests:
            judge.add_tests(result, self.features, job.is_filtered)
        judge.conclude(result, run, log, self.allowed)

    def _keep(self, place: pathlib.Path, kernel: str) -> None:
        if self.artifacts:
            kept = self.artifacts / kernel
            shutil.rmtree(kept, ignore_errors=True)
            ignored = shutil.ignore_patterns("qmp")
            shutil.copytree(place, kept, ignore=ignored)


def _extract_files(place: pathlib.Path) -> str:
    """The guest's /out; returns its kernel log, empty if the guest ended before it could send it."""
    try:
        with tarfile.open(place / "files") as archive:
            for member in archive:
                if member.isfile() and "/" not in member.name.removeprefix("./"):
                    content = archive.extractfile(member)
                    assert content
                    (place / pathlib.PurePath(member.name).name).write_bytes(content.read())
    except tarfile.ReadError:
        pass
    (place / "files").unlink()
    log = place / "dmesg"
    return log.read_text(errors="replace") if log.exists() else ""
