// SPDX-License-Identifier: MIT
// A dump cut into datagrams at a place the input chooses: names must lie in their datagram, and no record is both
// reported and refused.
#include "system/parse/unix_diag.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

using namespace otherend;

namespace {

bool lies_in(std::string_view part, std::span<const std::byte> whole) {
    const auto* start = reinterpret_cast<const char*>(whole.data());
    return part.empty() || (part.data() >= start && part.data() + part.size() <= start + whole.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0)
        return 0;
    const auto all = std::as_bytes(std::span(data, size - 1));
    const auto cut = std::min<std::size_t>(data[size - 1] * 4, all.size());
    system::DiagProgress progress;
    for (const auto part : {all.first(cut), all.subspan(cut)}) {
        const std::vector<std::byte> datagram(part.begin(), part.end()); // its end is guarded
        std::uint64_t facts = 0;
        const auto malformed = progress.malformed;
        parse_unix_diag(
            datagram, NetnsId{1},
            [&](const model::Fact& fact) {
                ++facts;
                const auto* socket = std::get_if<model::SocketFact>(&fact);
                if (!socket || !socket->peer || !lies_in(socket->name, datagram))
                    std::abort();
            },
            progress);
        if ((facts + progress.malformed - malformed) * 16 > datagram.size() + 16) // a header each
            std::abort();
    }
    return 0;
}
