// SPDX-License-Identifier: MIT
// Processes and channels between them by one line each, and what the path says of them as text.
#pragma once

#include "../model/seen.hpp"
#include "query/path.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace otherend::query {

// Endpoints are numbers; the test says which two are a channel, so that any kind can be joined.
class Wires {
  public:
    void stream(std::uint32_t a, std::uint32_t b, std::string_view name_of_b = {}) {
        auto server = model::seen::joined(nth(b), nth(a));
        server.name = name_of_b;
        graph_.apply(model::seen::joined(nth(a), nth(b)));
        graph_.apply(server);
        join(a, b, Method::pointer);
    }
    // An end whose far end is not here, in whatever state.
    void alone(std::uint32_t a, Link link) {
        graph_.apply(model::seen::idle(nth(a)));
        links_[id(a)] = std::move(link);
    }
    void datagram(std::uint32_t a, std::uint32_t b) {
        graph_.apply(model::seen::sending(nth(a), nth(b)));
        graph_.apply(model::seen::idle(nth(b), EndpointType::dgram));
        join(a, b, Method::pointer);
    }
    void listener(std::uint32_t a) { graph_.apply(model::seen::listening(nth(a), a)); }
    void pipe(std::uint32_t write, std::uint32_t read) {
        graph_.apply(model::PipeFact{nth(write), nth(read), EndpointType::write, 0, true});
        graph_.apply(model::PipeFact{nth(read), nth(write), EndpointType::read, 0, true});
        join(write, read, Method::pipe);
    }
    void pty(std::uint32_t master, std::uint32_t slave) {
        graph_.apply(model::PtyFact{nth(master), nth(slave), EndpointType::master, 3, 0, true});
        graph_.apply(model::PtyFact{nth(slave), nth(master), EndpointType::slave, 3, 0, true});
        join(master, slave, Method::tty);
    }
    void tcp(std::uint32_t a, std::uint16_t a_port, std::uint32_t b, std::uint16_t b_port) {
        graph_.apply(inet(a, a_port, b_port));
        graph_.apply(inet(b, b_port, a_port));
        join(a, b, Method::tuple);
    }
    void tcp_to_elsewhere(std::uint32_t a, std::uint16_t port, std::uint16_t remote) {
        graph_.apply(inet(a, port, remote));
        links_[id(a)] = {.state = State::connected, .method = Method::tuple};
    }
    void held(std::uint32_t end, int pid, const std::vector<int>& fds, std::string_view comm = "p") {
        const auto& socket = graph_[id(end)];
        for (const int fd : fds) {
            auto fact = model::seen::held(nth(end), pid, fd, comm);
            fact.kind = socket.kind;
            fact.type = socket.type;
            graph_.apply(fact);
        }
    }
    // Watched: it wrote what it had read, or (`direct` 0) only wrote after it had read.
    void moved(int pid, int from, int to, std::uint64_t direct = 1) {
        graph_.apply(model::TransferFact{
            .pid = Pid{pid}, .from = from, .to = to, .count = 1, .direct = direct, .bytes = 100});
    }
    void apply(const model::Fact& fact) { graph_.apply(fact); }

    [[nodiscard]] Paths paths(const std::vector<std::uint32_t>& ends, const PathLimits& limits = {}) const {
        const Links links(graph_);
        std::vector<model::SocketId> ids;
        for (const auto end : ends)
            ids.push_back(id(end));
        const auto links_of = [&](model::SocketId end) {
            const auto known = links_.find(end);
            return known == links_.end() ? std::vector<Link>{} : std::vector<Link>{known->second};
        };
        return paths_through(graph_, links, links_of, ids, limits);
    }
    // The paths through these ends, one a line.
    [[nodiscard]] std::string told(const std::vector<std::uint32_t>& ends,
                                   const PathLimits& limits = {}) const {
        std::string out;
        for (const auto& path : paths(ends, limits).paths) {
            out += out.empty() ? "" : "\n";
            out += text(path.front, true) + text(path.hops) + text(path.back, false);
        }
        return out;
    }

  private:
    static model::SocketRef nth(std::uint32_t n) { return model::seen::nth(n); }
    static model::InetFact inet(std::uint32_t a, std::uint16_t port, std::uint16_t remote) {
        model::InetFact fact{.socket = nth(a), .local = {.port = port}, .remote = IpEndpoint{.port = remote}};
        fact.netns = model::seen::home;
        fact.tcp.state = TcpState::established;
        return fact;
    }
    [[nodiscard]] model::SocketId id(std::uint32_t n) const { return model::seen::id_of(graph_, nth(n)); }
    void join(std::uint32_t a, std::uint32_t b, Method method) {
        links_[id(a)] = {.state = State::connected, .method = method, .other = id(b)};
        links_[id(b)] = {.state = State::connected, .method = method, .other = id(a)};
    }

    static std::string text(Flow flow) {
        return flow == Flow::both ? "=" : flow == Flow::forward ? ">" : "<";
    }
    static std::string text(const std::optional<Endpoint>& end) {
        if (!end)
            return "?";
        return end->inode ? std::to_string(number(*end->inode) - number(model::seen::nth(0).inode))
                          : fmt::format(":{}", end->local ? end->local->port : 0);
    }
    static std::string pids(const std::vector<Holder>& holders) {
        std::vector<std::string> seen;
        for (const auto& holder : holders)
            if (const auto pid = std::to_string(number(holder.pid));
                std::ranges::find(seen, pid) == seen.end())
                seen.push_back(pid);
        return fmt::format("{}", fmt::join(seen, "+"));
    }
    // "1=2" a channel, " (7>)" a relay by process 7 in that direction, "!" behind it: observed.
    static std::string text(const std::vector<Hop>& hops) {
        std::string out;
        for (const auto& hop : hops) {
            if (const auto* relay = std::get_if<Relay>(&hop))
                out += text(*relay);
            else
                out += text(std::get<Channel>(hop).near) + text(std::get<Channel>(hop).flow) +
                       text(std::get<Channel>(hop).far);
        }
        return out;
    }
    static std::string text(const Relay& relay) {
        return fmt::format(" ({}{}{}) ", pids(relay.before), text(relay.flow),
                           relay.evidence == Evidence::observed ? "!" : "");
    }
    static std::string text(const PathEnd& end, bool front) {
        constexpr const char* words[] = {"",         " remote",   " closed", " unheld",
                                         " unknown", " branches", " cycle",  " limit"};
        std::string out = words[static_cast<std::size_t>(end.reason)];
        for (const auto& branch : end.branches)
            out += " [" + (branch.relayed ? text(branch.relay) : pids(branch.relay.before) + " holds ") +
                   text(branch.hops) + text(branch.end, false) + "]";
        if (end.cut > 0)
            out += fmt::format(" +{}", end.cut);
        return out.empty() || !front ? out : "{" + out + " } ";
    }

    model::Graph graph_;
    std::map<model::SocketId, Link> links_;
};

} // namespace otherend::query
