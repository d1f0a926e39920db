// SPDX-License-Identifier: MIT
// Runs a request. The answer goes to `out`, everything else to `err`; the result is the exit code.
#pragma once

#include "cli/request.hpp"

#include <iosfwd>

namespace otherend::cli {

struct Streams {
    std::ostream& out;
    std::ostream& err;
};

// The whole program: parses, runs, reports.
int run(std::vector<std::string> arguments, Streams streams);

// One per verb; errors are left to run() to print.
Result<int> run(const PeersRequest& request, Streams streams);
Result<int> run(const PathRequest& request, Streams streams);
Result<int> run(const DoctorRequest& request, Streams streams);

} // namespace otherend::cli
