// SPDX-License-Identifier: MIT
// Names must not be longer than what was read, and no socket is reported without an inode.
#include "system/parse/unix_table.hpp"

#include <cstdlib>

using namespace otherend;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::size_t names = 0;
    system::parse_unix_table(text, NetnsId{1}, [&](const model::Fact& fact) {
        const auto* socket = std::get_if<model::SocketFact>(&fact);
        if (!socket || !is_set(socket->socket.inode) || socket->peer)
            std::abort();
        names += socket->name.size();
    });
    if (names > size)
        std::abort();
    return 0;
}
