// SPDX-License-Identifier: MIT
#include "system/executable.hpp"

namespace otherend::system {

void report_executable(const Procfs& proc, Pid pid, const model::FactSink& sink) {
    if (const auto path = proc.read_link(directory_of(pid) + "/exe"))
        sink(model::ExecutableFact{pid, *path});
}

} // namespace otherend::system
