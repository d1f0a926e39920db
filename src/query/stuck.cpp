// SPDX-License-Identifier: MIT
#include "query/stuck.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <optional>

namespace otherend::query {

using model::Graph;
using model::Inet;
using model::Socket;
using model::SocketId;
using std::chrono::milliseconds;

namespace {

// How long something has lasted; or how long at least, where that has to be worked out.
struct Lasting {
    milliseconds time{};
    bool exact = true;
};

std::string text(milliseconds time) {
    constexpr milliseconds few_seconds{10000};
    const auto ms = time.count();
    return time < few_seconds ? fmt::format("{}.{} s", ms / 1000, ms % 1000 / 100)
                              : fmt::format("{} s", ms / 1000);
}

std::string text(const Lasting& lasting) {
    return (lasting.exact ? "" : "at least ") + text(lasting.time);
}

std::string times(std::uint32_t count) {
    return count == 1 ? "once" : fmt::format("{} times", count);
}

// Each interval before the one that runs was half as long, or longer: the retransmission timeout doubles until it
// reaches its maximum (RFC 6298 section 5.5), and does not at once where the kernel is told to begin with equal ones.
// Of a SYN all count, of data those since it was first sent again.
std::optional<Lasting> unanswered_by_timer(const Tcp& tcp) {
    const std::uint64_t count = tcp.retransmits.value_or(0);
    if (!tcp.timer || tcp.timer->kind != TcpTimerKind::retransmit || count == 0)
        return std::nullopt;
    const std::uint64_t running = tcp.last_sent_ms.value_or(0);
    const auto interval = running + tcp.timer->expires_ms;
    const bool is_syn = tcp.state == TcpState::syn_sent;
    auto passed = running + interval - (interval >> std::min<std::uint64_t>(is_syn ? count : count - 1, 32));
    if (is_syn)
        passed = std::max(passed, count * 1000); // TCP_TIMEOUT_INIT: no interval is shorter
    return Lasting{milliseconds(passed), false};
}

std::optional<Lasting> unanswered(const Tcp& tcp) {
    if (tcp.unanswered_ms)
        return Lasting{milliseconds(*tcp.unanswered_ms)};
    return unanswered_by_timer(tcp);
}

bool has_sent_fin(TcpState state) {
    return state == TcpState::fin_wait1 || state == TcpState::fin_wait2 || state == TcpState::closing ||
           state == TcpState::last_ack;
}

bool has_received_fin(TcpState state) {
    return state == TcpState::close_wait || state == TcpState::closing || state == TcpState::last_ack;
}

bool is_synchronized(TcpState state) {
    return state == TcpState::established || has_sent_fin(state) || has_received_fin(state);
}

// As sk_acceptq_is_full() of <net/sock.h> and unix_recvq_full() of net/unix/af_unix.c have it.
bool is_full(const Socket& listener) {
    return listener.is_listening() && listener.has_backlog && listener.queue_length > listener.backlog_limit;
}

class Reasons {
  public:
    Reasons(const Graph& graph, const Links& links, SocketId id, const Patience& patience)
        : graph_(graph), links_(links), id_(id), socket_(graph[id]), patience_(patience) {}

    std::vector<std::string> find() {
        if (is_full(socket_))
            add("accept queue full: {} wait, limit {}", socket_.queue_length, socket_.backlog_limit);
        if (socket_.is_unix())
            add_blocked_connect();
        const auto* inet = graph_.inet_of(socket_);
        if (socket_.kind == Kind::tcp && inet != nullptr)
            add_of_tcp(inet->tcp);
        return std::move(reasons_);
    }

  private:
    template <typename... Args> void add(fmt::format_string<Args...> format, Args&&... args) {
        reasons_.push_back(fmt::format(format, std::forward<Args>(args)...));
    }

    void add_of_tcp(const Tcp& tcp) {
        if (tcp.state == TcpState::syn_sent)
            return add_syn(tcp);
        if (tcp.state == TcpState::syn_recv || tcp.state == TcpState::new_syn_recv)
            return add_syn_ack(tcp);
        if (!is_synchronized(tcp.state))
            return;
        if (has_zero_window(tcp))
            add_zero_window(tcp);
        else
            add_retransmission(tcp);
        add_unread(tcp);
        add_half_closed(tcp);
    }

    void add_blocked_connect() {
        const auto link = links_.own(id_);
        if (link.state == State::connecting && link.other && is_full(graph_[*link.other]))
            add("blocked in connect: the accept queue{} is full", of_holder(*link.other));
    }

    void add_syn(const Tcp& tcp) {
        const auto lasting = unanswered(tcp);
        if (!lasting || lasting->time < patience_.syn)
            return;
        auto reason = "SYN unanswered for " + text(*lasting);
        if (tcp.retransmits)
            reason += ", sent " + times(*tcp.retransmits + 1);
        const auto link = links_.own(id_);
        if (link.other && is_full(graph_[*link.other]))
            reason += ": the accept queue" + of_holder(*link.other) + " is full";
        reasons_.push_back(std::move(reason));
    }

    // Procfs counts the timeouts of a listener that waits for data before it accepts (TCP_DEFER_ACCEPT) alike.
    void add_syn_ack(const Tcp& tcp) {
        if (socket_.source == model::Source::proc || tcp.retransmits.value_or(0) == 0)
            return;
        const auto count = std::min<std::uint32_t>(*tcp.retransmits, 16);
        const milliseconds passed{((1U << count) - 1) * 1000}; // of intervals that double, the first a second
        if (passed < patience_.syn)
            return;
        const auto listener = links_.listener_of(id_);
        if (listener && is_full(graph_[*listener]))
            add("handshake not finished for at least {}: the accept queue{} is full", text(passed),
                of_holder(*listener));
        else
            add("SYN-ACK unanswered for at least {}, sent {}", text(passed), times(*tcp.retransmits + 1));
    }

    [[nodiscard]] bool has_zero_window(const Tcp& tcp) const {
        return tcp.send_window == 0U && socket_.has_tx && socket_.tx_bytes > 0;
    }

    // Probes carry no data: it was sent last just before the window closed.
    void add_zero_window(const Tcp& tcp) {
        std::optional<Lasting> lasting;
        if (tcp.retransmits.value_or(0) > 0)
            lasting = unanswered(tcp); // the window has shrunk below what was sent already
        else if (tcp.last_sent_ms)
            lasting = Lasting{milliseconds(*tcp.last_sent_ms)};
        if (!lasting || lasting->time < patience_.window)
            return;
        const auto probes = tcp.timer && tcp.timer->kind == TcpTimerKind::probe ? tcp.timer->retries : 0;
        if (probes > 1 && tcp.last_ack_ms && milliseconds(*tcp.last_ack_ms) >= patience_.retransmit)
            add("zero window for {}, {} probes unanswered", text(*lasting), probes);
        else
            add("zero window for {}: {} does not read", text(*lasting), reader());
    }

    void add_retransmission(const Tcp& tcp) {
        if (tcp.retransmits.value_or(0) == 0)
            return;
        auto lasting = unanswered(tcp);
        if (!lasting)
            return;
        // What was acknowledged since need not have been the oldest segment: something came back.
        if (tcp.last_ack_ms && milliseconds(*tcp.last_ack_ms) < lasting->time)
            lasting->time = milliseconds(*tcp.last_ack_ms);
        if (lasting->time >= patience_.retransmit)
            add("retransmitting for {}, {}, no answer", text(*lasting), times(*tcp.retransmits));
    }

    // The kernel counts a FIN among the bytes until end of file was read.
    void add_unread(const Tcp& tcp) {
        const std::uint32_t fin = has_received_fin(tcp.state) ? 1 : 0;
        if (!socket_.has_rx || socket_.rx_bytes <= fin || !tcp.last_received_ms)
            return;
        const milliseconds passed{*tcp.last_received_ms};
        if (passed < patience_.unread)
            return;
        auto reason =
            fmt::format("{} bytes unread, the last arrived {} ago", socket_.rx_bytes - fin, text(passed));
        if (tcp.bytes_received == socket_.rx_bytes)
            reason += ", none was ever read";
        else if (tcp.last_read_ms)
            reason += fmt::format(", last read {} ago", text(milliseconds(*tcp.last_read_ms)));
        reasons_.push_back(std::move(reason));
    }

    // A FIN counts as an acknowledgement, not as data: without the time of that one it may just have come.
    void add_half_closed(const Tcp& tcp) {
        const bool far = tcp.state == TcpState::close_wait, near = tcp.state == TcpState::fin_wait2;
        const bool is_sending = !socket_.has_tx || socket_.tx_bytes > 0;
        if ((!far && !near) || !socket_.open || is_sending || !tcp.last_ack_ms)
            return;
        const auto idle_ms = std::min({*tcp.last_ack_ms, tcp.last_sent_ms.value_or(*tcp.last_ack_ms),
                                       tcp.last_received_ms.value_or(*tcp.last_ack_ms)});
        if (milliseconds(idle_ms) < patience_.half_closed)
            return;
        add("half-closed and idle for {}: {}", text(milliseconds(idle_ms)),
            near ? "only this end has finished sending" : what_became_of_the_fin());
    }

    [[nodiscard]] const char* what_became_of_the_fin() const {
        if (socket_.has_rx && socket_.rx_bytes == 0)
            return "end of file was read, but not closed";
        return "the other end has finished sending";
    }

    // "comm pid/fd", with a count of any others.
    [[nodiscard]] std::string holders(SocketId id) const {
        std::string first;
        std::size_t others = 0;
        graph_.for_each_holder(graph_[id], [&](const model::HolderEntry& entry) {
            if (!first.empty()) {
                ++others;
                return;
            }
            const auto& process = graph_.process(entry.process);
            first = fmt::format("{} {}/{}", process.comm, number(process.pid), entry.fd);
        });
        return others == 0 ? first : fmt::format("{} (and {} more)", first, others);
    }

    [[nodiscard]] std::string of_holder(SocketId id) const {
        const auto who = holders(id);
        return who.empty() ? "" : " of " + who;
    }

    [[nodiscard]] std::string reader() const {
        const auto link = links_.own(id_);
        const bool is_joined = link.state == State::connected || link.state == State::pending;
        const auto who = is_joined && link.other ? holders(*link.other) : "";
        return who.empty() ? "the other end" : who;
    }

    const Graph& graph_;
    const Links& links_;
    SocketId id_;
    const Socket& socket_;
    const Patience& patience_;
    std::vector<std::string> reasons_;
};

} // namespace

std::vector<std::string> stuck(const Graph& graph, const Links& links, SocketId id,
                               const Patience& patience) {
    return Reasons(graph, links, id, patience).find();
}

} // namespace otherend::query
