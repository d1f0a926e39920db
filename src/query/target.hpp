// SPDX-License-Identifier: MIT
// What a user can point at. Parsing is by shape, a prefix forces it; selection is over the graph.
#pragma once

#include "model/graph.hpp"
#include "otherend/result.hpp"
#include "query/links.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace otherend::query {

struct PidTarget {
    Pid pid{};
};
struct FdTarget {
    Pid pid{};
    int fd = -1;
};
struct InodeTarget {
    Inode inode{};
    enum class Of : std::uint8_t { anything, socket, pipe } of = Of::anything;
};
struct AddressTarget {
    SockAddress address{};
};
struct IpTarget { // an address, local or remote
    std::optional<Kind> kind;
    std::optional<IpAddress> address;
    std::optional<std::uint16_t> port;
};
struct TerminalTarget {
    std::uint32_t index = 0;
    std::uint32_t device = 0; // of the devpts instance, kernel encoding
};
struct FileTarget { // a FIFO, by the file that the path led to
    Inode inode{};
    std::uint32_t device = 0; // kernel encoding
};
struct NameTarget {
    std::string bytes; // as given to bind(): a path, or an abstract name with its leading NUL
    struct File {
        std::uint64_t inode = 0;
        std::uint32_t device = 0;       // kernel encoding: major << 20 | minor
        bool device_is_made_up = false; // stat(2) tells another device than the super block's: do not compare
    };
    std::optional<File>
        file; // what the path leads to now, if a socket: the object decides then, not the name
};
struct CommTarget {
    std::string comm;
};
struct NetnsTarget {
    std::string text; // inode number, name under /run/netns, or path
    NetnsId netns{};  // resolved by the caller for the latter two
};
struct ContainerTarget {
    std::string text; // a name or id, see container_called()
};
struct ContainerPathTarget {
    std::string container;
    std::string path; // absolute, as a process in the container sees it; found by the caller
};
struct UnitTarget {
    std::string unit; // whole, or without ".service"
};

using Target =
    std::variant<PidTarget, FdTarget, InodeTarget, AddressTarget, IpTarget, TerminalTarget, FileTarget,
                 NameTarget, CommTarget, NetnsTarget, ContainerTarget, ContainerPathTarget, UnitTarget>;

// Errors are of class usage and name what would be accepted. What a path leads to is the caller's to find out: until
// then it is a NameTarget.
Result<Target> parse_target(std::string_view text);

// The kinds of endpoint that can match; empty for any.
std::set<Kind> kinds_of(const Target& target);

// A container's endpoints are those that its processes hold, and the TCP and UDP ends that nobody holds (TIME_WAIT,
// waiting for accept()) in network namespaces that are its own. Nothing if container_called() says none or several.
// A ContainerPathTarget selects nothing: it must have been resolved.
std::vector<model::SocketId> select(const model::Graph& graph, const Links& links, const Target& target);

} // namespace otherend::query
