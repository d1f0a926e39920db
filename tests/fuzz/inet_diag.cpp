// SPDX-License-Identifier: MIT
// A dump cut into datagrams at a place the input chooses: no record is both reported and refused, and what is not
// open has no inode.
#include "system/parse/inet_diag.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

using namespace otherend;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const auto all = std::as_bytes(std::span(data, size - 1));
    const auto cut = std::min<std::size_t>(data[size - 1] * 4, all.size());
    const auto kind = data[size - 1] % 2 == 0 ? Kind::tcp : Kind::udp;
    system::InetDiagProgress progress;
    for (const auto part : {all.first(cut), all.subspan(cut)}) {
        const std::vector<std::byte> datagram(part.begin(), part.end()); // its end is guarded
        std::uint64_t facts = 0;
        const auto malformed = progress.malformed;
        parse_inet_diag(
            datagram, kind, NetnsId{1},
            [&](const model::Fact& fact) {
                ++facts;
                const auto* socket = std::get_if<model::InetFact>(&fact);
                if (!socket || socket->kind != kind || socket->open != is_set(socket->socket.inode))
                    std::abort();
            },
            progress);
        if ((facts + progress.malformed - malformed) * 16 > datagram.size() + 16) // a header each
            std::abort();
    }
    return 0;
}
