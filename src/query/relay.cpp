// SPDX-License-Identifier: MIT
#include "query/relay.hpp"

#include "query/process_ends.hpp"

#include <algorithm>
#include <utility>

namespace otherend::query {

using model::Graph;
using model::ProcessId;
using model::SocketId;

namespace {

// What a process reads from and writes to as one: two descriptors of a coprocess, or twice the same end.
struct Side {
    const ProcessEnd* in = nullptr;
    const ProcessEnd* out = nullptr;
};

// The sides of a process, by rule 3.
class Sides {
  public:
    Sides(const ProcessEnds& ends, const Relays& relays) : relays_(relays) {
        for (const auto& end : ends)
            if (end.counts)
                sort_in(end);
        join_coprocesses();
    }

    [[nodiscard]] const std::vector<Side>& duplex() const { return duplex_; }
    [[nodiscard]] const Side& standard() const { return standard_; }

    // The stage of a pipeline that a process without duplex sides is.
    [[nodiscard]] std::optional<Side> stage() const {
        const bool has_terminal = standard_.in && standard_.in == standard_.out;
        const auto of_standard = [](const ProcessEnd* end) { return end && end->is_pipe(); };
        const auto pipes = std::size_t{of_standard(standard_.in)} + std::size_t{of_standard(standard_.out)};
        if (standard_.in && standard_.out && !has_terminal && reads_.size() + writes_.size() == pipes)
            return standard_;
        if (!has_terminal && reads_.size() == 1 && writes_.size() == 1)
            return Side{reads_.front(), writes_.front()};
        return std::nullopt;
    }

  private:
    void sort_in(const ProcessEnd& end) {
        if (end.is_pipe())
            (end.reads() ? reads_ : writes_).push_back(&end);
        if (!end.is_pipe() && !end.is_terminal()) {
            duplex_.push_back({&end, &end});
            return;
        }
        if (end.is_on(0) && end.reads())
            standard_.in = &end;
        if (end.is_on(1) && end.writes())
            standard_.out = &end;
    }

    [[nodiscard]] bool lead_to_one_process(const ProcessEnd& a, const ProcessEnd& b) const {
        if (!a.other || !b.other)
            return false;
        const auto of_a = relays_.holders_of(*a.other), of_b = relays_.holders_of(*b.other);
        return std::ranges::any_of(
            of_a, [&](ProcessId process) { return std::ranges::find(of_b, process) != of_b.end(); });
    }

    void join_coprocesses() {
        for (const auto* read : reads_) {
            if (read == standard_.in)
                continue;
            std::vector<const ProcessEnd*> partners;
            for (const auto* write : writes_)
                if (write != standard_.out && lead_to_one_process(*read, *write))
                    partners.push_back(write);
            if (partners.size() == 1)
                duplex_.push_back({read, partners.front()});
        }
    }

    const Relays& relays_;
    std::vector<Side> duplex_;
    Side standard_;
    std::vector<const ProcessEnd*> reads_, writes_; // pipes
};

void join(const Side& a, const Side& b, std::vector<Pairing>& out) {
    const bool both = a.in == a.out && b.in == b.out;
    if (a.in && b.out)
        out.push_back({.from = a.in->id, .to = b.out->id, .both = both});
    if (!both && b.in && a.out)
        out.push_back({.from = b.in->id, .to = a.out->id, .both = false});
}

std::vector<Pairing> infer(const Graph& graph, const ProcessEnds& ends, const Relays& relays) {
    std::vector<Pairing> pairings;
    const Sides sides(ends, relays);
    const auto& duplex = sides.duplex();
    if (duplex.size() == 2 && !are_alike(graph, *duplex[0].in, *duplex[1].in))
        join(duplex[0], duplex[1], pairings);
    else if (duplex.size() == 1)
        join(duplex[0], sides.standard(), pairings);
    else if (const auto stage = duplex.empty() ? sides.stage() : std::nullopt)
        pairings.push_back({.from = stage->in->id, .to = stage->out->id, .both = false});
    return pairings;
}

// The end behind a descriptor, unless the number meant another file when it was watched.
const ProcessEnd* end_on(const Graph& graph, const ProcessEnds& ends, int fd, Inode inode) {
    const auto found = std::ranges::find_if(ends, [&](const ProcessEnd& end) { return end.is_on(fd); });
    if (found == ends.end())
        return nullptr;
    const auto known = graph[found->id].self.inode;
    return is_set(inode) && is_set(known) && inode != known ? nullptr : &*found;
}

// What was watched of a process, both ways of a pair in one.
std::vector<Pairing> observe(const Graph& graph, Pid pid, const ProcessEnds& ends) {
    std::vector<Pairing> pairings;
    for (const auto& transfer : graph.transfers()) {
        if (transfer.pid != pid)
            continue;
        const auto* from = end_on(graph, ends, transfer.from, transfer.from_inode);
        const auto* to = end_on(graph, ends, transfer.to, transfer.to_inode);
        if (!from || !to || to->is_log || from->id == to->id || from->other == to->id)
            continue;
        const auto known = std::ranges::find_if(pairings, [&](const Pairing& p) {
            return (p.from == from->id && p.to == to->id) || (p.from == to->id && p.to == from->id);
        });
        auto& pairing =
            known == pairings.end()
                ? pairings.emplace_back(
                      Pairing{.from = from->id, .to = to->id, .both = false, .evidence = Evidence::observed})
                : *known;
        pairing.both = pairing.both || pairing.from != from->id;
        pairing.transfers += transfer.count;
        pairing.direct += transfer.direct;
        pairing.bytes += transfer.bytes;
    }
    return pairings;
}

bool join_the_same(const Pairing& a, const Pairing& b) {
    return std::minmax(a.from, a.to) == std::minmax(b.from, b.to);
}

constexpr std::uint64_t no_coincidence = 3; // writes that merely followed a read

std::vector<Pairing> confirm(std::vector<Pairing> inferred, std::vector<Pairing> observed) {
    const bool has_strong = std::ranges::any_of(observed, [](const Pairing& p) { return p.direct > 0; });
    std::erase_if(observed, [&](const Pairing& p) {
        const bool is_alone = inferred.empty() && !has_strong && p.transfers >= no_coincidence;
        return p.direct == 0 && !is_alone &&
               std::ranges::none_of(inferred, [&](const Pairing& guess) { return join_the_same(p, guess); });
    });
    const auto was_observed = [&](const Pairing& guess) {
        return std::ranges::any_of(observed, [&](const Pairing& p) { return join_the_same(p, guess); });
    };
    if (!observed.empty() && std::ranges::none_of(inferred, was_observed))
        return observed;
    for (const auto& guess : inferred) {
        const auto seen =
            std::ranges::find_if(observed, [&](const Pairing& p) { return join_the_same(p, guess); });
        if (seen == observed.end())
            observed.push_back(guess);
        else
            seen->both = seen->both || guess.both;
    }
    return observed;
}

} // namespace

Relays::Relays(const Graph& graph, LinksOf links_of) : graph_(graph), links_of_(std::move(links_of)) {
    graph.for_each_socket([&](SocketId id, const model::Socket& socket) {
        if (!socket.gone)
            graph.for_each_holder(socket,
                                  [&](const model::HolderEntry& holder) { ends_.add(holder.process, id); });
    });
    ends_.close();
}

std::vector<ProcessId> Relays::holders_of(SocketId end) const {
    std::vector<ProcessId> processes;
    graph_.for_each_holder(graph_[end], [&](const model::HolderEntry& holder) {
        if (std::ranges::find(processes, holder.process) == processes.end())
            processes.push_back(holder.process);
    });
    return processes;
}

const Relays::Of& Relays::of(ProcessId process) {
    const auto known = known_.find(process);
    if (known != known_.end())
        return known->second;
    std::vector<SocketId> ids;
    for (const auto& [owner, id] : ends_[process])
        ids.push_back(id);
    const auto ends = ends_of(graph_, links_of_, process, ids);
    Of of{.pairings = confirm(infer(graph_, ends, *this), observe(graph_, graph_.process(process).pid, ends)),
          .counted = {}};
    for (const auto& end : ends)
        if (end.counts)
            of.counted.push_back(end.id);
    return known_.emplace(process, std::move(of)).first->second;
}

} // namespace otherend::query
