// SPDX-License-Identifier: MIT
#include "query/path.hpp"

#include "query/channel.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <utility>

namespace otherend::query {

using model::Graph;
using model::ProcessId;
using model::SocketId;

namespace {

using ChannelKey = std::pair<SocketId, SocketId>; // its ends; twice the same if only one is known

ChannelKey key_of(SocketId near, const Link& link) {
    return std::minmax(near, link.other.value_or(near));
}

// What all paths of one answer share.
struct World {
    const Graph& graph;
    const Links& links;
    const LinksOf& links_of;
    Relays& relays;
    const PathLimits& limits;
    std::set<SocketId> asked;  // each has a path of its own
    std::set<ChannelKey> told; // on a path, or on a branch to which somebody relays

    [[nodiscard]] std::vector<Way> ways_from(SocketId end) const {
        std::vector<Way> ways;
        for (const auto process : relays.holders_of(end))
            for (const auto& pairing : relays.of(process).pairings)
                if (pairing.from == end || pairing.to == end)
                    add_way(graph, links, end, process, pairing, ways);
        return ways;
    }
};

struct Trail {
    std::vector<Hop> hops;
    PathEnd end;
};

// One path: follows the ends, and remembers where it was.
class Walk {
  public:
    explicit Walk(World& world) : world_(world), branches_left_(world.limits.branches) {}

    // The channel, and what is beyond its far end.
    Trail through(SocketId near, const Link& link, bool on_branch, bool relayed) {
        Trail trail;
        auto told = tell(near, link, relayed);
        trail.hops.emplace_back(std::move(told.channel));
        if (!told.far) {
            trail.end = std::move(told.dead_end);
            return trail;
        }
        if (link.state == State::connecting || world_.graph[*told.far].is_listening()) {
            trail.end = {.reason = EndReason::unheld, .note = "accept() has not taken it yet"};
            return trail;
        }
        auto beyond = onward(*told.far, on_branch, relayed);
        std::ranges::move(beyond.hops, std::back_inserter(trail.hops));
        trail.end = std::move(beyond.end);
        return trail;
    }

    // What is beyond an end whose channel has been told.
    Trail onward(SocketId end, bool on_branch, bool relayed) {
        const auto ways = world_.ways_from(end);
        if (ways.size() > 1)
            return {.hops = {}, .end = branch(ways, relayed)};
        if (ways.empty())
            return {.hops = {}, .end = unpaired(end, on_branch)};
        return follow(ways.front(), on_branch, relayed);
    }

  private:
    Told tell(SocketId near, const Link& link, bool relayed) {
        visited_.insert(near);
        if (link.other)
            visited_.insert(*link.other);
        if (relayed)
            world_.told.insert(key_of(near, link));
        ++channels_;
        return channel_from(world_.graph, world_.links, near, link);
    }

    [[nodiscard]] std::optional<PathEnd> stop_at(const Way& way) const {
        if (visited_.contains(way.to)) {
            const auto& by = way.relay.before.front();
            return PathEnd{.reason = EndReason::cycle,
                           .note = by.comm + " " + std::to_string(number(by.pid)) +
                                   " passes it on to a channel told before"};
        }
        if (channels_ >= world_.limits.channels)
            return PathEnd{.reason = EndReason::limit, .note = "too long to be followed further"};
        return std::nullopt;
    }

    [[nodiscard]] Link link_of(SocketId end) const {
        const auto links = world_.links_of(end);
        return links.empty() ? Link{.state = State::unconnected} : links.front();
    }

    Trail follow(const Way& way, bool on_branch, bool relayed) {
        if (auto stop = stop_at(way))
            return {.hops = {}, .end = std::move(*stop)};
        auto trail = through(way.to, link_of(way.to), on_branch, relayed);
        trail.hops.insert(trail.hops.begin(), way.relay);
        return trail;
    }

    // Each way is a branch, as long as there is room.
    PathEnd branch(const std::vector<Way>& ways, bool relayed) {
        PathEnd end{.reason = EndReason::branches};
        for (const auto& way : ways) {
            if (end.branches.size() == world_.limits.branches_at_an_end || branches_left_ == 0) {
                ++end.cut;
                continue;
            }
            --branches_left_;
            Branch branch{.relay = way.relay, .relayed = true};
            if (auto stop = stop_at(way)) {
                branch.end = std::move(*stop);
            } else {
                auto trail = through(way.to, link_of(way.to), true, relayed);
                branch.hops = std::move(trail.hops);
                branch.end = std::move(trail.end);
            }
            end.branches.push_back(std::move(branch));
        }
        return end;
    }

    // Nobody relays from here: a final end, unless its holders have other ends to which they might.
    PathEnd unpaired(SocketId end, bool on_branch) {
        if (!world_.links.has_holder(end))
            return unheld(end);
        PathEnd result;
        for (const auto& [process, to] : other_ends(end)) {
            result.reason = EndReason::branches;
            const bool room = result.branches.size() < world_.limits.branches_at_an_end && branches_left_ > 0;
            if (on_branch || !room || visited_.contains(to)) {
                ++result.cut;
                continue;
            }
            --branches_left_;
            auto trail = through(to, link_of(to), true, false);
            result.branches.push_back(
                {.relay = way_of_holder(world_.graph, world_.links, end, process, to).relay,
                 .hops = std::move(trail.hops),
                 .end = std::move(trail.end)});
        }
        return result;
    }

    [[nodiscard]] PathEnd unheld(SocketId end) const {
        PathEnd result{.reason = EndReason::unheld};
        const auto& socket = world_.graph[end];
        if (!world_.links.carriers_of(end).empty())
            result.note = "only a message that nobody has received refers to it";
        else if (socket.is_embryo())
            result.note = "accept() has not taken it yet";
        else if (socket.open && !socket.has_file)
            result.note = "the kernel itself uses it";
        else
            result.note = "no process that we can see holds it";
        return result;
    }

    // What the holders of an end have besides, where nothing explains it: not paired, not asked for by itself.
    [[nodiscard]] std::vector<std::pair<ProcessId, SocketId>> other_ends(SocketId end) const {
        std::vector<std::pair<ProcessId, SocketId>> others;
        for (const auto process : world_.relays.holders_of(end)) {
            const auto& [pairings, counted] = world_.relays.of(process);
            if (std::ranges::find(counted, end) == counted.end())
                continue;
            for (const auto other : counted) {
                const auto joins_it = [&](const Pairing& p) { return p.from == other || p.to == other; };
                const bool known = std::ranges::find(others, other, [](const auto& entry) {
                                       return entry.second;
                                   }) != others.end();
                if (!known && !visited_.contains(other) && !world_.asked.contains(other) &&
                    std::ranges::none_of(pairings, joins_it))
                    others.emplace_back(process, other);
            }
        }
        return others;
    }

    World& world_;
    std::set<SocketId> visited_;
    std::size_t channels_ = 0;
    std::size_t branches_left_;
};

// One way throughout, except where it moves both ways.
bool moves_only(const std::vector<Hop>& hops, Flow way) {
    bool moves = false, against = false;
    for (const auto& hop : hops) {
        const auto flow = std::visit([](const auto& known) { return known.flow; }, hop);
        moves = moves || flow == way;
        against = against || (flow != way && flow != Flow::both);
    }
    return moves && !against;
}

Path path_through(World& world, SocketId end, const Link& link) {
    Walk walk(world);
    auto ahead = walk.through(end, link, false, true);
    auto behind = walk.onward(end, false, true);
    Path path{.hops = reversed(std::move(behind.hops)),
              .front = std::move(behind.end),
              .back = std::move(ahead.end)};
    std::ranges::move(ahead.hops, std::back_inserter(path.hops));
    const bool front_forks = path.front.reason == EndReason::branches;
    const bool back_forks = path.back.reason == EndReason::branches;
    if (front_forks == back_forks ? moves_only(path.hops, Flow::backward) : front_forks) {
        path.hops = reversed(std::move(path.hops));
        std::swap(path.front, path.back);
    }
    return path;
}

} // namespace

Paths paths_through(const Graph& graph, const Links& links, const LinksOf& links_of,
                    std::span<const SocketId> ends, const PathLimits& limits) {
    Relays relays(graph, links_of);
    World world{graph, links, links_of, relays, limits, {ends.begin(), ends.end()}, {}};
    // A path with a fork in it tells more than the paths along its arms, so it goes first.
    std::vector<SocketId> order(ends.begin(), ends.end());
    const auto plain =
        std::ranges::stable_partition(order, [&](SocketId end) { return world.ways_from(end).size() > 1; });
    // A terminal means its slave, where the program is, so the way is told from there.
    std::ranges::stable_partition(plain, [&](SocketId end) {
        return graph[end].kind == Kind::pty && EndpointType{graph[end].type} == EndpointType::slave;
    });
    Paths result;
    for (const auto end : order) {
        const auto all = links_of(end);
        if (all.empty())
            result.apart.push_back(end);
        for (const auto& link : all)
            if (!world.told.contains(key_of(end, link)))
                result.paths.push_back(path_through(world, end, link));
    }
    return result;
}

Paths paths_through(const Graph& graph, const Links& links, std::span<const SocketId> ends,
                    const PathLimits& limits) {
    return paths_through(graph, links, [&](SocketId id) { return links.all(id); }, ends, limits);
}

} // namespace otherend::query
