// SPDX-License-Identifier: MIT
// What the kernel answers to a SOCK_DIAG_BY_FAMILY dump of TCP or UDP sockets (net/ipv4/inet_diag.c), as facts.
#pragma once

#include "model/fact.hpp"
#include "system/parse/netlink.hpp"

#include <unordered_set>

namespace otherend::system {

// A dump resumes where it left off by a socket's place in its bucket, so that it repeats some if others go or come
// meanwhile (inet_diag_dump_icsk()). The graph knows a socket again by its inode; of those without, cookies tell.
struct InetDiagProgress : DumpProgress {
    std::unordered_set<std::uint64_t> without_inode;
};

// `kind`, tcp or udp, must be what the request asked for: the answer does not tell.
void parse_inet_diag(Bytes datagram, Kind kind, NetnsId netns, const model::FactSink& sink,
                     InetDiagProgress& progress);

} // namespace otherend::system
