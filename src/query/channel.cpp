// SPDX-License-Identifier: MIT
#include "query/channel.hpp"

#include "query/describe.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace otherend::query {

using model::Graph;
using model::ProcessId;
using model::SocketId;

namespace {

// An end without its peers, which the channel tells.
Endpoint end_of_channel(const Graph& graph, const Links& links, SocketId id) {
    Endpoint end;
    describe(graph, links, id, end);
    end.kind = graph[id].kind;
    end.peers.clear();
    return end;
}

std::optional<Endpoint> far_by_address(const Graph& graph, const model::Socket& near) {
    const auto* inet = graph.inet_of(near);
    if (!inet || !inet->remote)
        return std::nullopt;
    Endpoint far;
    far.kind = near.kind;
    far.type = EndpointType::none;
    far.local = inet->remote;
    far.remote = inet->local;
    return far;
}

PathEnd dead_end(const Link& link, bool has_address) {
    if (link.state == State::closed)
        return {.reason = EndReason::closed, .note = link.note};
    const bool open = link.state != State::raced && link.state != State::unknown;
    return {.reason = open && has_address ? EndReason::remote : EndReason::unknown, .note = link.note};
}

Flow opposite(Flow flow) {
    switch (flow) {
    case Flow::forward:
        return Flow::backward;
    case Flow::backward:
        return Flow::forward;
    case Flow::both:
        break;
    }
    return Flow::both;
}

// A pipe moves data from its write end to its read end.
Flow flow_from(const model::Socket& near) {
    if (near.kind != Kind::pipe)
        return Flow::both;
    return EndpointType{near.type} == EndpointType::write ? Flow::forward : Flow::backward;
}

std::vector<Holder> descriptors_of(const Graph& graph, const Links& links, ProcessId process, SocketId end) {
    Endpoint described;
    describe(graph, links, end, described);
    std::vector<Holder> holders;
    std::ranges::copy_if(described.holders, std::back_inserter(holders),
                         [&](const Holder& holder) { return holder.pid == graph.process(process).pid; });
    return holders;
}

void turn(Hop& hop) {
    if (auto* relay = std::get_if<Relay>(&hop)) {
        std::swap(relay->before, relay->after);
        relay->flow = opposite(relay->flow);
    } else {
        auto& channel = std::get<Channel>(hop);
        std::swap(channel.near, channel.far);
        channel.flow = opposite(channel.flow);
    }
}

} // namespace

Told channel_from(const Graph& graph, const Links& links, SocketId near, const Link& link) {
    Told told{.channel = {.near = end_of_channel(graph, links, near),
                          .far = std::nullopt,
                          .state = link.state,
                          .method = link.method,
                          .flow = flow_from(graph[near]),
                          .note = link.note},
              .far = link.other,
              .dead_end = {}};
    if (link.other) {
        told.channel.far = end_of_channel(graph, links, *link.other);
    } else {
        told.channel.far = far_by_address(graph, graph[near]);
        told.dead_end = dead_end(link, told.channel.far.has_value());
    }
    return told;
}

Way way_of_holder(const Graph& graph, const Links& links, SocketId end, ProcessId process, SocketId to) {
    return {.to = to,
            .relay = {.before = descriptors_of(graph, links, process, end),
                      .after = descriptors_of(graph, links, process, to)}};
}

void add_way(const Graph& graph, const Links& links, SocketId end, ProcessId process, const Pairing& pairing,
             std::vector<Way>& ways) {
    const auto to = pairing.from == end ? pairing.to : pairing.from;
    auto way = way_of_holder(graph, links, end, process, to);
    auto& relay = way.relay;
    relay.evidence = pairing.evidence;
    relay.flow = pairing.both ? Flow::both : pairing.from == end ? Flow::forward : Flow::backward;
    relay.transfers = pairing.transfers;
    relay.bytes = pairing.bytes;
    const auto known = std::ranges::find(ways, to, &Way::to);
    if (known == ways.end()) {
        ways.push_back(std::move(way));
        return;
    }
    auto& first = known->relay;
    if (relay.evidence == Evidence::observed && first.evidence == Evidence::inferred)
        std::swap(first, relay);
    std::ranges::move(relay.before, std::back_inserter(first.before));
    std::ranges::move(relay.after, std::back_inserter(first.after));
    if (first.flow != relay.flow)
        first.flow = Flow::both;
    first.transfers += relay.transfers;
    first.bytes += relay.bytes;
}

std::vector<Hop> reversed(std::vector<Hop> hops) {
    std::ranges::reverse(hops);
    std::ranges::for_each(hops, turn);
    return hops;
}

} // namespace otherend::query
