// SPDX-License-Identifier: MIT
// Identities as types, so that an inode never lands in a port and a pid never in a descriptor.
#pragma once

#include <cstdint>
#include <type_traits>

namespace otherend {

enum class Pid : std::int32_t {};          // thread group or thread id, as the initial pid namespace sees it
enum class Inode : std::uint64_t {};       // of a socket (sockfs); 0 means none
enum class Cookie : std::uint64_t {};      // sock_gen_cookie(); 0 means none was made
enum class SockAddress : std::uint64_t {}; // kernel address of a struct sock; 0 means none
enum class NetnsId : std::uint32_t {};     // inode of a network namespace, as in /proc/PID/ns/net

template <typename Id>
    requires std::is_enum_v<Id>
constexpr auto number(Id id) noexcept {
    return static_cast<std::underlying_type_t<Id>>(id);
}

template <typename Id>
    requires std::is_enum_v<Id>
constexpr bool is_set(Id id) noexcept {
    return number(id) != 0;
}

} // namespace otherend
