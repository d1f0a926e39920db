// SPDX-License-Identifier: MIT
// What the kernel answers to a SOCK_DIAG_BY_FAMILY dump of AF_UNIX (net/unix/diag.c), as facts.
//
// Total over bytes: any input is parsed without reading outside of it. Alignment does not matter.
#pragma once

#include "model/fact.hpp"
#include "system/parse/netlink.hpp"

#include <cstdint>

namespace otherend::system {

struct DiagProgress : DumpProgress {
    std::uint64_t queued_listeners = 0;   // sockets that have clients waiting for accept()
    std::uint64_t answered_listeners = 0; // those of them whose clients were named
};

// The request must have asked for UDIAG_SHOW_PEER: a socket without that attribute is taken to have no peer.
void parse_unix_diag(Bytes datagram, NetnsId netns, const model::FactSink& sink, DiagProgress& progress);

} // namespace otherend::system
