// SPDX-License-Identifier: MIT
// The small texts of /proc: what is read out of a link can be printed as one again.
#include "system/parse/status.hpp"

#include <cstdlib>
#include <string>

using namespace otherend;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    if (const auto inode = system::number_in_link(text, "socket")) {
        const auto digits = std::to_string(*inode);
        if (!text.starts_with("socket:[") || !text.ends_with(digits + "]"))
            std::abort();
    }
    if (const auto call = system::parse_syscall(text); call && call->number < 0)
        std::abort();
    (void)system::parse_status(text);
    return 0;
}
