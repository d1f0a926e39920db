// SPDX-License-Identifier: MIT
// A row, on one line:
//   sl  local_address rem_address   st tx_queue:rx_queue tr:tm->when retrnsmt   uid  timeout inode ref pointer ...
//    0: 0100007F:1F90 00000000:0000 0A 00000000:00000001 00:00000000 00000000     0        0 1141 1 00000000 ...
#include "system/parse/inet_table.hpp"

#include "system/parse/inet_state.hpp"
#include "system/parse/lines.hpp"
#include "system/parse/number.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <optional>

namespace otherend::system {

namespace {

std::string_view take_word(std::string_view& line) {
    line = without_leading_spaces(line);
    return take_until(line, ' ');
}

struct HexPair {
    std::uint64_t first = 0, second = 0;
};

std::optional<HexPair> hex_pair(std::string_view word) {
    const auto first = parse_number<std::uint64_t>(take_until(word, ':'), 16);
    const auto second = parse_number<std::uint64_t>(word, 16);
    return first && second ? std::optional(HexPair{*first, *second}) : std::nullopt;
}

// Each 32 bits of an address, which are in network byte order, are printed as a number of this machine.
std::optional<std::array<std::uint8_t, 4>> word_of_address(std::string_view digits) {
    const auto word = parse_number<std::uint32_t>(digits, 16);
    return word ? std::optional(std::bit_cast<std::array<std::uint8_t, 4>>(*word)) : std::nullopt;
}

std::optional<IpAddress> address_in(std::string_view digits) {
    constexpr std::size_t word_digits = 8, ipv4_digits = 8, ipv6_digits = 32;
    if (digits.size() != ipv4_digits && digits.size() != ipv6_digits)
        return std::nullopt;
    IpAddress address;
    for (std::size_t at = 0; at < digits.size(); at += word_digits) {
        const auto octets = word_of_address(digits.substr(at, word_digits));
        if (!octets)
            return std::nullopt;
        if (digits.size() == ipv4_digits)
            return IpAddress::from_ipv4(*octets);
        std::ranges::copy(*octets, address.bytes.begin() + static_cast<std::ptrdiff_t>(at / 2));
    }
    return address;
}

std::optional<IpEndpoint> endpoint_in(std::string_view word) {
    const auto address = address_in(take_until(word, ':'));
    const auto port = parse_number<std::uint16_t>(word, 16);
    return address && port ? std::optional(IpEndpoint{*address, *port}) : std::nullopt;
}

struct Row {
    IpEndpoint local, remote;
    TcpState state{};
    HexPair queues; // sent and not acknowledged, received and not read
    HexPair timer;  // its kind, and ticks until it expires
    std::uint32_t retransmits = 0, uid = 0;
    std::uint32_t probes = 0; // of keepalive or zero window, unanswered
    std::uint64_t inode = 0;
};

std::optional<Row> parse_row(std::string_view line, Kind kind) {
    if (!take_word(line).ends_with(':'))
        return std::nullopt;
    const auto local = endpoint_in(take_word(line)), remote = endpoint_in(take_word(line));
    const auto code = parse_number<std::uint32_t>(take_word(line), 16);
    const auto queues = hex_pair(take_word(line)), timer = hex_pair(take_word(line));
    const auto retransmits = parse_number<std::uint32_t>(take_word(line), 16);
    const auto uid = parse_number<std::uint32_t>(take_word(line));
    const auto probes = parse_number<std::uint32_t>(take_word(line));
    const auto inode = parse_number<std::uint64_t>(take_word(line));
    const auto state = code ? state_of(kind, *code) : std::nullopt;
    // Every row goes on behind its inode: without that, digits of the inode may be missing.
    if (!local || !remote || !state || !queues || !timer || !retransmits || !uid || !probes || !inode ||
        take_word(line).empty())
        return std::nullopt;
    return Row{*local, *remote, *state, *queues, *timer, *retransmits, *uid, *probes, *inode};
}

std::uint32_t milliseconds(std::uint64_t ticks, std::uint32_t ticks_per_second) {
    constexpr std::uint64_t limit = std::numeric_limits<std::uint32_t>::max();
    return static_cast<std::uint32_t>(std::min(std::min(ticks, limit) * 1000 / ticks_per_second, limit));
}

std::optional<TcpTimer> timer_of(const Row& row, std::uint32_t ticks_per_second) {
    const auto kind = timer_kind(static_cast<std::uint32_t>(row.timer.first));
    if (!kind)
        return std::nullopt;
    const auto retries = kind == TcpTimerKind::retransmit ? row.retransmits : row.probes;
    return TcpTimer{*kind, milliseconds(row.timer.second, ticks_per_second), retries};
}

// What is left of a connection in TIME_WAIT, and in FIN_WAIT2 after some time, has no queue.
bool is_left_over(const Row& row) {
    return row.timer.first == number(TcpTimerKind::time_wait);
}

void take_queues(const Row& row, model::InetFact& fact) {
    const auto sent = static_cast<std::uint32_t>(row.queues.first);
    const auto received = static_cast<std::uint32_t>(row.queues.second);
    if (row.state == TcpState::listen) {
        fact.queue_length = received;
    } else if (!is_left_over(row)) {
        fact.tx_bytes = sent;
        fact.rx_bytes = received;
    }
}

void emit(const Row& row, Kind kind, NetnsId netns, std::uint32_t ticks_per_second,
          const model::FactSink& sink) {
    model::InetFact fact{
        .source = model::Source::proc,
        .socket = {.inode = Inode{row.inode}},
        .kind = kind,
        .netns = netns,
        .local = row.local,
        .open = row.inode != 0,
        .tcp = {.state = row.state},
    };
    if (!is_nowhere(row.remote))
        fact.remote = row.remote;
    if (row.inode != 0) // else the kernel may print 0 whoever it was
        fact.uid = row.uid;
    take_queues(row, fact);
    if (kind == Kind::tcp) {
        fact.tcp.timer = timer_of(row, ticks_per_second);
        if (row.state != TcpState::listen && row.state != TcpState::close && !is_left_over(row))
            fact.tcp.retransmits = row.retransmits;
    }
    sink(fact);
}

} // namespace

std::uint64_t parse_inet_table(std::string_view text, Kind kind, NetnsId netns,
                               std::uint32_t ticks_per_second, const model::FactSink& sink) {
    std::uint64_t malformed = 0;
    take_until(text, '\n'); // "  sl  local_address ..."
    while (!text.empty()) {
        if (const auto row = parse_row(take_until(text, '\n'), kind))
            emit(*row, kind, netns, ticks_per_second, sink);
        else
            ++malformed;
    }
    return malformed;
}

} // namespace otherend::system
