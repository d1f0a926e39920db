// SPDX-License-Identifier: MIT
#include "query/target.hpp"

#include "base/escape.hpp"
#include "base/ip_text.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <limits>

namespace otherend::query {

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

// Not 0, which what is not bound has.
std::optional<std::uint16_t> port_in(std::string_view text) {
    const auto port = number_in<std::uint16_t>(text);
    return port == 0 ? std::nullopt : port;
}

// ":80", "10.0.0.1:80", "[::1]:80"; after a prefix also "80", "10.0.0.1" and "::1".
std::optional<IpTarget> ip_target_in(std::string_view body) {
    if (body.starts_with(':') || body.starts_with("*:")) {
        const auto port = port_in(body.substr(body.find(':') + 1));
        return port ? std::optional(IpTarget{.port = port}) : std::nullopt;
    }
    const auto endpoint = parse_ip_endpoint(body);
    if (!endpoint || endpoint->port == 0)
        return std::nullopt;
    return IpTarget{.address = endpoint->address, .port = endpoint->port};
}

constexpr std::string_view an_address = "an address is :PORT, ADDRESS:PORT or [ADDRESS]:PORT";

Result<Target> parse_ip(std::string_view text, std::string_view body) {
    if (const auto target = ip_target_in(body))
        return *target;
    return bad(text, an_address);
}

template <Kind kind> Result<Target> parse_ip_of(std::string_view text, std::string_view body) {
    auto target = ip_target_in(body);
    if (const auto port = port_in(body); !target && port)
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

} // namespace otherend::query
