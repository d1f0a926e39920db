# SPDX-License-Identifier: MIT
"""Kernel modules in the order in which they can be loaded, without depmod."""

import pathlib

from . import elf, vmlinux

# What tests and guests need. A kernel that has one built in, or does not know it, does without the file.
ROOTS = (
    "virtio_pci virtio_console unix_diag inet_diag tcp_diag udp_diag raw_diag netlink_diag af_packet_diag "
    "veth bridge cls_bpf act_bpf sch_ingress sch_netem dummy tun vsock_loopback tls nf_tables vxlan "
    "nft_chain_nat nft_masq nft_nat nf_conntrack_netlink"
).split()


class Tree:
    """A /lib/modules/RELEASE."""

    def __init__(self, folder: pathlib.Path):
        self._files = {_name(path.name): path for path in folder.rglob("*.ko*")}

    def in_order(self, roots: list[str]) -> dict[str, bytes]:
        """The content of each root and of what it depends on, dependencies first."""
        ordered: dict[str, bytes] = {}
        for root in roots:
            self._add(root, ordered)
        return ordered

    def _add(self, name: str, ordered: dict[str, bytes]) -> None:
        if name in ordered or not (path := self._files.get(name)):
            return
        content = vmlinux.decompress(path.read_bytes())
        for dependency in _dependencies(content):
            self._add(dependency, ordered)
        ordered[name] = content


def _name(file: str) -> str:
    return file.split(".")[0].replace("-", "_")


def _dependencies(module: bytes) -> list[str]:
    for field in (elf.section(module, ".modinfo") or b"").split(b"\0"):
        if field.startswith(b"depends="):
            return [_name(name) for name in field[8:].decode().split(",") if name]
    return []
