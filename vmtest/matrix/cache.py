# SPDX-License-Identifier: MIT
"""The cache of kernels: packages as Debian made them, and what is booted of them.

    lock.json           resolved versions
    debs/               packages
    kernels/KEY/        vmlinux, BTF, config, modules/ and their order; KEY is package=version
    current/NAME        -> kernels/KEY
"""

import pathlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable

from . import apt, elf, modules, resolve, vmlinux

Download = Callable[[apt.Package, pathlib.Path], None]


class Cache:
    def __init__(self, root: pathlib.Path):
        self.root = root
        for folder in ("debs", "kernels", "current"):
            (root / folder).mkdir(parents=True, exist_ok=True)

    def folder_of(self, kernel: resolve.Resolved) -> pathlib.Path:
        return self.root / "kernels" / kernel.key

    def has(self, kernel: resolve.Resolved) -> bool:
        roots = self.folder_of(kernel) / "roots"
        return roots.exists() and roots.read_text().split() == modules.ROOTS

    def add(self, kernel: resolve.Resolved, download: Download) -> None:
        """Appears complete or not at all."""
        debs = [self._deb(package, download) for package in kernel.packages]
        with tempfile.TemporaryDirectory(prefix=".part-", dir=self.root) as folder:
            tree, made = pathlib.Path(folder, "tree"), pathlib.Path(folder, "made")
            for deb in debs:
                subprocess.run(["dpkg-deb", "-x", deb, tree], check=True, capture_output=True)
            _prepare(tree, made)
            shutil.rmtree(self.folder_of(kernel), ignore_errors=True)
            made.rename(self.folder_of(kernel))

    def name(self, kernels: dict[str, resolve.Resolved]) -> None:
        """Points current/ at these kernels, and forgets all others."""
        for link in (self.root / "current").iterdir():
            link.unlink()
        for name, kernel in kernels.items():
            if self.has(kernel):
                (self.root / "current" / name).symlink_to(f"../kernels/{kernel.key}")
        _keep_only(self.root / "kernels", (kernel.key for kernel in kernels.values()))
        _keep_only(self.root / "debs", (_file_of(p) for k in kernels.values() for p in k.packages))

    def _deb(self, package: apt.Package, download: Download) -> pathlib.Path:
        file = self.root / "debs" / _file_of(package)
        if not file.exists():
            part = file.with_suffix(".part")
            download(package, part)
            part.replace(file)
        return file


def _file_of(package: apt.Package) -> str:
    return f"{package.key}.deb"


def _keep_only(folder: pathlib.Path, names: Iterable[str]) -> None:
    kept = set(names)
    for path in folder.iterdir():
        if path.name not in kept:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _prepare(tree: pathlib.Path, made: pathlib.Path) -> None:
    made.mkdir()
    image = vmlinux.extract(_only(tree, "boot/vmlinuz-*", "usr/lib/modules/*/vmlinuz").read_bytes())
    (made / "vmlinux").write_bytes(image)
    (made / "BTF").write_bytes(elf.section(image, ".BTF") or b"")
    for config in [*tree.glob("boot/config-*"), *tree.glob("usr/lib/modules/*/config")]:
        shutil.copyfile(config, made / "config")
    (made / "modules").mkdir()
    ordered = modules.Tree(tree).in_order(modules.ROOTS)
    for name, content in ordered.items():
        (made / "modules" / f"{name}.ko").write_bytes(content)
    (made / "modules.order").write_text("".join(f"{name}.ko\n" for name in ordered))
    (made / "roots").write_text(" ".join(modules.ROOTS))


def _only(tree: pathlib.Path, *globs: str) -> pathlib.Path:
    found = [path for glob in globs for path in tree.glob(glob)]
    if len(found) != 1:
        raise apt.Error(f"expected one kernel, found {[str(path.relative_to(tree)) for path in found]}")
    return found[0]
