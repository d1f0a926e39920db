// SPDX-License-Identifier: MIT
// A snapshot, and the sockets in it that were asked for.
#pragma once

#include "cli/collect.hpp"
#include "query/links.hpp"

#include <cstddef>
#include <memory>
#include <vector>

namespace otherend::cli {

struct Found {
    std::unique_ptr<Snapshot> snapshot; // where it is, `links` refers to it
    query::Links links;
    std::vector<model::SocketId> sockets;
    std::vector<std::size_t> unmatched; // indexes of targets that nothing matched
};

// No targets: every visible socket. Targets that changed while we looked are looked at again before they are
// called raced.
Result<Found> find(std::vector<query::Target> targets, const Look& look, const Wants& wants);

// Whether it is known who, if anybody, is on the other end.
bool is_known(const Endpoint& endpoint);

// What shows only in the endpoints of an answer, and is part of its honesty.
class Doubts {
  public:
    void look_at(const Endpoint& endpoint);
    void add_to(std::vector<Unseen>& unseen) const;

  private:
    std::size_t unheld_ = 0;      // open, so something must hold them, yet nobody was found to
    std::size_t disagreeing_ = 0; // edges for which sock_diag names another peer
};

} // namespace otherend::cli
