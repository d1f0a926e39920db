// SPDX-License-Identifier: MIT
#include "system/parse/status.hpp"

#include "system/parse/lines.hpp"
#include "system/parse/number.hpp"

namespace otherend::system {

std::optional<std::uint64_t> number_in_link(std::string_view target, std::string_view type) {
    if (!target.starts_with(type))
        return std::nullopt;
    target.remove_prefix(type.size());
    if (!target.starts_with(":[") || !target.ends_with(']'))
        return std::nullopt;
    return parse_number<std::uint64_t>(target.substr(2, target.size() - 3));
}

// "Uid:" is followed by real, effective, saved and file system uid, each after a tab; "NSpid:" by the pid in each pid
// namespace, from that of the /proc read to the innermost.
Status parse_status(std::string_view text) {
    Status status;
    while (!text.empty()) {
        auto line = take_until(text, '\n');
        const auto key = take_until(line, '\t');
        if (key == "Uid:") {
            take_until(line, '\t');
            status.effective_uid = parse_number<std::uint32_t>(take_until(line, '\t'));
        } else if (key == "VmSize:") {
            status.has_memory = true;
        } else if (key == "CapEff:") {
            status.effective_capabilities = parse_number<std::uint64_t>(line, 16);
        } else if (key == "NSpid:") {
            status.own_pid = parse_number<std::int32_t>(line.substr(line.rfind('\t') + 1));
        }
    }
    return status;
}

// "42 0x3 0x7ffe… … SP PC" in a system call, "-1 SP PC" asleep outside of one, "running".
std::optional<SystemCall> parse_syscall(std::string_view line) {
    const auto number = parse_number<long>(take_until(line, ' '));
    auto argument = take_until(line, ' ');
    if (!number || *number < 0 || !argument.starts_with("0x"))
        return std::nullopt;
    argument.remove_prefix(2);
    const auto value = parse_number<std::uint64_t>(argument, 16);
    return value ? std::optional(SystemCall{*number, *value}) : std::nullopt;
}

} // namespace otherend::system
