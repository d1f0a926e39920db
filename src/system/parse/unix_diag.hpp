// SPDX-License-Identifier: MIT
// What the kernel answers to a SOCK_DIAG_BY_FAMILY dump of AF_UNIX (net/unix/diag.c), as facts.
//
// Total over bytes: any input is parsed without reading outside of it. Alignment does not matter.
#pragma once

#include "model/fact.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

namespace otherend::system {

// What the datagrams of one dump amounted to so far.
struct DiagProgress {
    bool done = false;           // the dump has ended
    int error = 0;               // errno it ended with
    bool interrupted = false;    // NLM_F_DUMP_INTR: the table changed so that the answer is inconsistent
    std::uint64_t malformed = 0; // messages that were cut short or contradict their own lengths
    std::uint64_t queued_listeners = 0;   // sockets that have clients waiting for accept()
    std::uint64_t answered_listeners = 0; // those of them whose clients were named
};

// The request must have asked for UDIAG_SHOW_PEER: a socket without that attribute is taken to have no peer.
void parse_unix_diag(std::span<const std::byte> datagram, NetnsId netns, const model::FactSink& sink,
                     DiagProgress& progress);

} // namespace otherend::system
