#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes TCP and UDP sockets in every state and records what the kernel says of them, for the parsers' tests.

In a network namespace of its own, so that nothing else is in the answers:  unshare -n ./record_inet.py
"""
import os
import pathlib
import socket
import struct
import subprocess
import time

NETLINK_NETFILTER, NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY = 12, 4, 20
NLMSG_ERROR, NLMSG_DONE, NLM_F_REQUEST_DUMP = 2, 3, 0x301
CONNTRACK_GET = 1 << 8 | 1
EXTENSIONS = 1 << 1 | 1 << 3 | 1 << 6  # INET_DIAG_INFO, CONG, SKMEMINFO
NO_PORT = ("", 0)

RULES = """
table inet nat {
    chain output {
        type nat hook output priority -100
        ip daddr 127.0.0.9 tcp dport 80 dnat ip to 127.0.0.1:4000
        ip6 daddr ::1 tcp dport 80 dnat ip6 to [::1]:4001
        ip daddr 127.0.0.9 udp dport 53 dnat ip to 127.0.0.1:4010
    }
    chain input {
        type filter hook input priority 0
        tcp dport 4004 drop
        tcp dport 4005 tcp flags & (syn | ack) == ack drop
    }
}
"""

truth = []


def text(address):
    if address[1] == 0 and not address[0].strip("0.:"):
        return "-"
    host = address[0].removeprefix("::ffff:").split("%")[0]
    scope = f"%{address[3]}" if len(address) > 3 and address[3] else ""
    return f"[{host}{scope}]:{address[1]}" if ":" in host else f"{host}:{address[1]}"


def note(label, made):
    try:
        remote = made.getpeername()
    except OSError:
        remote = NO_PORT
    inode = os.fstat(made.fileno()).st_ino
    truth.append(f"{label} {inode} {text(made.getsockname())} {text(remote)}\n")
    return made


def make(family, kind, bind=None, backlog=None, v6only=None):
    made = socket.socket(family, kind)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    if v6only is not None:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, v6only)
    if bind:
        made.bind(bind)
    if backlog is not None:
        made.listen(backlog)
    return made


def connect(to, family=socket.AF_INET, kind=socket.SOCK_STREAM, options=(), wait=True):
    made = socket.socket(family, kind)
    for option in options:
        made.setsockopt(*option)
    made.setblocking(wait)
    made.connect_ex(to)
    return made


def tcp():
    v4, v6, stream = socket.AF_INET, socket.AF_INET6, socket.SOCK_STREAM
    server = make(v4, stream, ("127.0.0.1", 4000), 7)
    kept = [note("listener", server)]

    def pair(label, **how):
        client = connect(("127.0.0.1", 4000), **how)
        accepted = server.accept()[0]
        kept.extend((client, accepted))
        return note(label, client), note(label + "_accepted", accepted)

    client, _ = pair("client")
    client.send(b"hello")
    pair("kept_alive", options=[(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)])
    half, _ = pair("half_closed")
    half.shutdown(socket.SHUT_WR)
    full, _ = pair("zero_window")
    full.setblocking(False)
    while True:
        try:
            full.send(bytes(65536))
        except BlockingIOError:
            break
    for made in pair("closed"):
        made.close()
    del truth[-2:], kept[-2:]
    kept.append(note("nat_client", connect(("127.0.0.9", 80))))
    kept.append(note("nat_accepted", server.accept()[0]))
    kept.append(note("waiting", connect(("127.0.0.1", 4000))))

    kept.append(note("dual", make(v6, stream, ("::", 4001), 9, 0)))
    kept.append(note("mapped_client", connect(("127.0.0.1", 4001))))
    kept.append(note("mapped_accepted", kept[-2].accept()[0]))
    kept.append(note("nat6_client", connect(("::1", 80), v6)))
    kept.append(note("v6only", make(v6, stream, ("::", 4002), 3, 1)))
    kept.append(note("link_local", make(v6, stream, ("fe80::1", 4003, 0, 1), 3)))
    kept.append(note("bound", make(v4, stream, ("127.0.0.1", 4006))))
    kept.append(note("handshaking", make(v4, stream, ("127.0.0.1", 4005), 5)))
    kept.append(connect(("127.0.0.1", 4005), wait=False))
    kept.append(connect(("127.0.0.1", 4004), wait=False))
    inode = os.fstat(kept[-1].fileno()).st_ino
    truth.append(f"unanswered {inode} {text(kept[-1].getsockname())} 127.0.0.1:4004\n")
    return kept


def udp():
    v4, v6, dgram = socket.AF_INET, socket.AF_INET6, socket.SOCK_DGRAM
    kept = [note("udp", make(v4, dgram, ("127.0.0.1", 4010)))]
    kept.append(note("udp_client", connect(("127.0.0.1", 4010), kind=dgram)))
    kept[-1].send(b"hello")
    kept.append(note("udp_nat", connect(("127.0.0.9", 53), kind=dgram)))
    kept[-1].send(b"hello")
    kept.append(note("udp6", make(v6, dgram, ("::", 4011))))
    kept.append(note("udp6_client", connect(("::1", 4011), v6, dgram)))
    kept.append(note("udp_mapped", connect(("::ffff:127.0.0.1", 4010), v6, dgram)))
    return kept


def dump(bus, kind, body):
    asked = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, bus)
    asked.send(struct.pack("IHHII", 16 + len(body), kind, NLM_F_REQUEST_DUMP, 0, 0) + body)
    answer = b""
    while True:
        answer += (datagram := asked.recv(65536))
        offset = 0
        while offset < len(datagram):
            length, kind = struct.unpack_from("IH", datagram, offset)
            if kind in (NLMSG_ERROR, NLMSG_DONE):
                return answer
            offset += length + 3 & ~3


def inet_diag(family, protocol, extensions):
    return dump(NETLINK_SOCK_DIAG, SOCK_DIAG_BY_FAMILY,
                struct.pack("BBBBI48x", family, protocol, extensions, 0, 0xFFFFFFFF))


def main():
    here = pathlib.Path(__file__).resolve().parent
    subprocess.run("ip link set lo up && ip addr add fe80::1/64 dev lo nodad", shell=True, check=True)
    subprocess.run(["nft", "-f", "-"], input=RULES, text=True, check=True)
    kept = tcp() + udp()
    time.sleep(1.5)  # for retransmissions and probes
    for name, family in (("", socket.AF_INET), ("6", socket.AF_INET6)):
        for protocol, number, extensions in (("tcp", socket.IPPROTO_TCP, EXTENSIONS), ("udp", socket.IPPROTO_UDP, 0)):
            (here / f"inet_diag_{protocol}{name}.bin").write_bytes(inet_diag(family, number, extensions))
            table = pathlib.Path(f"/proc/self/net/{protocol}{name}").read_bytes()
            (here / f"inet_table_{protocol}{name}.txt").write_bytes(table)
    (here / "conntrack.bin").write_bytes(dump(NETLINK_NETFILTER, CONNTRACK_GET, bytes(4)))
    (here / "conntrack_table.txt").write_bytes(pathlib.Path("/proc/self/net/nf_conntrack").read_bytes())
    (here / "inet_truth.txt").write_text("".join(truth))
    for made in kept:
        made.close()


if __name__ == "__main__":
    main()
