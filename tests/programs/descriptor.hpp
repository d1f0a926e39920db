// SPDX-License-Identifier: MIT
// What the kernel tells a process of its own descriptor, in the words of a truth: kind, type, inode, namespace,
// name, addresses.
#pragma once

#include <nlohmann/json_fwd.hpp>

namespace otherend::topology {

nlohmann::json description_of(int fd);

} // namespace otherend::topology
