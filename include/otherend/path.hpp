// SPDX-License-Identifier: MIT
// What `path` answers, as plain values: the whole way from one final end to the other, channel by channel, with the
// processes that relay from each to the next.
#pragma once

#include "otherend/answer.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace otherend {

// Which way data moves, in the order in which the path is told.
enum class Flow : std::uint8_t { both, forward, backward };

// How it is known that a process moves data from one of its ends to another.
enum class Evidence : std::uint8_t {
    observed, // it was watched doing so
    inferred, // no other pairing of its ends explains it
};

// Two ends joined, `near` the earlier one in the order of the path. Their `peers` are empty: the channel says how they
// stand to each other. One of them is absent if nobody knows of it; that of a connection to another host has an address
// and no holders.
struct Channel {
    std::optional<Endpoint> near, far;
    State state = State::unknown;
    Method method = Method::pointer;
    Flow flow = Flow::both;
    std::string note; // as of an Edge
};

// A process with an end of the channel before and an end of the channel after. Of processes that share both ends, as
// after fork(), the first is told first.
struct Relay {
    Evidence evidence = Evidence::inferred;
    Flow flow = Flow::both;
    std::vector<Holder> before, after; // its descriptors of either end
    std::uint64_t transfers = 0;       // observed, both ways together
    std::uint64_t bytes = 0;
};

using Hop = std::variant<Channel, Relay>;

enum class EndReason : std::uint8_t {
    final,    // nobody who holds it passes on what arrives
    remote,   // on another host
    closed,   // the other end is gone
    unheld,   // no process holds it: it waits for accept(), is in a message, or its holder is out of sight
    unknown,  // the other end is not known, or has changed meanwhile; see the note
    branches, // goes on in more than one way, or in none that is certain
    cycle,    // comes back to a channel that was told before
    limit,    // too long to be followed further
};

struct Branch;

// Where a path, or a branch of one, is left.
struct PathEnd {
    EndReason reason = EndReason::final;
    std::string note; // one clause for people, empty where the reason says it all
    std::vector<Branch> branches;
    std::size_t cut = 0; // branches that are there and not told
};

// A way on from an end where it is not certain that there is one, or where there are several.
struct Branch {
    Relay relay;          // who has an end here and one there
    bool relayed = false; // it moves data between the two, by the relay's evidence; else it only holds both
    std::vector<Hop> hops;
    PathEnd end;
};

struct Path {
    std::vector<Hop> hops; // Channel, Relay, Channel … Channel
    PathEnd front, back;   // what is before the first channel, and after the last
};

} // namespace otherend
