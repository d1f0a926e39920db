// SPDX-License-Identifier: MIT
// Undoing escapes makes nothing longer.
#include "system/parse/mounts.hpp"

#include <cstdint>
#include <cstdlib>

using namespace otherend;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    std::size_t kept = 0;
    for (const auto& mount : system::parse_mounts(text)) {
        kept += mount.root.size() + mount.point.size() + mount.type.size() + mount.options.size();
        (void)system::mount_option(mount.options, "hidepid");
    }
    if (kept > size)
        std::abort();
    return 0;
}
