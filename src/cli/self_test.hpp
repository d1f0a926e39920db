// SPDX-License-Identifier: MIT
// Loading is no proof of working: a source is right if it finds a channel made for the purpose.
#pragma once

#include "cli/request.hpp"

namespace otherend::cli {

// Makes a channel of this kind and looks for it through `source`, which must find both ends, their holder and, unless
// it is procfs and the channel a pair of UNIX sockets, that they are joined to each other.
Result<void> self_test(SourceChoice source, Kind kind);

// The same for a UNIX socket that is registered with an io_uring and has no descriptor, through the best source.
Result<void> self_test_io_uring();

} // namespace otherend::cli
