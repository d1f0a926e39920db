// SPDX-License-Identifier: MIT
// What not every kernel has, asked of the kernel itself. A test that needs it skips where it is missing;
// vmtest/skips.toml says on which kernels that may be.
#pragma once

#include <optional>
#include <string>

namespace otherend::harness {

enum class Feature {
    unix_diag,      // sock_diag(7) of AF_UNIX, a module
    io_uring_names, // fdinfo of an io_uring names the sockets registered with it
};

// Why it is missing, if it is.
std::optional<std::string> missing(Feature feature);

} // namespace otherend::harness
