// SPDX-License-Identifier: MIT
// A graph of numbered sockets, and what the links say of them as text: "pending -> 3", "raced: why",
// "connected by tuple -> 10.0.0.9:80" for an end that is not here.
#pragma once

#include "../model/seen.hpp"
#include "base/ip_text.hpp"
#include "query/links.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace otherend::query {

using Texts = std::vector<std::string>;

inline std::string text(State state) {
    constexpr const char* words[] = {"connected", "pending",     "connecting", "closed", "inflight",
                                     "listening", "unconnected", "raced",      "unknown"};
    return words[static_cast<std::size_t>(state)];
}

class Scene {
  public:
    explicit Scene(const std::vector<model::Fact>& facts, model::Source primary = model::Source::bpf)
        : graph_(model::seen::graph_of(facts, primary)), links_(graph_) {}

    Scene(const Scene&) = delete; // links_ refers to graph_
    Scene& operator=(const Scene&) = delete;

    [[nodiscard]] const model::Graph& graph() const { return graph_; }
    [[nodiscard]] const Links& links() const { return links_; }

    // The socket that has the address of seen::nth(n) now, or else its inode.
    [[nodiscard]] model::SocketId id(std::uint32_t n) const {
        const auto [address, inode] = model::seen::nth(n);
        const auto found = graph_.find({.address = address});
        return found ? *found : model::seen::id_of(graph_, {.inode = inode});
    }

    [[nodiscard]] std::string own(std::uint32_t n) const { return text(links_.own(id(n))); }
    [[nodiscard]] std::string state(std::uint32_t n) const { return query::text(links_.state_of(id(n))); }
    [[nodiscard]] bool is_visible(std::uint32_t n) const { return links_.is_visible(id(n)); }
    [[nodiscard]] Texts all(std::uint32_t n) const {
        Texts texts;
        for (const auto& link : links_.all(id(n)))
            texts.push_back(text(link));
        return texts;
    }
    [[nodiscard]] std::optional<std::uint32_t> listener(std::uint32_t n) const {
        const auto listener = links_.listener_of(id(n));
        return listener ? std::optional(number_of(*listener)) : std::nullopt;
    }

  private:
    [[nodiscard]] std::uint32_t number_of(model::SocketId id) const {
        for (std::uint32_t n = 0;; ++n)
            if (const auto ref = model::seen::nth(n);
                graph_[id].self.address == ref.address || graph_[id].self.inode == ref.inode)
                return n;
    }
    [[nodiscard]] std::string text(const Link& link) const {
        constexpr const char* methods[] = {
            "", " by diag", " inferred", " by tuple", " by sequence", " by conntrack", " by tty", " by pipe"};
        auto text = query::text(link.state) + methods[static_cast<std::size_t>(link.method)];
        if (link.other)
            text += " -> " + std::to_string(number_of(*link.other));
        else if (link.far)
            text += " -> " + endpoint_text(*link.far);
        return link.note.empty() ? text : text + ": " + link.note;
    }

    model::Graph graph_;
    Links links_;
};

} // namespace otherend::query
