// SPDX-License-Identifier: MIT
// The one place that decides who is on the other end. A link is given only where both ends agree, or where the
// kernel's own order of events explains why they do not; everything else is raced or unknown, with the reason.
#pragma once

#include "model/graph.hpp"
#include "query/index.hpp"
#include "query/inet_links.hpp"
#include "query/link.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace otherend::query {

class Links {
  public:
    explicit Links(const model::Graph& graph);

    // Whether the socket belongs into an answer: not one on its way in or out that nobody can name.
    [[nodiscard]] bool is_visible(model::SocketId id) const;

    // The link a socket itself holds: its peer, the listener it waits for, or none.
    [[nodiscard]] Link own(model::SocketId id) const;

    // All its links: its own, and those only the other side knows (datagram senders, clients of a listener).
    [[nodiscard]] std::vector<Link> all(model::SocketId id) const;

    // The listener an accepted, waiting or connected socket came through.
    [[nodiscard]] std::optional<model::SocketId> listener_of(model::SocketId id) const;

    [[nodiscard]] State state_of(model::SocketId id) const;

    // Sockets whose receive queue holds a message that refers to this one.
    [[nodiscard]] std::vector<model::SocketId> carriers_of(model::SocketId id) const;

    [[nodiscard]] bool has_holder(model::SocketId id) const;

  private:
    [[nodiscard]] std::optional<model::SocketId> peer_of(model::SocketId id) const;
    void index_socket(model::SocketId id, const model::Socket& socket);
    void index_connecting();
    [[nodiscard]] std::optional<model::SocketId> listener_of_accepted(model::SocketId id) const;
    [[nodiscard]] Link own_of_unix(model::SocketId id) const;
    void append_reverse_of_unix(model::SocketId id, std::vector<Link>& links) const;
    [[nodiscard]] Link by_pointer(model::SocketId id, const model::Socket& socket) const;
    [[nodiscard]] Link by_diag(model::SocketId id, const model::Socket& socket) const;
    [[nodiscard]] bool is_out_of_sight(const model::Socket& socket,
                                       std::optional<model::SocketId> other) const;
    [[nodiscard]] Link unmet(model::SocketId id, const model::Socket& socket) const;
    [[nodiscard]] bool can_be_joined(const model::Socket& socket, const model::Socket& peer) const;
    [[nodiscard]] bool is_there(const model::Socket& socket) const;
    [[nodiscard]] bool is_waiting(const model::Socket& socket) const;

    const model::Graph& graph_;
    InetLinks inet_;
    std::vector<std::uint32_t> peers_; // by socket: its peer, or model::none; looked up once, asked for often
    Index<model::SocketId, model::SocketId> senders_;   // datagram socket <- sockets connected to it
    Index<model::SocketId, model::SocketId> embryos_;   // listener -> ends that wait in its queue
    Index<model::SocketId, model::SocketId> waiting_;   // listener -> clients in its queue (sock_diag)
    Index<model::SocketId, model::SocketId> blocked_;   // listener -> sockets blocked in connect()
    Index<model::SocketId, model::SocketId> carriers_;  // socket -> where it is in flight
    Index<model::SocketId, model::SocketId> target_of_; // blocked or waiting client -> its listener
    Index<std::uint64_t, model::SocketId> listeners_;   // unix_address -> listener
};

} // namespace otherend::query
