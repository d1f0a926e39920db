# SPDX-License-Identifier: MIT
"""A private apt root: Debian's signed indices and checked downloads; the system's apt is not touched."""

import dataclasses
import os
import pathlib
import re
import subprocess

from . import kernels

HELPER = "/usr/lib/apt/apt-helper"

# Only these stanzas are kept; linux-binary-unsigned and the metapackages do not match.
KERNEL_PACKAGE = re.compile(r"Package: (linux-(?:image|binary|modules|base)-[0-9]\S*-cloud-amd64)\n")

# An InRelease may be past its date for the local clock; what matters here is its signature.
CONFIG = """\
#clear Dir::Etc::Parts;
Dir::Etc::Main "/dev/null";
Dir::Etc::Parts "/dev/null";
Dir::Etc::SourceList "{root}/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State "{root}/state";
Dir::State::status "/dev/null";
Dir::Cache "{root}/cache";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Acquire::PDiffs "false";
Acquire::Check-Valid-Until "false";
Acquire::Retries "2";
Acquire::http::Timeout "20";
APT::Sandbox::User "root";
{proxies}
"""


@dataclasses.dataclass(frozen=True)
class Package:
    name: str
    version: str
    suite: str
    depends: tuple[tuple[str, str], ...]  # name and exact version, "" if any will do
    uri: str
    sha256: str

    @property
    def key(self) -> str:
        return f"{self.name}={self.version}"


class Error(Exception):
    pass


class Root:
    def __init__(self, root: pathlib.Path, matrix: kernels.Matrix):
        self._config = root / "apt.conf"
        self._sources = root / "sources.list"
        self._matrix = matrix
        for folder in ("state/lists/partial", "cache/archives/partial"):
            (root / folder).mkdir(parents=True, exist_ok=True)
        self._config.write_text(CONFIG.format(root=root, proxies=_system_proxies()))

    def update(self) -> str:
        """Refreshes the indices; returns what apt complains of. A lost suite does not keep it from others."""
        self._sources.write_text("".join(line + "\n" for line in sources(self._matrix)))
        return self._run("apt-get", "-q", "update", check=False).stderr.strip()

    def packages(self) -> list[Package]:
        """Every kernel package of the indices, in one pass: each query of apt would parse them anew."""
        form = "$(FILENAME)|$(RELEASE)|$(REPO_URI)"
        targets = self._run("apt-get", "indextargets", "--format", form, "Created-By: Packages").stdout
        found = []
        for target in targets.splitlines():
            index, suite, repository = target.split("|")
            text = self._run(HELPER, "cat-file", index).stdout
            found += [p for s in text.split("\n\n") if (p := parse(s, suite, repository))]
        return found

    def download(self, package: Package, to: pathlib.Path) -> None:
        """apt-helper refuses a file that has not this checksum."""
        self._run(HELPER, "download-file", package.uri, str(to), f"SHA256:{package.sha256}")

    def _run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        environment = {**os.environ, "APT_CONFIG": str(self._config), "LC_ALL": "C.UTF-8"}
        done = subprocess.run(
            command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if check and done.returncode != 0:
            raise Error(f"{' '.join(command[:2])}: {done.stderr.strip() or done.returncode}")
        return done


def sources(matrix: kernels.Matrix) -> list[str]:
    """sources.list lines for every suite of the matrix, each named once."""
    mirrors = {**system_mirrors(), **matrix.mirrors}
    if missing := set(matrix.archives().values()) - mirrors.keys():
        raise Error(f"apt's sources have no {' and no '.join(sorted(missing))}: apt-get update, or [mirrors]")
    signed = f"[arch=amd64 signed-by={matrix.keyring}]"
    return [f"deb {signed} {mirrors[label]} {suite} main" for suite, label in matrix.archives().items()]


def system_mirrors() -> dict[str, str]:
    """Where this machine's own apt gets Debian from: URI by the label of the archive's Release file."""
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN)|$(LABEL)|$(REPO_URI)", "Created-By: Packages"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    targets = [line.split("|") for line in listed.splitlines()]
    return {label: uri for origin, label, uri in targets if origin == "Debian"}


def _system_proxies() -> str:
    dumped = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=True).stdout
    return "\n".join(line for line in dumped.splitlines() if re.match(r"Acquire::https?::Proxy", line))


def parse(stanza: str, suite: str, repository: str) -> Package | None:
    # Indices are tens of megabytes: look at the name before anything else.
    if not (match := KERNEL_PACKAGE.match(stanza.lstrip("\n"))):
        return None
    fields = dict(re.findall(r"^(\S+): (.*)$", stanza, re.MULTILINE))
    depends = re.findall(r"([a-z0-9][a-z0-9+.-]+)(?: \(= ([^)]+)\))?", fields.get("Depends", ""))
    uri = repository.rstrip("/") + "/" + fields["Filename"]
    return Package(match[1], fields["Version"], suite, tuple(depends), uri, fields["SHA256"])
