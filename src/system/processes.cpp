// SPDX-License-Identifier: MIT
#include "system/processes.hpp"

#include "system/parse/status.hpp"

#include <unistd.h>
#include <vector>

namespace otherend::system {

std::optional<model::ProcessFact> read_process(const Procfs& proc, Pid pid, Pid tid) {
    const auto task = directory_of(pid, tid);
    const auto status = parse_status(proc.read(task + "/status").value_or(""));
    if (!status.effective_uid)
        return std::nullopt;
    const auto netns = number_in_link(proc.read_link(task + "/ns/net").value_or(""), "net");
    auto comm = proc.read(directory_of(pid) + "/comm").value_or("");
    if (comm.ends_with('\n'))
        comm.pop_back();
    return model::ProcessFact{.pid = pid,
                              .uid = *status.effective_uid,
                              .netns = NetnsId{static_cast<std::uint32_t>(netns.value_or(0))},
                              .comm = std::move(comm)};
}

void report_processes(const Procfs& proc, const model::FactSink& sink) {
    for (const int pid : proc.numbers().value_or(std::vector<int>{}))
        if (pid != getpid())
            if (const auto process = read_process(proc, Pid{pid}, Pid{pid}))
                sink(*process);
}

} // namespace otherend::system
