// SPDX-License-Identifier: MIT
#include "system/parse/fdinfo.hpp"

#include "system/parse/lines.hpp"
#include "system/parse/number.hpp"

namespace otherend::system {

// "flags:\t02100002": the flags are octal. UNIX sockets print a space for the tab.
DescriptorInfo parse_fdinfo(std::string_view text) {
    DescriptorInfo info;
    while (!text.empty()) {
        auto value = take_until(text, '\n');
        const auto key = take_until(value, ':');
        if (value.starts_with('\t') || value.starts_with(' '))
            value.remove_prefix(1);
        if (key == "flags")
            info.flags = parse_number<int>(value, 8);
        else if (key == "mnt_id")
            info.mount_id = parse_number<int>(value);
        else if (key == "tty-index")
            info.tty_index = parse_number<std::uint32_t>(value);
        else if (key == "scm_fds")
            info.queued_fds = parse_number<std::uint32_t>(value);
    }
    return info;
}

} // namespace otherend::system
