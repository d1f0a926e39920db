// SPDX-License-Identifier: MIT
#include "system/parse/mounts.hpp"

#include "system/parse/lines.hpp"
#include "system/parse/number.hpp"

#include <optional>

namespace otherend::system {

namespace {

// Space, tab, newline and backslash are printed as a backslash and three octal digits (mangle() in fs/seq_file.c).
std::string unescaped(std::string_view text) {
    std::string bytes;
    while (!text.empty()) {
        const auto code = text.starts_with('\\') && text.size() >= 4
                              ? parse_number<unsigned char>(text.substr(1, 3), 8)
                              : std::nullopt;
        bytes += code ? static_cast<char>(*code) : text.front();
        text.remove_prefix(code ? 4 : 1);
    }
    return bytes;
}

// "36 35 98:0 /root /point rw,noatime shared:1 - type source rw,option": any number of fields before the hyphen.
std::optional<Mount> parse_mount(std::string_view line) {
    for (int skipped = 0; skipped < 3; ++skipped) // mount id, parent id, device
        take_until(line, ' ');
    Mount mount;
    mount.root = unescaped(take_until(line, ' '));
    mount.point = unescaped(take_until(line, ' '));
    while (!line.empty() && take_until(line, ' ') != "-") {
    }
    mount.type = take_until(line, ' ');
    take_until(line, ' '); // source
    mount.options = line;
    return mount.type.empty() ? std::nullopt : std::optional(std::move(mount));
}

} // namespace

std::vector<Mount> parse_mounts(std::string_view mountinfo) {
    std::vector<Mount> mounts;
    while (!mountinfo.empty())
        if (auto mount = parse_mount(take_until(mountinfo, '\n')))
            mounts.push_back(std::move(*mount));
    return mounts;
}

std::string_view mount_option(std::string_view options, std::string_view key) {
    while (!options.empty()) {
        auto value = take_until(options, ',');
        if (take_until(value, '=') == key)
            return value;
    }
    return {};
}

} // namespace otherend::system
