// SPDX-License-Identifier: MIT
#include "query/target.hpp"

#include "base/escape.hpp"
#include "base/ip_text.hpp"
#include "query/container.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>
#include <set>

namespace otherend::query {

using model::Graph;
using model::Socket;
using model::SocketId;

namespace {

template <typename Number> std::optional<Number> number_in(std::string_view text, int base = 10) {
    Number value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, base);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole && !text.empty() && text.front() != '-' ? std::optional(value) : std::nullopt;
}

std::unexpected<Error> bad(std::string_view text, std::string_view accepted) {
    return std::unexpected(
        Error{ErrorClass::usage, fmt::format("bad target '{}': {}", escape(text), accepted)});
}

Result<Target> parse_pid(std::string_view text, std::string_view body) {
    const auto pid = number_in<std::int32_t>(body);
    if (!pid || *pid == 0)
        return bad(text, "a process id is a number from 1");
    return PidTarget{Pid{*pid}};
}

Result<Target> parse_fd(std::string_view text, std::string_view body) {
    const auto slash = body.find('/');
    const auto pid = number_in<std::int32_t>(body.substr(0, slash));
    const auto fd = slash == std::string_view::npos ? std::nullopt : number_in<int>(body.substr(slash + 1));
    if (!pid || *pid == 0 || !fd)
        return bad(text, "a descriptor is PID/FD");
    return FdTarget{Pid{*pid}, *fd};
}

Result<Target> parse_inode(std::string_view text, std::string_view body) {
    const auto inode = number_in<std::uint64_t>(body);
    if (!inode || *inode == 0)
        return bad(text, "an inode is ino:NUMBER, socket:[NUMBER] or pipe:[NUMBER]");
    return InodeTarget{Inode{*inode}};
}

Result<Target> parse_address(std::string_view text, std::string_view body) {
    const auto address = number_in<std::uint64_t>(body, 16);
    if (!address || *address == 0)
        return bad(text, "a kernel address is 0x and up to 16 hexadecimal digits");
    return AddressTarget{SockAddress{*address}};
}

Result<Target> parse_name(std::string_view text, std::string_view body) {
    auto bytes = socket_name_bytes(body);
    if (!bytes || bytes->empty())
        return bad(text, "a UNIX name is a path, or @NAME for an abstract one");
    return NameTarget{.bytes = std::move(*bytes)};
}

Result<Target> parse_comm(std::string_view text, std::string_view body) {
    auto comm = unescape(body);
    if (!comm || comm->empty())
        return bad(text, "expected comm:NAME, with \\xNN for a byte that cannot be typed");
    return CommTarget{std::move(*comm)};
}

Result<Target> parse_netns(std::string_view text, std::string_view body) {
    if (body.empty())
        return bad(text, "expected netns:INODE, netns:NAME or netns:/PATH");
    return NetnsTarget{std::string(body), NetnsId{number_in<std::uint32_t>(body).value_or(0)}};
}

// NAME or NAME:/PATH: runtimes allow no colon in names.
Result<Target> parse_container(std::string_view text, std::string_view body) {
    const auto colon = body.find(':');
    auto name = unescape(body.substr(0, colon));
    auto path = unescape(colon == std::string_view::npos ? "/" : body.substr(colon + 1));
    if (!name || name->empty() || !path || !path->starts_with('/'))
        return bad(text, "expected container:NAME, container:ID or container:NAME:/PATH");
    if (colon == std::string_view::npos)
        return ContainerTarget{std::move(*name)};
    return ContainerPathTarget{std::move(*name), std::move(*path)};
}

// systemd's own escapes ("\x2d") are part of the name. They are taken as systemctl prints them and as answers do,
// with the backslash doubled.
Result<Target> parse_unit(std::string_view text, std::string_view body) {
    std::string unit;
    for (; !body.empty(); body.remove_prefix(1))
        if (!body.starts_with("\\\\"))
            unit += body.front();
    if (unit.empty())
        return bad(text, "expected unit:NAME, as systemctl prints it");
    return UnitTarget{std::move(unit)};
}

// "socket:[70162]" and "pipe:[81]", as ls -l /proc/PID/fd shows them.
template <InodeTarget::Of of> Result<Target> parse_bracketed(std::string_view text, std::string_view body) {
    if (!body.ends_with(']'))
        return bad(text, "expected socket:[NUMBER] or pipe:[NUMBER]");
    body.remove_suffix(1);
    auto target = parse_inode(text, body);
    if (target)
        std::get<InodeTarget>(*target).of = of;
    return target;
}

// ":80", "10.0.0.1:80", "[::1]:80"; after a prefix also "80", "10.0.0.1" and "::1".
std::optional<IpTarget> ip_target_in(std::string_view body) {
    if (body.starts_with(':') || body.starts_with("*:")) {
        const auto port = number_in<std::uint16_t>(body.substr(body.find(':') + 1));
        return port ? std::optional(IpTarget{.port = port}) : std::nullopt;
    }
    const auto endpoint = parse_ip_endpoint(body);
    return endpoint ? std::optional(IpTarget{.address = endpoint->address, .port = endpoint->port})
                    : std::nullopt;
}

constexpr std::string_view an_address = "an address is :PORT, ADDRESS:PORT or [ADDRESS]:PORT";

Result<Target> parse_ip(std::string_view text, std::string_view body) {
    if (const auto target = ip_target_in(body))
        return *target;
    return bad(text, an_address);
}

template <Kind kind> Result<Target> parse_ip_of(std::string_view text, std::string_view body) {
    auto target = ip_target_in(body);
    if (const auto port = number_in<std::uint16_t>(body); !target && port)
        target = IpTarget{.port = port};
    if (const auto address = parse_ip_address(body); !target && address)
        target = IpTarget{.address = address};
    if (!target)
        return bad(text, an_address);
    target->kind = kind;
    return *target;
}

Result<Target> parse_terminal(std::string_view text, std::string_view body) {
    if (!number_in<std::uint32_t>(body))
        return bad(text, "a terminal is pts/N, or the path of one");
    return NameTarget{.bytes = "/dev/pts/" + std::string(body)};
}

struct Prefix {
    std::string_view prefix;
    Result<Target> (*parse)(std::string_view text, std::string_view body);
};

constexpr std::array prefixes{
    Prefix{"pid:", parse_pid},
    Prefix{"fd:", parse_fd},
    Prefix{"ino:", parse_inode},
    Prefix{"socket:[", parse_bracketed<InodeTarget::Of::socket>},
    Prefix{"pipe:[", parse_bracketed<InodeTarget::Of::pipe>},
    Prefix{"tcp:", parse_ip_of<Kind::tcp>},
    Prefix{"udp:", parse_ip_of<Kind::udp>},
    Prefix{"pts/", parse_terminal},
    Prefix{"unix:", parse_name},
    Prefix{"comm:", parse_comm},
    Prefix{"netns:", parse_netns},
    Prefix{"container:", parse_container},
    Prefix{"unit:", parse_unit},
    Prefix{"0x", parse_address},
};

// Recognised so that the answer is "not yet" and not "what is that".
constexpr std::array<std::string_view, 1> later{"if:"};

bool is_address(const IpTarget& target, const IpEndpoint& endpoint) {
    return (!target.address || *target.address == endpoint.address) &&
           (!target.port || *target.port == endpoint.port);
}

bool matches_ip(const Graph& graph, const Socket& socket, const IpTarget& target) {
    const auto* inet = graph.inet_of(socket);
    if (inet == nullptr || (target.kind && *target.kind != socket.kind))
        return false;
    return is_address(target, inet->local) || (inet->remote && is_address(target, *inet->remote));
}

bool matches_inode(const Socket& socket, const InodeTarget& target) {
    using Of = InodeTarget::Of;
    const bool is_socket = socket.is_unix() || socket.is_inet();
    return socket.self.inode == target.inode && (target.of != Of::socket || is_socket) &&
           (target.of != Of::pipe || socket.kind == Kind::pipe);
}

bool matches_terminal(const Graph& graph, const Socket& socket, const TerminalTarget& target) {
    const auto* pty = socket.kind == Kind::pty ? graph.local_of(socket) : nullptr;
    return pty != nullptr && pty->index == target.index && pty->device == target.device;
}

bool matches_fifo(const Graph& graph, const Socket& socket, const FileTarget& target) {
    const auto* pipe = socket.kind == Kind::pipe ? graph.local_of(socket) : nullptr;
    return pipe != nullptr && socket.self.inode == target.inode && pipe->device == target.device;
}

bool matches_name(const Graph& graph, const Socket& socket, const NameTarget& target) {
    const auto* name = graph.name_of(socket);
    return name != nullptr && (name->bytes == target.bytes || name->best() == target.bytes);
}

bool matches_file(const Graph& graph, const Socket& socket, const NameTarget& target) {
    const auto* name = graph.name_of(socket);
    if (name == nullptr || !name->file || !name->file->linked.value_or(true))
        return false;
    // sock_diag has 32 bits for the inode of a file (struct unix_diag_vfs).
    const bool cut = socket.source == model::Source::diag;
    const auto inode = cut ? static_cast<std::uint32_t>(target.file->inode) : target.file->inode;
    return name->file->inode == inode &&
           (target.file->device_is_made_up || name->file->device == target.file->device);
}

template <typename Matches>
std::vector<SocketId> select_if(const Graph& graph, const Links& links, Matches matches) {
    std::vector<SocketId> selected;
    graph.for_each_socket([&](SocketId id, const Socket& socket) {
        if (matches(id, socket) && links.is_visible(id))
            selected.push_back(id);
    });
    return selected;
}

template <typename Matches>
std::vector<SocketId> select_by_holder(const Graph& graph, const Links& links, Matches matches) {
    return select_if(graph, links, [&](SocketId, const Socket& socket) {
        bool found = false;
        graph.for_each_holder(socket, [&](const model::HolderEntry& holder) {
            found = found || matches(holder, graph.process(holder.process));
        });
        return found;
    });
}

// The network namespaces in which no process is that runs elsewhere.
std::set<NetnsId> own_namespaces(const Graph& graph, const Container& container) {
    std::set<NetnsId> own, shared;
    for (const auto& process : graph.processes())
        (graph.container_of(process) == &container ? own : shared).insert(process.netns);
    std::erase_if(own, [&](NetnsId netns) { return shared.contains(netns); });
    return own;
}

std::vector<SocketId> select_container(const Graph& graph, const Links& links,
                                       const ContainerTarget& target) {
    const auto container = container_called(graph, target.text);
    if (!container)
        return {};
    const auto own = own_namespaces(graph, **container);
    return select_if(graph, links, [&](SocketId id, const Socket& socket) {
        bool is_held = false;
        graph.for_each_holder(socket, [&](const model::HolderEntry& holder) {
            is_held = is_held || graph.container_of(graph.process(holder.process)) == *container;
        });
        return is_held || (socket.is_inet() && own.contains(socket.netns) && !links.has_holder(id));
    });
}

bool is_unit(const model::Process& process, const std::string& unit) {
    return process.unit == unit || process.unit == unit + ".service";
}

// The object the path leads to decides; the name alone only where no socket is bound to that object.
std::vector<SocketId> select_name(const Graph& graph, const Links& links, const NameTarget& target) {
    std::vector<SocketId> selected;
    if (target.file)
        selected = select_if(graph, links,
                             [&](SocketId, const Socket& s) { return matches_file(graph, s, target); });
    if (selected.empty())
        selected = select_if(graph, links,
                             [&](SocketId, const Socket& s) { return matches_name(graph, s, target); });
    return selected;
}

template <typename... Visitors> struct Overloaded : Visitors... {
    using Visitors::operator()...;
};

} // namespace

Result<Target> parse_target(std::string_view text) {
    for (const auto& [prefix, parse] : prefixes)
        if (text.starts_with(prefix))
            return parse(text, text.substr(prefix.size()));
    for (const auto prefix : later)
        if (text.starts_with(prefix))
            return bad(text, "not in this version");
    if (text.starts_with('/') || text.starts_with('@') || text.starts_with("./") || text.starts_with("../"))
        return parse_name(text, text);
    if (text.find(':') != std::string_view::npos)
        return parse_ip(text, text);
    if (!text.empty() && text.front() >= '0' && text.front() <= '9')
        return text.find('/') == std::string_view::npos ? parse_pid(text, text) : parse_fd(text, text);
    return bad(
        text, "expected PID, PID/FD, ino:N, socket:[N], pipe:[N], 0xADDRESS, /PATH, @NAME, unix:NAME, :PORT, "
              "ADDRESS:PORT, tcp:…, udp:…, pts/N, comm:NAME, netns:ID, container:NAME or unit:NAME");
}

std::set<Kind> kinds_of(const Target& target) {
    const auto visitor = Overloaded{
        [](const NameTarget&) { return std::set{Kind::unix_socket}; },
        [](const TerminalTarget&) { return std::set{Kind::pty}; },
        [](const FileTarget&) { return std::set{Kind::pipe}; },
        [](const IpTarget& t) { return t.kind ? std::set{*t.kind} : std::set{Kind::tcp, Kind::udp}; },
        [](const auto&) { return std::set<Kind>{}; },
    };
    return std::visit(visitor, target);
}

std::vector<SocketId> select(const Graph& graph, const Links& links, const Target& target) {
    using model::HolderEntry;
    using model::Process;
    const auto by_socket = [&](auto matches) {
        return select_if(graph, links, [&](SocketId, const Socket& socket) { return matches(socket); });
    };
    const auto visitor = Overloaded{
        [&](const PidTarget& t) {
            return select_by_holder(graph, links,
                                    [&](const HolderEntry&, const Process& p) { return p.pid == t.pid; });
        },
        [&](const FdTarget& t) {
            return select_by_holder(graph, links, [&](const HolderEntry& h, const Process& p) {
                return p.pid == t.pid && h.fd == t.fd && h.via == Via::fd;
            });
        },
        [&](const CommTarget& t) {
            return select_by_holder(graph, links,
                                    [&](const HolderEntry&, const Process& p) { return p.comm == t.comm; });
        },
        [&](const InodeTarget& t) { return by_socket([&](const Socket& s) { return matches_inode(s, t); }); },
        [&](const AddressTarget& t) {
            return by_socket([&](const Socket& s) { return s.self.address == t.address; });
        },
        [&](const IpTarget& t) {
            return by_socket([&](const Socket& s) { return matches_ip(graph, s, t); });
        },
        [&](const TerminalTarget& t) {
            return by_socket([&](const Socket& s) { return matches_terminal(graph, s, t); });
        },
        [&](const FileTarget& t) {
            return by_socket([&](const Socket& s) { return matches_fifo(graph, s, t); });
        },
        [&](const NetnsTarget& t) { return by_socket([&](const Socket& s) { return s.netns == t.netns; }); },
        [&](const NameTarget& t) { return select_name(graph, links, t); },
        [&](const ContainerTarget& t) { return select_container(graph, links, t); },
        [&](const ContainerPathTarget&) { return std::vector<SocketId>{}; },
        [&](const UnitTarget& t) {
            return select_by_holder(graph, links,
                                    [&](const HolderEntry&, const Process& p) { return is_unit(p, t.unit); });
        },
    };
    return std::visit(visitor, target);
}

} // namespace otherend::query
