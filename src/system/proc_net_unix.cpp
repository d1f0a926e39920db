// SPDX-License-Identifier: MIT
#include "system/proc_net_unix.hpp"

#include "system/parse/unix_table.hpp"

namespace otherend::system {

Result<void> report_unix_table(const Procfs& proc, Pid pid, NetnsId netns, const model::FactSink& sink) {
    const auto table = proc.read(directory_of(pid) + "/net/unix");
    if (!table)
        return std::unexpected(table.error());
    const auto embryos = parse_unix_table(*table, netns, sink);
    if (embryos > 0)
        sink(model::UnseenFact{"ends waiting for accept", "/proc/net/unix gives them no inode", embryos});
    sink(model::VisitedFact{model::Source::proc, netns});
    return {};
}

} // namespace otherend::system
