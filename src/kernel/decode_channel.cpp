// SPDX-License-Identifier: MIT
#include "kernel/decode_channel.hpp"

#include "kernel/ticks.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

namespace otherend::kernel {

namespace {

using model::FactSink;
using model::SocketRef;

IpEndpoint endpoint(const oe_u8 (&bytes)[16], oe_u16 port, oe_u32 interface) {
    IpEndpoint out{.port = port};
    std::ranges::copy(bytes, out.address.bytes.begin());
    const bool link_local = bytes[0] == 0xfe && (bytes[1] & 0xc0) == 0x80;
    out.scope = link_local ? interface : 0;
    return out;
}

class Clock {
  public:
    explicit Clock(oe_u64 jiffies) : now_(static_cast<oe_u32>(jiffies)) {}

    [[nodiscard]] std::uint32_t ms_since(oe_u32 ticks) const { return ms(now_ - ticks); }
    [[nodiscard]] std::uint32_t ms_until(oe_u32 ticks) const { return ms(ticks - now_); }

  private:
    // What the wrong way round looks like, a moment ago or due by now.
    [[nodiscard]] std::uint32_t ms(oe_u32 ticks) const {
        const bool negative = static_cast<oe_s32>(ticks) < 0;
        return negative ? 0 : static_cast<std::uint32_t>(std::uint64_t{ticks} * 1000 / rate_);
    }
    oe_u32 now_;
    std::uint32_t rate_ = ticks_per_second();
};

template <typename T> std::optional<T> unless_zero(T value) {
    return value == 0 ? std::nullopt : std::optional(value);
}

Tcp connection(const oe_inet& r, const Clock& clock) {
    Tcp tcp{.retransmits = r.retransmits,
            .total_retransmits = r.total_retransmits,
            .rtt_us = unless_zero(r.rtt_us),
            .rtt_variance_us = unless_zero(r.rtt_variance_us),
            .congestion_window = r.congestion_window,
            .send_window = r.send_window,
            .bytes_acked = r.bytes_acked,
            .bytes_received = r.bytes_received,
            .unanswered_ms = unless_zero(r.unanswered_ms),
            .last_read_ms = unless_zero(r.last_read_ms),
            .congestion = {r.congestion, strnlen(r.congestion, sizeof r.congestion)}};
    if (r.last_sent != 0)
        tcp.last_sent_ms = clock.ms_since(r.last_sent);
    if (r.last_received != 0)
        tcp.last_received_ms = clock.ms_since(r.last_received);
    if (r.last_ack != 0)
        tcp.last_ack_ms = clock.ms_since(r.last_ack);
    return tcp;
}

Tcp tcp_of(const oe_inet& r) {
    const Clock clock(r.jiffies);
    Tcp tcp = (r.flags & OE_INET_CONNECTION) != 0 ? connection(r, clock) : Tcp{};
    tcp.state = TcpState{r.state};
    if (tcp.state == TcpState::new_syn_recv)
        tcp.retransmits = r.retransmits;
    const bool on_any = std::ranges::all_of(r.local, [](oe_u8 byte) { return byte == 0; });
    const bool receives = r.what == OE_UDP || tcp.state == TcpState::listen;
    tcp.dual_stack = (r.flags & OE_INET_DUAL) != 0 && on_any && receives;
    if (r.timer != 0)
        tcp.timer = TcpTimer{TcpTimerKind{r.timer}, clock.ms_until(r.timer_expires), r.retries};
    if ((r.flags & OE_INET_FULL) != 0)
        tcp.memory = r.memory;
    return tcp;
}

} // namespace

bool report(const oe_inet& r, const FactSink& sink) {
    if ((r.what != OE_TCP && r.what != OE_UDP) || r.timer > static_cast<oe_u8>(TcpTimerKind::probe))
        return false;
    const auto state = TcpState{r.state};
    if (state < TcpState::established || state > TcpState::new_syn_recv)
        return false;
    const bool full = (r.flags & OE_INET_FULL) != 0;
    model::InetFact fact{
        .socket = {SockAddress{r.sock}, Inode{r.inode}},
        .kind = Kind{r.what},
        .netns = NetnsId{r.netns},
        .local = endpoint(r.local, r.local_port, r.interface),
        .open = (r.flags & OE_INET_OPEN) != 0,
        .listener = SockAddress{r.listener},
        .cookie = Cookie{r.cookie},
        .uid = r.uid,
        .cgroup = unless_zero(r.cgroup),
        .tcp = tcp_of(r),
    };
    if (r.remote_port != 0)
        fact.remote = endpoint(r.remote, r.remote_port, r.interface);
    if (state == TcpState::listen) {
        fact.queue_length = r.queue_len;
        fact.backlog_limit = r.max_backlog;
    } else if (full) {
        fact.rx_bytes = r.rx_bytes;
        fact.tx_bytes = r.tx_bytes;
    }
    if ((r.flags & OE_INET_CONNECTION) != 0)
        fact.sequence = model::TcpSequence{r.sent_from, r.received_from};
    sink(fact);
    if ((r.flags & OE_INET_CUT) != 0)
        sink(model::UnseenFact{"connections waiting for accept", "the queue is longer than one walk"});
    return true;
}

bool report(const oe_pty& r, const FactSink& sink) {
    if (r.type != OE_MASTER && r.type != OE_SLAVE)
        return false;
    sink(model::PtyFact{.end = {SockAddress{r.tty}, {}},
                        .other = {SockAddress{r.link}, {}},
                        .type = EndpointType{r.type},
                        .index = r.index,
                        .device = r.device,
                        .other_open = (r.flags & OE_END_OTHER_OPEN) != 0});
    return true;
}

bool report(const oe_pipe& r, const FactSink& sink) {
    if (r.type != OE_READ && r.type != OE_WRITE)
        return false;
    const bool writes = r.type == OE_WRITE;
    sink(model::PipeFact{.end = {SockAddress{r.pipe + writes}, Inode{r.inode}},
                         .other = {SockAddress{r.pipe + !writes}, Inode{r.inode}},
                         .type = EndpointType{r.type},
                         .device = r.device,
                         .other_open = (r.flags & OE_END_OTHER_OPEN) != 0,
                         .is_fifo = r.is_fifo != 0,
                         .pid = Pid{r.tgid},
                         .fd = r.fd});
    return true;
}

} // namespace otherend::kernel
