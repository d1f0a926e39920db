// SPDX-License-Identifier: MIT
// What has no meaning yet, or not any more, the kernel fills with what is in its fields: times since boot before
// there is a connection, the backlog of a listener as segments (tcp_get_info() in net/ipv4/tcp.c).
#include "system/parse/tcp_info.hpp"

#include <linux/tcp.h>

namespace otherend::system {

namespace {

bool is_connecting(TcpState state) {
    return state == TcpState::syn_sent || state == TcpState::syn_recv || state == TcpState::new_syn_recv;
}

bool is_idle(TcpState state) {
    return state == TcpState::listen || state == TcpState::close || state == TcpState::time_wait;
}

// 0 until the first measurement.
void take_round_trip(Bytes info, Tcp& tcp) {
    const auto rtt_us = read_as<std::uint32_t>(info, offsetof(tcp_info, tcpi_rtt));
    if (!rtt_us || *rtt_us == 0)
        return;
    tcp.rtt_us = rtt_us;
    tcp.rtt_variance_us = read_as<std::uint32_t>(info, offsetof(tcp_info, tcpi_rttvar));
}

} // namespace

void take_tcp_info(Bytes info, Tcp& tcp) {
    if (is_idle(tcp.state))
        return;
    const auto word = [info](std::size_t offset) { return read_as<std::uint32_t>(info, offset); };
    const auto long_word = [info](std::size_t offset) { return read_as<std::uint64_t>(info, offset); };
    if (const auto count = read_as<std::uint8_t>(info, offsetof(tcp_info, tcpi_retransmits)))
        tcp.retransmits = *count;
    tcp.total_retransmits = word(offsetof(tcp_info, tcpi_total_retrans));
    tcp.congestion_window = word(offsetof(tcp_info, tcpi_snd_cwnd));
    if (is_connecting(tcp.state))
        return;
    take_round_trip(info, tcp);
    tcp.send_window = word(offsetof(tcp_info, tcpi_snd_wnd));
    tcp.bytes_acked = long_word(offsetof(tcp_info, tcpi_bytes_acked));
    tcp.bytes_received = long_word(offsetof(tcp_info, tcpi_bytes_received));
    tcp.last_sent_ms = word(offsetof(tcp_info, tcpi_last_data_sent));
    tcp.last_received_ms = word(offsetof(tcp_info, tcpi_last_data_recv));
    tcp.last_ack_ms = word(offsetof(tcp_info, tcpi_last_ack_recv));
}

} // namespace otherend::system
