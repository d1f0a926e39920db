// SPDX-License-Identifier: MIT
// A line is a fact or is counted, and a port is never that of nowhere.
#include "system/parse/inet_table.hpp"

#include <algorithm>
#include <cstdlib>

using namespace otherend;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::uint64_t facts = 0;
    const auto malformed =
        system::parse_inet_table(text, Kind::tcp, NetnsId{1}, 100, [&](const model::Fact& fact) {
            ++facts;
            const auto* socket = std::get_if<model::InetFact>(&fact);
            if (!socket ||
                (socket->remote && socket->remote->port == 0 && socket->remote->address.is_unspecified()))
                std::abort();
        });
    if (facts + malformed > static_cast<std::uint64_t>(std::ranges::count(text, '\n')) + 1)
        std::abort();
    return 0;
}
