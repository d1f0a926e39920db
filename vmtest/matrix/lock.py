# SPDX-License-Identifier: MIT
"""The lock file of a cache: what was resolved, to work without a network and after Debian moved on."""

import dataclasses
import json
import pathlib
import time

from . import apt, resolve

FRESH_S = 24 * 3600


class Lock:
    def __init__(self, path: pathlib.Path, fingerprint: str):
        self._path = path
        self._fingerprint = fingerprint
        text = json.loads(path.read_text()) if path.exists() else {}
        self._same_matrix = text.get("fingerprint") == fingerprint
        self._resolved_at = text.get("resolved_at", 0)
        self.kernels = {name: _resolved(entry) for name, entry in text.get("kernels", {}).items()}
        self.gone: dict[str, str] = text.get("gone", {})  # kernels that Debian did not have, and why

    def is_fresh(self) -> bool:
        return self._same_matrix and 0 <= time.time() - self._resolved_at < FRESH_S

    def save(self, kernels: dict[str, resolve.Resolved], gone: dict[str, str], *, resolved: bool) -> None:
        self.kernels, self.gone = kernels, gone
        text = {
            "fingerprint": self._fingerprint,
            "resolved_at": int(time.time()) if resolved else self._resolved_at,
            "gone": gone,
            "kernels": {name: dataclasses.asdict(entry) for name, entry in kernels.items()},
        }
        part = self._path.with_suffix(".part")
        part.write_text(json.dumps(text, indent=1))
        part.replace(self._path)


def _resolved(entry: dict) -> resolve.Resolved:
    packages = tuple(
        apt.Package(**{**package, "depends": tuple(map(tuple, package["depends"]))})
        for package in entry["packages"]
    )
    return resolve.Resolved(packages, entry["modules"])
