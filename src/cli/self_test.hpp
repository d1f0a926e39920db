// SPDX-License-Identifier: MIT
// Loading is no proof of working: a source is right if it finds a pair of sockets made for the purpose.
#pragma once

#include "cli/request.hpp"

namespace otherend::cli {

// Makes a socketpair and looks for it through `source`, which must find both ends, their holder and, unless the
// source is procfs, that they are joined to each other.
Result<void> self_test(SourceChoice source);

// The same for a socket that is registered with an io_uring and has no descriptor, through the best source.
Result<void> self_test_io_uring();

} // namespace otherend::cli
