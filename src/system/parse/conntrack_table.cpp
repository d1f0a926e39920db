// SPDX-License-Identifier: MIT
// A row, on one line, of which the state of TCP, what is in brackets and the counters may be missing:
//   ipv4 2 tcp 6 431999 ESTABLISHED src=10.0.0.1 dst=10.0.0.2 sport=4000 dport=80 packets=3 bytes=164
//        [UNREPLIED] src=10.0.0.3 dst=10.0.0.1 sport=8080 dport=4000 packets=2 bytes=112 [ASSURED] mark=0 use=2
#include "system/parse/conntrack_table.hpp"

#include "base/ip_text.hpp"
#include "system/parse/conntrack_tuple.hpp"
#include "system/parse/lines.hpp"
#include "system/parse/number.hpp"

namespace otherend::system {

namespace {

std::string_view take_word(std::string_view& line) {
    line = without_leading_spaces(line);
    return take_until(line, ' ');
}

std::optional<std::string_view> value_of(std::string_view word, std::string_view name) {
    if (!word.starts_with(name))
        return std::nullopt;
    return word.substr(name.size());
}

std::optional<IpAddress> take_address(std::string_view& line, std::string_view name) {
    const auto text = value_of(take_word(line), name);
    return text ? parse_ip_address(*text) : std::nullopt;
}

std::optional<std::uint16_t> take_port(std::string_view& line, std::string_view name) {
    const auto text = value_of(take_word(line), name);
    return text ? parse_number<std::uint16_t>(*text) : std::nullopt;
}

// The next one of the line, which moves behind it.
std::optional<ConntrackTuple> take_tuple(std::string_view& line, std::uint8_t protocol) {
    const auto start = line.find("src=");
    if (start == std::string_view::npos)
        return std::nullopt;
    line.remove_prefix(start);
    const auto source = take_address(line, "src="), destination = take_address(line, "dst=");
    const auto source_port = take_port(line, "sport="), destination_port = take_port(line, "dport=");
    if (!source || !destination || !source_port || !destination_port)
        return std::nullopt;
    return ConntrackTuple{{*source, *source_port}, {*destination, *destination_port}, protocol};
}

bool take_row(std::string_view line, NetnsId netns, const model::FactSink& sink) {
    const auto family = take_word(line);
    const auto family_number = parse_number<std::uint16_t>(take_word(line));
    take_word(line); // the protocol's name
    const auto protocol = parse_number<std::uint8_t>(take_word(line));
    if (!family.starts_with("ip") || !family_number || !protocol)
        return false;
    if (!kind_of_protocol(*protocol))
        return true;
    const auto original = take_tuple(line, *protocol), reply = take_tuple(line, *protocol);
    // Every row goes on behind its tuples: without that, digits of a port may be missing.
    if (!original || !reply || line.empty())
        return false;
    report_translation(*original, *reply, netns, sink);
    return true;
}

} // namespace

std::uint64_t parse_conntrack_table(std::string_view text, NetnsId netns, const model::FactSink& sink) {
    std::uint64_t malformed = 0;
    while (!text.empty())
        malformed += !take_row(take_until(text, '\n'), netns, sink);
    return malformed;
}

} // namespace otherend::system
