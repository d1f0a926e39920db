// SPDX-License-Identifier: MIT
// Does the path a socket was bound to still lead to it? Paths mean something only in somebody's root and mount
// namespace, so the question is asked through the roots of processes.
#pragma once

#include "model/fact.hpp"
#include "system/procfs.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace otherend::system {

struct FileIdentity {
    std::uint64_t inode = 0;
    std::uint32_t device = 0;       // as the kernel encodes it: major << 20 | minor
    bool device_is_made_up = false; // overlayfs and btrfs do not tell stat(2) that of their super block
};

// Of the socket a path leads to; absent if it leads to none.
std::optional<FileIdentity> identify(const std::string& path);

bool is_same_file(const FileIdentity& found, const model::BoundFile& bound);

struct BoundSocket {
    std::string_view name; // as given to bind(), not abstract
    model::BoundFile file;
    std::string_view path;        // from the root of its mount namespace, empty if not known
    std::span<const Pid> holders; // through whose roots to look, besides our own
};

struct NameLookup {
    NameState state = NameState::live;
    std::string path; // the one that leads to the socket now, empty if it is the bound name
};

// Absent if it cannot be told: nobody to look through, permission denied, or holders who see different things.
std::optional<NameLookup> look_up_name(const Procfs& proc, const BoundSocket& socket);

} // namespace otherend::system
