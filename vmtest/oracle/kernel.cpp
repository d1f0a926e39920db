// SPDX-License-Identifier: MIT
#include "kernel.hpp"

#include <utility>

namespace otherend::oracle {

Result<Kernel> open_kernel() {
    auto memory = Kcore::open();
    if (!memory)
        return std::unexpected(memory.error());
    const auto offsets = offsets_of_this_kernel();
    if (!offsets)
        return std::unexpected(offsets.error());
    const auto init_task = address_of_symbol("init_task");
    if (!init_task)
        return std::unexpected(init_task.error());
    return Kernel{std::move(*memory), *offsets, *init_task};
}

} // namespace otherend::oracle
