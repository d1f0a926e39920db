// SPDX-License-Identifier: MIT
// Ordered so that the columns of each default set stand in reading order: the endpoint, then its other end.
#include "render/column.hpp"

#include "base/escape.hpp"
#include "base/ip_text.hpp"
#include "render/holder_text.hpp"
#include "render/words.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>

namespace otherend::render {
namespace {

template <typename Integer> void add_known(Cell& cell, const std::optional<Integer>& value) {
    if (value)
        cell.add(static_cast<std::uint64_t>(*value));
}

template <typename Id> void add_set(Cell& cell, Id id) {
    if (is_set(id))
        cell.add(number(id));
}

void add_address(Cell& cell, const std::optional<SockAddress>& address) {
    if (address)
        fmt::format_to(std::back_inserter(cell.add_text()), "{:#x}", number(*address));
}

void add_name(Cell& cell, std::string_view name) {
    append_socket_name(cell.add_text(), name);
}

// A target that leads to the endpoint (or to the edge's, or the listener): its name or address, or its inode where it
// has neither.
template <typename End> void append_target(std::string& out, const End& end, Kind kind) {
    const std::optional<Inode> inode = end.inode;
    if (!end.name.empty()) {
        append_socket_name(out, end.name);
    } else if (end.local) {
        append_endpoint(out, *end.local);
    } else if (inode) {
        out += kind == Kind::pipe ? "pipe:[" : "ino:";
        append_number(out, number(*inode));
        if (kind == Kind::pipe)
            out += ']';
    }
}

void add_ip(Cell& cell, const std::optional<IpEndpoint>& endpoint) {
    if (endpoint)
        append_endpoint(cell.add_text(), *endpoint);
}

void add_containers(Cell& cell, std::span<const Holder> holders) {
    for (const Holder& holder : holders)
        if (holder.container) {
            const auto& [runtime, id, name, image] = *holder.container;
            append_escaped(cell.add_text(), name.empty() ? std::string_view(id).substr(0, 12) : name);
        }
}

void add_units(Cell& cell, std::span<const Holder> holders) {
    for (const Holder& holder : holders)
        append_escaped(cell.add_text(), holder.unit);
}

void add_timer(Cell& cell, const Tcp& tcp) {
    if (tcp.timer)
        fmt::format_to(std::back_inserter(cell.add_text()), "{} {} ms, {} retries", word(tcp.timer->kind),
                       tcp.timer->expires_ms, tcp.timer->retries);
}

void fill_stuck(const Row& row, Cell& cell) {
    for (const auto& reason : row.endpoint.stuck)
        append_escaped(cell.add_text(), reason);
}

void add_holders(Cell& cell, std::span<const Holder> holders) {
    for (const Holder& holder : holders) {
        std::string& out = cell.add_text();
        append_holder(out, holder);
        append_own_pid(out, holder);
    }
}

bool has_process(const Holder& holder) {
    return holder.via == Via::fd || holder.via == Via::io_uring;
}

void add_pids(Cell& cell, std::span<const Holder> holders) {
    for (const Holder& holder : holders)
        if (has_process(holder))
            cell.add(static_cast<std::uint64_t>(number(holder.pid)));
}

void add_comms(Cell& cell, std::span<const Holder> holders) {
    for (const Holder& holder : holders)
        if (has_process(holder))
            append_escaped(cell.add_text(), holder.comm);
}

void add_tids(Cell& cell, std::span<const Holder> holders) {
    for (const Holder& holder : holders)
        if (holder.tid)
            cell.add(static_cast<std::uint64_t>(number(*holder.tid)));
}

void add_fds(Cell& cell, std::span<const Holder> holders) {
    for (const Holder& holder : holders)
        if (holder.via == Via::fd)
            cell.add(static_cast<std::uint64_t>(holder.fd));
}

void add_uids(Cell& cell, std::span<const Holder> holders) {
    for (const Holder& holder : holders)
        if (has_process(holder))
            cell.add(std::uint64_t{holder.uid});
}

void add_exes(Cell& cell, std::span<const Holder> holders) {
    for (const Holder& holder : holders)
        append_escaped(cell.add_text(), holder.exe);
}

void add_name_state(Cell& cell, std::optional<NameState> state) {
    if (state)
        cell.add(word(*state));
}

void add_opener(Cell& cell, const std::optional<Opener>& opener) {
    if (!opener)
        return;
    std::string& out = cell.add_text();
    if (is_set(opener->pid))
        fmt::format_to(std::back_inserter(out), "{} ", number(opener->pid));
    fmt::format_to(std::back_inserter(out), "uid {}", opener->uid);
}

void fill_endpoint(const Row& row, Cell& cell) {
    std::string& out = cell.add_text();
    append_target(out, row.endpoint, row.endpoint.kind);
    if (row.endpoint.tcp && row.endpoint.tcp->dual_stack)
        out += " (and IPv4)";
    const auto name_state = row.endpoint.name_state.value_or(NameState::live);
    if (name_state != NameState::live)
        fmt::format_to(std::back_inserter(out), " ({})", word(name_state));
}

// The state where it differs from the endpoint's own, the other end, and the note: why it is not named, or what
// is doubtful about it.
void fill_peer(const Row& row, Cell& cell) {
    if (!row.edge)
        return;
    const Edge& edge = *row.edge;
    const bool has_target = !edge.name.empty() || edge.local || edge.inode;
    std::string& out = cell.add_text();
    if (edge.state != row.endpoint.state) {
        out += word(edge.state);
        if (has_target)
            out += ' ';
    }
    append_target(out, edge, edge.kind);
    if (edge.note.empty())
        return;
    out += out.empty() ? "(" : " (";
    append_escaped(out, edge.note);
    out += ')';
}

void fill_listener(const Row& row, Cell& cell) {
    if (const auto& listener = row.endpoint.listener) {
        append_target(cell.add_text(), *listener, row.endpoint.kind);
        add_holders(cell, listener->holders);
    }
}

// An accepted end bears its listener's name, and so does the edge that leads to one: it is not said twice.
void fill_listener_brief(const Row& row, Cell& cell) {
    const auto& listener = row.endpoint.listener;
    if (!listener)
        return;
    const auto bears_its_name = [&](const auto& end) {
        return listener->name == end.name && listener->local == end.local;
    };
    const bool in_row = bears_its_name(row.endpoint) || (row.edge && bears_its_name(*row.edge));
    const bool has_name = !listener->name.empty() || listener->local;
    const bool named = !has_name || listener->holders.empty() || !in_row;
    std::string& out = cell.add_text();
    if (named)
        append_target(out, *listener, row.endpoint.kind);
    if (named && !listener->holders.empty())
        out += ' ';
    append_grouped_holders(out, listener->holders);
}

void fill_holders_brief(const Row& row, Cell& cell) {
    append_grouped_holders(cell.add_text(), row.endpoint.holders);
}

void fill_peer_holders_brief(const Row& row, Cell& cell) {
    if (row.edge)
        append_grouped_holders(cell.add_text(), row.edge->holders);
}

// A column of what TCP knows.
template <auto fill> void of_tcp(const Row& row, Cell& cell) {
    if (row.endpoint.tcp)
        fill(*row.endpoint.tcp, cell);
}

// A column of the edge alone.
template <auto fill> void of_edge(const Row& row, Cell& cell) {
    if (row.edge)
        fill(*row.edge, cell);
}

constexpr auto a_word = ValueKind::word;
constexpr auto a_state = ValueKind::state;
constexpr auto a_text = ValueKind::text;
constexpr auto a_number = ValueKind::number;
constexpr Shown everywhere = {.table = true, .wide = true, .csv = true};
constexpr Shown table_only = {.table = true};
constexpr Shown wide_and_csv = {.wide = true, .csv = true};
constexpr Shown csv_only = {.csv = true};
constexpr Shown on_request = {};

constexpr Column all[] = {
    {"kind", "KIND", "kind of channel: unix, tcp, udp, pty or pipe", a_word, everywhere,
     [](const Row& row, Cell& cell) { cell.add(word(row.endpoint.kind)); }},
    {"type", "TYPE", "stream, dgram, seqpacket; master, slave; read, write", a_word, everywhere,
     [](const Row& row, Cell& cell) { cell.add(word(row.endpoint.type)); }},
    {"state", "STATE", "how the endpoint stands: connected, pending, listening, closed, ...", a_state,
     everywhere, [](const Row& row, Cell& cell) { cell.add(word(row.endpoint.state)); }},
    {"endpoint", "ENDPOINT", "name, or ino:N without one: a target again", a_text, table_only, fill_endpoint},
    {"inode", "INODE", "inode of the socket", a_number, wide_and_csv,
     [](const Row& row, Cell& cell) { add_known(cell, row.endpoint.inode); }},
    {"cookie", "COOKIE", "socket cookie", a_number, csv_only,
     [](const Row& row, Cell& cell) { add_known(cell, row.endpoint.cookie); }},
    {"address", "ADDRESS", "kernel address of the socket, with --addresses", a_text, on_request,
     [](const Row& row, Cell& cell) { add_address(cell, row.endpoint.address); }},
    {"netns", "NETNS", "inode of the network namespace", a_number, wide_and_csv,
     [](const Row& row, Cell& cell) { add_set(cell, row.endpoint.netns); }},
    {"name", "NAME", "path, or @name of an abstract socket", a_text, wide_and_csv,
     [](const Row& row, Cell& cell) { add_name(cell, row.endpoint.name); }},
    {"name_state", "NAME STATE", "whether the path still leads here: live, unlinked, replaced or hidden",
     a_word, wide_and_csv, [](const Row& row, Cell& cell) { add_name_state(cell, row.endpoint.name_state); }},
    {"local", "LOCAL", "address of a TCP or UDP socket", a_text, wide_and_csv,
     [](const Row& row, Cell& cell) { add_ip(cell, row.endpoint.local); }},
    {"remote", "REMOTE", "what it calls the other end", a_text, wide_and_csv,
     [](const Row& row, Cell& cell) { add_ip(cell, row.endpoint.remote); }},
    {"tcp_state", "TCP STATE", "state of TCP: established, close_wait, time_wait, ...", a_word, wide_and_csv,
     of_tcp<[](const Tcp& tcp, Cell& cell) { cell.add(word(tcp.state)); }>},
    {"stuck", "STUCK", "why nothing moves, with --stuck", a_text, on_request, fill_stuck},
    {"timer", "TIMER", "the TCP timer that runs: which, when it expires, how often it has", a_text,
     on_request, of_tcp<[](const Tcp& tcp, Cell& cell) { add_timer(cell, tcp); }>},
    {"retransmits", "RETRANS", "retransmissions of the oldest segment, unanswered", a_number, on_request,
     of_tcp<[](const Tcp& tcp, Cell& cell) { add_known(cell, tcp.retransmits); }>},
    {"total_retransmits", "TOTAL RETRANS", "retransmissions in all", a_number, on_request,
     of_tcp<[](const Tcp& tcp, Cell& cell) { add_known(cell, tcp.total_retransmits); }>},
    {"rtt_us", "RTT US", "smoothed round-trip time, microseconds", a_number, on_request,
     of_tcp<[](const Tcp& tcp, Cell& cell) { add_known(cell, tcp.rtt_us); }>},
    {"congestion", "CONGESTION", "algorithm of congestion control", a_text, on_request,
     of_tcp<[](const Tcp& tcp, Cell& cell) { append_escaped(cell.add_text(), tcp.congestion); }>},
    {"send_window", "SEND WINDOW", "bytes the other end is ready to take", a_number, on_request,
     of_tcp<[](const Tcp& tcp, Cell& cell) { add_known(cell, tcp.send_window); }>},
    {"bytes_acked", "ACKED", "bytes sent and acknowledged", a_number, on_request,
     of_tcp<[](const Tcp& tcp, Cell& cell) { add_known(cell, tcp.bytes_acked); }>},
    {"bytes_received", "RECEIVED", "bytes received", a_number, on_request,
     of_tcp<[](const Tcp& tcp, Cell& cell) { add_known(cell, tcp.bytes_received); }>},
    {"memory", "MEMORY", "bytes its buffers take", a_number, on_request,
     of_tcp<[](const Tcp& tcp, Cell& cell) { add_known(cell, tcp.memory); }>},
    {"cgroup", "CGROUP", "id of the cgroup the socket was made in", a_number, on_request,
     [](const Row& row, Cell& cell) { add_known(cell, row.endpoint.cgroup); }},
    {"owner", "OWNER", "user that owns a TCP or UDP socket", a_number, on_request,
     [](const Row& row, Cell& cell) { add_known(cell, row.endpoint.uid); }},
    {"rx_queue", "RX", "bytes received and not yet read", a_number, wide_and_csv,
     [](const Row& row, Cell& cell) { add_known(cell, row.endpoint.rx_queue); }},
    {"tx_queue", "TX", "bytes sent and not yet read by the other end", a_number, wide_and_csv,
     [](const Row& row, Cell& cell) { add_known(cell, row.endpoint.tx_queue); }},
    {"backlog", "BACKLOG", "connections that wait for accept()", a_number, wide_and_csv,
     [](const Row& row, Cell& cell) { add_known(cell, row.endpoint.backlog); }},
    {"backlog_limit", "LIMIT", "how many may wait for accept()", a_number, wide_and_csv,
     [](const Row& row, Cell& cell) { add_known(cell, row.endpoint.backlog_limit); }},
    {"pid", "PID", "processes that hold the endpoint", a_number, csv_only,
     [](const Row& row, Cell& cell) { add_pids(cell, row.endpoint.holders); }},
    {"tid", "TID", "threads that hold it in a descriptor table of their own", a_number, csv_only,
     [](const Row& row, Cell& cell) { add_tids(cell, row.endpoint.holders); }},
    {"fd", "FD", "descriptors that refer to it", a_number, csv_only,
     [](const Row& row, Cell& cell) { add_fds(cell, row.endpoint.holders); }},
    {"comm", "COMM", "command names of its holders", a_text, csv_only,
     [](const Row& row, Cell& cell) { add_comms(cell, row.endpoint.holders); }},
    {"exe", "EXE", "executables of its holders, where asked for", a_text, csv_only,
     [](const Row& row, Cell& cell) { add_exes(cell, row.endpoint.holders); }},
    {"uid", "UID", "effective users of its holders", a_number, csv_only,
     [](const Row& row, Cell& cell) { add_uids(cell, row.endpoint.holders); }},
    {"container", "CONTAINER", "containers of its holders, by name or else by id", a_text, wide_and_csv,
     [](const Row& row, Cell& cell) { add_containers(cell, row.endpoint.holders); }},
    {"unit", "UNIT", "systemd units of its holders that are in no container", a_text, on_request,
     [](const Row& row, Cell& cell) { add_units(cell, row.endpoint.holders); }},
    {"holders", "HOLDERS", "who keeps the endpoint open: comm pid/fd", a_text, everywhere,
     [](const Row& row, Cell& cell) { add_holders(cell, row.endpoint.holders); }, fill_holders_brief},
    {"opener", "OPENER", "pid and uid that connected or listened, as the kernel recorded them", a_text,
     wide_and_csv, [](const Row& row, Cell& cell) { add_opener(cell, row.endpoint.opener); }},
    {"peer", "PEER", "the other end: its state where it differs, and its name or ino:N", a_text, table_only,
     fill_peer},
    {"peer_state", "PEER STATE", "state of the edge to the other end", a_state, wide_and_csv,
     of_edge<[](const Edge& edge, Cell& cell) { cell.add(word(edge.state)); }>},
    {"method", "METHOD", "how the edge is known: pointer, tuple, sequence, tty, ...", a_word, wide_and_csv,
     of_edge<[](const Edge& edge, Cell& cell) { cell.add(word(edge.method)); }>},
    {"peer_inode", "PEER INODE", "inode of the other end", a_number, wide_and_csv,
     of_edge<[](const Edge& edge, Cell& cell) { add_known(cell, edge.inode); }>},
    {"peer_netns", "PEER NETNS", "network namespace of the other end", a_number, wide_and_csv,
     of_edge<[](const Edge& edge, Cell& cell) { add_set(cell, edge.netns); }>},
    {"peer_name", "PEER NAME", "name of the other end", a_text, wide_and_csv,
     of_edge<[](const Edge& edge, Cell& cell) { add_name(cell, edge.name); }>},
    {"peer_local", "PEER LOCAL", "address of the other end, as it calls it itself", a_text, wide_and_csv,
     of_edge<[](const Edge& edge, Cell& cell) { add_ip(cell, edge.local); }>},
    {"peer_container", "PEER CONTAINER", "containers of the other end's holders", a_text, wide_and_csv,
     of_edge<[](const Edge& edge, Cell& cell) { add_containers(cell, edge.holders); }>},
    {"peer_pid", "PEER PID", "processes that hold the other end", a_number, csv_only,
     of_edge<[](const Edge& edge, Cell& cell) { add_pids(cell, edge.holders); }>},
    {"peer_comm", "PEER COMM", "their command names", a_text, csv_only,
     of_edge<[](const Edge& edge, Cell& cell) { add_comms(cell, edge.holders); }>},
    {"peer_holders", "PEER HOLDERS", "who keeps the other end open", a_text, everywhere,
     of_edge<[](const Edge& edge, Cell& cell) { add_holders(cell, edge.holders); }>, fill_peer_holders_brief},
    {"listener", "LISTENER", "the listening socket an end was, or will be, accepted from, and its holders",
     a_text, everywhere, fill_listener, fill_listener_brief},
    {"note", "NOTE", "why a peer is unknown, or what --verify found", a_text, wide_and_csv,
     of_edge<[](const Edge& edge, Cell& cell) { append_escaped(cell.add_text(), edge.note); }>},
};

} // namespace

std::span<const Column> columns() {
    return all;
}

const Column* find_column(std::string_view name) {
    const auto* found = std::ranges::find(all, name, &Column::name);
    return found == std::end(all) ? nullptr : found;
}

SortKey sort_key(const Column& column, const Endpoint& endpoint) {
    SortKey key;
    Cell cell;
    for_each_row(endpoint, [&](const Row& row) {
        if (key)
            return;
        cell.clear();
        column.fill(row, cell);
        const auto values = cell.values();
        if (values.empty())
            return;
        if (const auto* number_value = std::get_if<std::uint64_t>(&values.front()))
            key = *number_value;
        else
            key = std::string(std::get<std::string_view>(values.front()));
    });
    return key;
}

bool goes_before(const SortKey& a, const SortKey& b, bool descending) {
    if (!a || !b)
        return a.has_value() && !b.has_value();
    return descending ? *b < *a : *a < *b;
}

} // namespace otherend::render
