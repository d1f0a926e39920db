// SPDX-License-Identifier: MIT
// A file needs a line.
#include "system/parse/user_files.hpp"

#include <algorithm>
#include <cstdlib>

using namespace otherend;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto files = system::parse_user_files(text);
    const auto lines = static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) + 1;
    if (files.sockets.size() + files.unnumbered > lines || (!files.sockets.empty() && !files.listed))
        std::abort();
    return 0;
}
