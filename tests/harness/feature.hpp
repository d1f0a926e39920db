// SPDX-License-Identifier: MIT
// What not every kernel has, asked of the kernel itself. A test that needs it skips where it is missing;
// vmtest/skips.toml says on which kernels that may be.
#pragma once

#include <optional>
#include <string>

namespace otherend::harness {

enum class Feature {
    unix_diag,      // sock_diag(7) of AF_UNIX, a module
    inet_diag,      // sock_diag(7) of TCP and UDP, modules
    nat,            // nft(8), and a kernel that follows its rules and tells of its connections by ctnetlink
    io_uring_names, // fdinfo of an io_uring names the sockets registered with it
};

// Why it is missing, if it is.
std::optional<std::string> missing(Feature feature);

// Moves the calling thread into a network namespace of its own where lo is up and TCP connections to 127.0.0.9:80 go
// to 127.0.0.1:4000. False if it could not.
bool enter_nat();

} // namespace otherend::harness
