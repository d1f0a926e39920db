// SPDX-License-Identifier: MIT
// A snapshot, and the sockets in it that were asked for.
#pragma once

#include "cli/collect.hpp"
#include "query/links.hpp"

#include <cstddef>
#include <vector>

namespace otherend::cli {

struct Found {
    Snapshot snapshot;
    std::vector<model::SocketId> sockets;
    std::vector<std::size_t> unmatched; // indexes of targets that nothing matched
};

// No targets: every visible socket. Targets that changed while we looked are looked at again before they are
// called raced.
Result<Found> find(std::vector<query::Target> targets, const Look& look, const Wants& wants);

// Open, so something must hold it, yet nobody was found to.
bool lacks_holder(const Endpoint& endpoint);

// Adds how many such endpoints an answer has, which is worth a word only if it has any.
void add_unheld(std::vector<Unseen>& unseen, std::size_t count);

} // namespace otherend::cli
