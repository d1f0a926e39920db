// SPDX-License-Identifier: MIT
#include "system/parse/mounts.hpp"

#include "system/parse/lines.hpp"
#include "system/parse/number.hpp"

#include <algorithm>
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

// "98:0"
std::uint32_t device_in(std::string_view text) {
    const auto major = parse_number<std::uint32_t>(take_until(text, ':'));
    const auto minor = parse_number<std::uint32_t>(text);
    return major && minor ? *major << 20 | *minor : 0;
}

// "36 35 98:0 /root /point rw,noatime shared:1 - type source rw,option": any number of fields before the hyphen.
std::optional<Mount> parse_mount(std::string_view line) {
    Mount mount;
    mount.id = parse_number<int>(take_until(line, ' ')).value_or(0);
    mount.parent = parse_number<int>(take_until(line, ' ')).value_or(0);
    mount.device = device_in(take_until(line, ' '));
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

std::vector<Mount> mounts_at(const std::vector<Mount>& mounts, int parent, std::string_view point) {
    std::vector<Mount> stack;
    while (stack.size() < mounts.size()) { // broken numbers might lead in a circle
        const auto is_next = [&](const Mount& mount) {
            return mount.parent == parent && mount.point == point;
        };
        const auto next = std::ranges::find_if(mounts, is_next);
        if (next == mounts.end())
            break;
        parent = next->id;
        stack.push_back(*next);
    }
    return stack;
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
