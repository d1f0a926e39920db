// SPDX-License-Identifier: MIT
// What is told stands in a line of its own.
#include "system/parse/fdinfo.hpp"

#include <algorithm>
#include <cstdlib>

using namespace otherend;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto info = system::parse_fdinfo(text);
    const auto told = info.flags.has_value() + info.mount_id.has_value() + info.tty_index.has_value() +
                      info.queued_fds.has_value();
    if (told > std::count(text.begin(), text.end(), ':'))
        std::abort();
    return 0;
}
