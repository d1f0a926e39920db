// SPDX-License-Identifier: MIT
// Both ways the kernel tells of its NAT table: what is reported is translated.
#include "system/parse/conntrack.hpp"
#include "system/parse/conntrack_table.hpp"

#include <cstdlib>
#include <vector>

using namespace otherend;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto check = [](const model::Fact& fact) {
        const auto* entry = std::get_if<model::ConntrackFact>(&fact);
        if (!entry || (entry->reply_source == entry->original_destination &&
                       entry->reply_destination == entry->original_source))
            std::abort();
    };
    const auto bytes = std::as_bytes(std::span(data, size));
    const std::vector<std::byte> datagram(bytes.begin(), bytes.end()); // its end is guarded
    system::DumpProgress progress;
    system::parse_conntrack(datagram, NetnsId{1}, check, progress);
    system::parse_conntrack_table({reinterpret_cast<const char*>(data), size}, NetnsId{1}, check);
    return 0;
}
