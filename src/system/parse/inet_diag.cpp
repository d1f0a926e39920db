// SPDX-License-Identifier: MIT
#include "system/parse/inet_diag.hpp"

#include "system/parse/inet_state.hpp"
#include "system/parse/tcp_info.hpp"

#include <array>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <string>
#include <string_view>
#include <sys/socket.h>

namespace otherend::system {

namespace {

IpEndpoint endpoint(std::uint8_t family, const __be32 (&address)[4], __be16 port_be,
                    std::uint32_t interface) {
    IpEndpoint made{.port = ntohs(port_be)};
    const auto bytes = std::as_bytes(std::span(address));
    if (family == AF_INET) {
        made.address = IpAddress::from_ipv4(read_as<std::array<std::uint8_t, 4>>(bytes).value());
    } else {
        made.address.bytes = read_as<std::array<std::uint8_t, 16>>(bytes).value();
        made.scope = is_link_local(made.address) ? interface : 0;
    }
    return made;
}

std::optional<TcpTimer> timer(const inet_diag_msg& message) {
    const auto kind = timer_kind(message.idiag_timer);
    if (!kind)
        return std::nullopt;
    // Due for a while already: old kernels let the difference become negative.
    const bool overdue = static_cast<std::int32_t>(message.idiag_expires) < 0;
    return TcpTimer{*kind, overdue ? 0 : message.idiag_expires, message.idiag_retrans};
}

// Of a full socket. What is left of a connection, or not one yet, has no queues: the kernel writes zeros.
void take_queue(model::InetFact& fact, const inet_diag_msg& message) {
    const bool listening = fact.tcp.state == TcpState::listen;
    (listening ? fact.queue_length : fact.rx_bytes) = message.idiag_rqueue;
    (listening ? fact.backlog_limit : fact.tx_bytes) = message.idiag_wqueue;
}

std::optional<model::InetFact> fact_of(const inet_diag_msg& message, Kind kind) {
    const auto state = state_of(kind, message.idiag_state);
    if (!state || (message.idiag_family != AF_INET && message.idiag_family != AF_INET6))
        return std::nullopt;
    const auto& id = message.id;
    model::InetFact fact{
        .source = model::Source::diag,
        .socket = {.inode = Inode{message.idiag_inode}},
        .kind = kind,
        .local = endpoint(message.idiag_family, id.idiag_src, id.idiag_sport, id.idiag_if),
        .remote = endpoint(message.idiag_family, id.idiag_dst, id.idiag_dport, id.idiag_if),
        .open = message.idiag_inode != 0,
        .cookie = Cookie{std::uint64_t{id.idiag_cookie[1]} << 32 | id.idiag_cookie[0]},
        .tcp = {.state = *state},
    };
    if (is_nowhere(*fact.remote))
        fact.remote.reset();
    if (message.idiag_inode != 0) // else the kernel may write 0 whoever it was
        fact.uid = message.idiag_uid;
    if (kind == Kind::tcp)
        fact.tcp.timer = timer(message);
    return fact;
}

// Of a request, which counts its SYN-ACKs with the timer.
void complete_small(model::InetFact& fact) {
    if (fact.tcp.state == TcpState::syn_recv && fact.tcp.timer)
        fact.tcp.retransmits = fact.tcp.timer->retries;
}

std::optional<std::uint32_t> memory(Bytes value) {
    const auto received = read_as<std::uint32_t>(value, SK_MEMINFO_RMEM_ALLOC * sizeof(std::uint32_t));
    const auto queued = read_as<std::uint32_t>(value, SK_MEMINFO_WMEM_QUEUED * sizeof(std::uint32_t));
    return received && queued ? std::optional(*received + *queued) : std::nullopt;
}

std::string name_in(Bytes value) {
    const std::string_view bytes(reinterpret_cast<const char*>(value.data()), value.size());
    return std::string(bytes.substr(0, bytes.find('\0')));
}

bool take_tcp(Tcp& tcp, const Attribute& attribute) {
    switch (attribute.type) {
    case INET_DIAG_INFO:
        take_tcp_info(attribute.value, tcp);
        return true;
    case INET_DIAG_SKMEMINFO:
        tcp.memory = memory(attribute.value);
        return tcp.memory.has_value();
    case INET_DIAG_CONG:
        tcp.congestion = name_in(attribute.value);
        return true;
    default:
        return true;
    }
}

bool take_v6only(model::InetFact& fact, const Attribute& attribute) {
    const auto only = read_as<std::uint8_t>(attribute.value);
    const bool receives = fact.kind == Kind::udp || fact.tcp.state == TcpState::listen;
    fact.tcp.dual_stack = fact.local.address == IpAddress{} && receives && only == 0U;
    return only.has_value();
}

// False if the attribute is too short for its type. Types not asked for and types yet to be invented pass.
bool take(model::InetFact& fact, const Attribute& attribute) {
    if (attribute.type == INET_DIAG_CGROUP_ID) {
        fact.cgroup = read_as<std::uint64_t>(attribute.value);
        return fact.cgroup.has_value();
    }
    if (attribute.type == INET_DIAG_SKV6ONLY)
        return take_v6only(fact, attribute);
    return fact.kind == Kind::udp || take_tcp(fact.tcp, attribute);
}

// inet_twsk_diag_fill() and inet_req_diag_fill() do not tell of a shutdown, inet_sk_diag_fill() always does.
bool is_full_socket(const Attribute& attribute) {
    return attribute.type == INET_DIAG_SHUTDOWN;
}

bool emit_socket(Bytes payload, Kind kind, NetnsId netns, const model::FactSink& sink,
                 InetDiagProgress& progress) {
    const auto message = read_as<inet_diag_msg>(payload);
    auto fact = message ? fact_of(*message, kind) : std::nullopt;
    if (!fact)
        return false;
    fact->netns = netns;
    bool is_full = false;
    auto rest = after(payload, sizeof(inet_diag_msg));
    while (const auto attribute = next_attribute(rest)) {
        is_full = is_full || is_full_socket(*attribute);
        if (!take(*fact, *attribute))
            return false;
    }
    if (!rest.empty())
        return false;
    if (is_full)
        take_queue(*fact, *message);
    else
        complete_small(*fact);
    const bool is_new =
        is_set(fact->socket.inode) || progress.without_inode.insert(number(fact->cookie)).second;
    if (is_new)
        sink(*fact);
    return true;
}

} // namespace

void parse_inet_diag(Bytes datagram, Kind kind, NetnsId netns, const model::FactSink& sink,
                     InetDiagProgress& progress) {
    parse_dump(datagram, SOCK_DIAG_BY_FAMILY, progress,
               [&](Bytes payload) { return emit_socket(payload, kind, netns, sink, progress); });
}

} // namespace otherend::system
