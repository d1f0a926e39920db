// SPDX-License-Identifier: MIT
// Who is on the other end of a TCP or UDP socket, if it is on this host. The kernel keeps no pointer, so it takes what
// both ends must have in common, from the surest to the weakest:
//
//   tuple      the reversed addresses and ports, in the same network namespace
//   sequence   the sequence numbers of the connection, wherever the other end is and whatever translates addresses
//   conntrack  the addresses the kernel's NAT table gives it
//   tuple      the reversed addresses in one other network namespace, where neither end tells sequence numbers
//
// Loopback addresses never leave their namespace, unless translated. More than one candidate is no answer, but unknown;
// so is one that is itself nearer to another socket.
#pragma once

#include "model/graph.hpp"
#include "query/hash_index.hpp"
#include "query/index.hpp"
#include "query/inet_keys.hpp"
#include "query/link.hpp"

#include <cstdint>
#include <optional>
#include <vector>

namespace otherend::query {

class InetLinks {
  public:
    explicit InetLinks(const model::Graph& graph);

    // As Links has them, of TCP and UDP sockets only.
    [[nodiscard]] Link own(model::SocketId id) const;
    void append_reverse(model::SocketId id, std::vector<Link>& links) const;
    [[nodiscard]] std::optional<model::SocketId> listener_of(model::SocketId id) const;

    // Of an UDP socket that is not connected: whether somebody is connected to it.
    [[nodiscard]] bool has_sender(model::SocketId id) const { return !senders_[id].empty(); }

  private:
    struct Match {
        Method method = Method::tuple;
        std::optional<model::SocketId> other;
        std::string why_not; // there are several, or it is another's
    };
    struct Known { // of a match that was looked for
        std::uint32_t other = model::none;
        Method method = Method::tuple;
        bool is_known = false;
    };
    using Candidates = std::vector<model::SocketId>;
    using BySequence = HashIndex<model::TcpSequence, model::SocketId, SequenceHash>;

    void index_socket(model::SocketId id, const model::Socket& socket);
    [[nodiscard]] Match match(model::SocketId id) const;
    [[nodiscard]] Match best_match(model::SocketId id) const; // as it seems from this end alone
    [[nodiscard]] Match look_for_match(model::SocketId id) const;
    [[nodiscard]] std::string name_of(model::SocketId id) const;
    [[nodiscard]] std::string several(const Candidates& candidates) const;
    [[nodiscard]] Candidates in_same_namespace(model::SocketId id) const;
    [[nodiscard]] Candidates by_sequence(model::SocketId id) const;
    [[nodiscard]] Candidates by_translation(model::SocketId id) const;
    [[nodiscard]] Candidates in_other_namespaces(model::SocketId id) const;
    [[nodiscard]] bool may_be_joined(model::SocketId a, model::SocketId b) const;
    [[nodiscard]] bool could_meet(model::SocketId a, model::SocketId b) const;
    // The sockets that take what is sent to `address` in the namespace: TCP listeners, or UDP sockets. Several share it
    // by SO_REUSEPORT.
    [[nodiscard]] Candidates receivers(Kind kind, NetnsId netns, const IpEndpoint& address) const;
    [[nodiscard]] Candidates targets_of(model::SocketId id) const;
    [[nodiscard]] std::optional<model::SocketId> target_of(model::SocketId id) const;
    [[nodiscard]] bool is_waiting(const model::Socket& socket) const;
    [[nodiscard]] std::optional<model::SocketId> listener_behind(const model::Socket& socket) const;
    [[nodiscard]] Link joined(model::SocketId id, const Match& match) const;
    [[nodiscard]] Link alone(model::SocketId id) const;

    const model::Graph& graph_;
    HashIndex<InetFlow, model::SocketId, InetFlowHash> flows_;
    HashIndex<InetFlow, InetFlow, InetFlowHash>
        translated_; // how one end sees a connection -> how the other does
    Index<InetPort, model::SocketId> receivers_;
    BySequence dialled_;                              // by {X + 1, Y}, if the socket is the end that dialled
    BySequence accepted_;                             // by the same, if it is the end that accepted
    Index<model::SocketId, model::SocketId> queued_;  // listener <- ends that wait in its queue, and requests
    Index<model::SocketId, model::SocketId> senders_; // TCP listener or UDP socket <- who sends to it
    mutable std::vector<Known> known_; // by SocketId: an answer asks for the same match several times
};

} // namespace otherend::query
