# SPDX-License-Identifier: MIT
"""Brings kernels into the cache: the newest that Debian has, else those of the lock file."""

import concurrent.futures
import contextlib
import dataclasses
import fcntl
import pathlib
import subprocess
from collections.abc import Iterator

from . import apt, cache, kernels, lock, resolve


@dataclasses.dataclass(frozen=True)
class Fetched:
    kernel: kernels.Kernel
    folder: pathlib.Path | None  # None if it was not fetched
    version: str = ""
    modules: bool = False
    note: str = ""  # why it was not, or why not the newest
    gone: bool = False  # the archive answered, and has none

    @property
    def why_missing(self) -> str:
        return "" if self.folder else self.note


class Fetcher:
    def __init__(self, matrix: kernels.Matrix, root: pathlib.Path):
        root.mkdir(parents=True, exist_ok=True)
        self._matrix = matrix
        self._root = root
        self._cache = cache.Cache(root)
        self._apt = apt.Root(root / "apt", matrix)
        self._complaint = ""

    def from_cache(self, wanted: list[kernels.Kernel]) -> list[Fetched]:
        with self._locked():
            return [self._held(kernel) for kernel in wanted]

    def fetch(self, wanted: list[kernels.Kernel], *, update: bool = False) -> list[Fetched]:
        """Two at a time: one downloads while the other unpacks."""
        with self._locked():
            if not update and self._is_ready(wanted):
                return [self._held(kernel) for kernel in wanted]
            newest = self._resolve()
            with concurrent.futures.ThreadPoolExecutor(2) as pool:
                fetched = list(pool.map(lambda kernel: self._obtain(kernel, newest.get(kernel.name)), wanted))
            self._remember(newest, fetched)
            return [self._held(kernel) for kernel in wanted] if newest else fetched

    @contextlib.contextmanager
    def _locked(self) -> Iterator[None]:
        """Whoever else uses this cache waits, and sees what was fetched."""
        with open(self._root / "busy", "w") as busy:
            fcntl.flock(busy, fcntl.LOCK_EX)
            self._lock = lock.Lock(self._root / "lock.json", self._matrix.fingerprint())
            yield

    def _is_ready(self, wanted: list[kernels.Kernel]) -> bool:
        return self._lock.is_fresh() and all(
            self._is_held(kernel) or kernel.name in self._lock.gone for kernel in wanted
        )

    def _is_held(self, kernel: kernels.Kernel) -> bool:
        held = self._lock.kernels.get(kernel.name)
        return held is not None and self._cache.has(held)

    def _held(self, kernel: kernels.Kernel) -> Fetched:
        why_gone = self._lock.gone.get(kernel.name)
        if not self._is_held(kernel):
            return Fetched(kernel, None, note=why_gone or "not in the cache", gone=why_gone is not None)
        note = f"from the cache: {why_gone}" if why_gone else ""
        return self._fetched(kernel, self._lock.kernels[kernel.name], note)

    def _fetched(self, kernel: kernels.Kernel, resolved: resolve.Resolved, note: str = "") -> Fetched:
        return Fetched(kernel, self._cache.folder_of(resolved), resolved.version, resolved.modules, note)

    def _resolve(self) -> dict[str, resolve.Resolved]:
        """Empty if there is no network."""
        try:
            self._complaint = self._apt.update()
            archive = resolve.Archive(self._apt.packages())
        except (apt.Error, OSError) as error:
            self._complaint = str(error)
            return {}
        found = {kernel.name: archive.resolve(kernel) for kernel in self._matrix.kernels}
        return {name: resolved for name, resolved in found.items() if resolved}

    def _obtain(self, kernel: kernels.Kernel, newest: resolve.Resolved | None) -> Fetched:
        why = f"no {kernel.package} in {' '.join(kernel.suites)}{_indented(self._complaint)}"
        if newest:
            try:
                if not self._cache.has(newest):
                    self._cache.add(newest, self._apt.download)
                return self._fetched(kernel, newest)
            except (apt.Error, OSError, ValueError, subprocess.CalledProcessError) as error:
                why = f"{newest.packages[0].key}: {error}"
        if self._is_held(kernel):
            return self._fetched(kernel, self._lock.kernels[kernel.name], f"from the cache: {why}")
        return Fetched(kernel, None, note=why)

    def _remember(self, newest: dict[str, resolve.Resolved], fetched: list[Fetched]) -> None:
        """A kernel that the archive has no more stays locked as long as it is cached."""
        kept = {k.name: self._lock.kernels[k.name] for k in self._matrix.kernels if self._is_held(k)}
        gone = {}
        for done in fetched:
            resolved = newest.get(done.kernel.name)
            if resolved and done.folder == self._cache.folder_of(resolved):
                kept[done.kernel.name] = resolved
            elif newest and not resolved:
                gone[done.kernel.name] = done.note
        self._lock.save(kept, gone if newest else self._lock.gone, resolved=bool(newest))
        self._cache.name(kept)


def _indented(text: str) -> str:
    return "".join(f"\n    {line}" for line in text.splitlines()[:6])
