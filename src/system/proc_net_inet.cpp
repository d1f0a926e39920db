// SPDX-License-Identifier: MIT
#include "system/proc_net_inet.hpp"

#include "system/parse/inet_table.hpp"

#include <cassert>
#include <unistd.h>

namespace otherend::system {

Result<void> report_inet_tables(const Procfs& proc, Pid pid, Kind kind, NetnsId netns,
                                const model::FactSink& sink) {
    assert(kind == Kind::tcp || kind == Kind::udp);
    const auto name = directory_of(pid) + (kind == Kind::tcp ? "/net/tcp" : "/net/udp");
    // IPv6 first: if the process is still there to tell of IPv4, there is no IPv6.
    const auto ipv6 = proc.read(name + "6"), ipv4 = proc.read(name);
    if (!ipv4)
        return std::unexpected(ipv4.error());
    const auto ticks_per_second = static_cast<std::uint32_t>(sysconf(_SC_CLK_TCK));
    auto malformed = parse_inet_table(*ipv4, kind, netns, ticks_per_second, sink);
    if (ipv6)
        malformed += parse_inet_table(*ipv6, kind, netns, ticks_per_second, sink);
    if (malformed > 0)
        sink(model::UnseenFact{kind == Kind::tcp ? "TCP sockets" : "UDP sockets",
                               "their rows in /proc are not well-formed", malformed});
    return {};
}

} // namespace otherend::system
