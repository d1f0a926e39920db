// SPDX-License-Identifier: MIT
// Watching, for a while, what moves between the descriptors of the processes that a target can reach.
#pragma once

#include "cli/find.hpp"

#include <chrono>

namespace otherend::cli {

// Puts what was seen into the graph of what was found. SIGINT and SIGTERM end it early, and the answer is given.
Result<void> observe_transfers(Found& found, std::chrono::duration<double> for_how_long);

} // namespace otherend::cli
