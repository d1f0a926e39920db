// SPDX-License-Identifier: MIT
// A row: "00000000a6d2bf50: 00000002 00000000 00010000 0001 01  1141 /run/x.sock", and the name as it is, with
// spaces and newlines, so that a line which is not a row belongs to the name above it. Written for the last
// resort: a name can hold a newline and what looks like a row, which no reader can tell from a real one.
#include "system/parse/unix_table.hpp"

#include "system/parse/lines.hpp"
#include "system/parse/number.hpp"

#include <netinet/tcp.h>
#include <optional>
#include <string>

namespace otherend::system {

namespace {

// Of the kernel's include/linux/net.h and uapi/linux/net.h.
constexpr std::uint32_t accepts_connections = 1U << 16; // __SO_ACCEPTCON
constexpr std::uint32_t connected = 3;                  // SS_CONNECTED

struct Row {
    std::uint32_t flags = 0, type = 0, state = 0;
    std::uint64_t inode = 0;
    bool named = false;
    std::string_view name;
};

template <typename Integer> std::optional<Integer> take_hex(std::string_view& line) {
    return parse_number<Integer>(take_until(line, ' '), 16);
}

std::optional<Row> parse_row(std::string_view line) {
    const auto address = take_until(line, ':');
    if (address.size() < 8 || address.find_first_not_of("0123456789abcdef") != address.npos ||
        !line.starts_with(' '))
        return std::nullopt;
    line.remove_prefix(1);
    const auto references = take_hex<std::uint32_t>(line), protocol = take_hex<std::uint32_t>(line);
    const auto flags = take_hex<std::uint32_t>(line), type = take_hex<std::uint32_t>(line);
    const auto state = take_hex<std::uint32_t>(line);
    line = without_leading_spaces(line);
    const bool named = line.contains(' ');
    const auto inode = parse_number<std::uint64_t>(take_until(line, ' '));
    if (!references || !protocol || !flags || !type || !state || !inode)
        return std::nullopt;
    return Row{*flags, *type, *state, *inode, named, line};
}

// The kernel prints '@' for each NUL: the first of an abstract name can be told, those inside cannot.
std::string bound_name(std::string_view printed) {
    std::string name(printed);
    if (name.starts_with('@'))
        name.front() = '\0';
    return name;
}

std::uint8_t tcp_state(const Row& row) {
    if (row.flags & accepts_connections)
        return TCP_LISTEN;
    return row.state == connected ? TCP_ESTABLISHED : TCP_CLOSE;
}

void emit(const Row& row, std::string_view printed_name, NetnsId netns, const model::FactSink& sink) {
    const auto name = bound_name(printed_name);
    sink(model::SocketFact{
        .source = model::Source::proc,
        .socket = {.inode = Inode{row.inode}},
        .open = true, // it has an inode
        .netns = netns,
        .type = static_cast<std::uint8_t>(row.type),
        .tcp_state = tcp_state(row),
        .name = name,
    });
}

} // namespace

std::uint64_t parse_unix_table(std::string_view text, NetnsId netns, const model::FactSink& sink) {
    std::uint64_t embryos = 0;
    take_until(text, '\n'); // "Num       RefCount Protocol Flags    Type St Inode Path"
    while (!text.empty()) {
        const auto row = parse_row(take_until(text, '\n'));
        if (!row)
            continue;
        auto name = row->name;
        while (row->named && !text.empty()) {
            auto rest = text;
            const auto line = take_until(rest, '\n');
            if (parse_row(line))
                break;
            name = {name.data(), name.size() + 1 + line.size()};
            text = rest;
        }
        if (row->inode == 0)
            ++embryos;
        else
            emit(*row, name, netns, sink);
    }
    return embryos;
}

} // namespace otherend::system
