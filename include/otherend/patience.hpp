// SPDX-License-Identifier: MIT
// How long a connection may do nothing before it counts as stuck.
#pragma once

#include <chrono>

namespace otherend {

// The defaults let pass what a lost segment or a busy process explains: the first retransmissions follow within a
// second or two (RFC 6298), and a peer that has closed its half may take its time.
struct Patience {
    std::chrono::milliseconds retransmit{3000};   // without an answer to what is sent again and again
    std::chrono::milliseconds syn{3000};          // without an answer to the handshake
    std::chrono::milliseconds window{5000};       // with data to send that the other end has no room for
    std::chrono::milliseconds unread{5000};       // with data received that nobody reads
    std::chrono::milliseconds half_closed{60000}; // one side has closed, and nothing comes from the other

    bool operator==(const Patience&) const = default;
};

} // namespace otherend
