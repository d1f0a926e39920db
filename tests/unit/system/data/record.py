#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes sockets in every state and records what the kernel says of them, for the parsers' tests.

In a network namespace of its own, so that nothing else is in the answers:  unshare -n ./record.py
"""
import ctypes
import os
import pathlib
import socket
import struct
import tempfile

NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY, NLMSG_DONE = 4, 20, 3
NLM_F_REQUEST_DUMP = 0x301
SHOW_NAME, SHOW_VFS, SHOW_PEER, SHOW_ICONS, SHOW_RQLEN, SHOW_UID = 1, 2, 4, 8, 16, 64
SHOW_SMALL = SHOW_NAME | SHOW_VFS | SHOW_PEER | SHOW_RQLEN | SHOW_UID
TCP_LISTEN = 10
SYS_IO_URING_SETUP, SYS_IO_URING_REGISTER, IORING_REGISTER_FILES = 425, 427, 2

truth = {}


def make(label, kind=socket.SOCK_STREAM, name=None, to=None, backlog=None):
    made = socket.socket(socket.AF_UNIX, kind)
    truth[label] = os.fstat(made.fileno()).st_ino
    if name is not None:
        made.bind(name)
    if backlog is not None:
        made.listen(backlog)
    if to is not None:
        made.connect(to)
    return made


def accept(label, listener):
    made, _ = listener.accept()
    truth[label] = os.fstat(made.fileno()).st_ino
    return made


def topology():
    kept = [server := make("server", name=b"server.sock", backlog=7)]
    kept.append(make("client", to=b"server.sock"))
    kept.append(accept("accepted", server))
    kept.append(make("survivor", to=b"server.sock"))
    accept("gone", server).close()
    make("quitter", to=b"server.sock").close()
    kept += [make(f"pending{i}", to=b"server.sock") for i in (1, 2)]
    del truth["gone"], truth["quitter"]

    kept.append(make("log", socket.SOCK_DGRAM, name=b"\0log\0inner"))
    kept += [make(f"writer{i}", socket.SOCK_DGRAM, to=b"\0log\0inner") for i in (1, 2)]

    left, right = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    truth["left"], truth["right"] = (os.fstat(s.fileno()).st_ino for s in (left, right))
    left.send(b"hello")
    kept += [left, right]

    kept.append(make("odd", name=b"odd \n\xff name\n"))
    kept.append(make("long", name=b"x" * 107))
    kept.append(make("idle"))
    return kept


def dump(states, show):
    asked = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)
    request = struct.pack("BBHIIIII", socket.AF_UNIX, 0, 0, states, 0, show, 0, 0)
    asked.send(struct.pack("IHHII", 16 + len(request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST_DUMP, 0, 0) + request)
    answer = b""
    while True:
        answer += (datagram := asked.recv(65536))
        offset = 0
        while offset < len(datagram):
            length, kind = struct.unpack_from("IH", datagram, offset)
            if kind == NLMSG_DONE:
                return answer
            offset += length + 3 & ~3


def ring_fdinfo(fds):
    syscall = ctypes.CDLL(None, use_errno=True).syscall
    ring = syscall(SYS_IO_URING_SETUP, 1, ctypes.create_string_buffer(120))
    array = (ctypes.c_int * len(fds))(*fds)
    if ring < 0 or syscall(SYS_IO_URING_REGISTER, ring, IORING_REGISTER_FILES, array, len(fds)) < 0:
        raise OSError(ctypes.get_errno(), "io_uring")
    return pathlib.Path(f"/proc/self/fdinfo/{ring}").read_bytes()


def main():
    here = pathlib.Path(__file__).resolve().parent
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        kept = topology()
        # The second slot stays empty, the third is no socket.
        (here / "io_uring_fdinfo.txt").write_bytes(ring_fdinfo([kept[0].fileno(), -1, os.open("/dev/null", 0)]))
        (here / "unix_diag.bin").write_bytes(dump(0xFFFFFFFF, SHOW_SMALL))
        (here / "unix_diag_listeners.bin").write_bytes(dump(1 << TCP_LISTEN, SHOW_SMALL | SHOW_ICONS))
        (here / "unix_table.txt").write_bytes(pathlib.Path("/proc/self/net/unix").read_bytes())
        (here / "truth.txt").write_text("".join(f"{label} {inode}\n" for label, inode in truth.items()))
        os.chdir("/")


if __name__ == "__main__":
    main()
