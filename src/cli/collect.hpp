// SPDX-License-Identifier: MIT
// Takes a snapshot: asks the sources in the order that leaves the least unresolved, and puts every fact into one
// graph. Nothing here is atomic, so owners come first, sockets second, and owners again where one is missing.
#pragma once

#include "cli/request.hpp"
#include "model/graph.hpp"
#include "system/host.hpp"

#include <string>

namespace otherend::cli {

struct Wants { // what costs extra
    bool executables = false;
    bool every_process = false; // also those that hold nothing we look at
    bool relays = false;        // also the kinds that targets cannot be: relays lead from one to another
    bool places =
        true; // containers and units of all processes, not only of those in other network namespaces
};

struct Snapshot {
    model::Graph graph;
    system::Host host;
    std::string source; // what was read, as the answer names it
};

Result<Snapshot> collect(const Look& look, const Wants& wants);

} // namespace otherend::cli
