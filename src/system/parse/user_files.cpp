// SPDX-License-Identifier: MIT
// Since Linux commit 561e3a0c40dc ("io_uring/fdinfo: fix io_uring_show_fdinfo() misuse of ->d_iname") (v6.14)
// a slot prints its path, "    0: socket:[398289]", and an empty one nothing. Before, it prints the name in the
// file's dentry, for a socket that of its protocol (sock_alloc_file()): "    0: UNIX-STREAM", and "<none>".
#include "system/parse/user_files.hpp"

#include "system/parse/lines.hpp"
#include "system/parse/number.hpp"
#include "system/parse/status.hpp"

#include <optional>

namespace otherend::system {

namespace {

constexpr std::string_view section = "UserFiles:\t", next_section = "UserBufs:";

// What is behind the number of a slot; absent if the line is none.
std::optional<std::string_view> slot_in(std::string_view line) {
    line = without_leading_spaces(line);
    const auto index = take_until(line, ':');
    return parse_number<std::uint32_t>(index) ? std::optional(without_leading_spaces(line)) : std::nullopt;
}

void add(UserFiles& files, std::string_view name) {
    if (const auto inode = number_in_link(name, "socket"))
        files.sockets.push_back(Inode{*inode});
    else if (name == "UNIX" || name == "UNIX-STREAM")
        ++files.unnumbered;
}

} // namespace

UserFiles parse_user_files(std::string_view fdinfo) {
    UserFiles files;
    while (!fdinfo.empty() && !fdinfo.starts_with(section))
        take_until(fdinfo, '\n');
    if (fdinfo.empty())
        return files;
    fdinfo.remove_prefix(section.size());
    files.listed = take_until(fdinfo, '\n') == "0";
    while (!fdinfo.empty() && !fdinfo.starts_with(next_section)) {
        if (const auto name = slot_in(take_until(fdinfo, '\n'))) {
            files.listed = true;
            add(files, *name);
        }
    }
    return files;
}

} // namespace otherend::system
