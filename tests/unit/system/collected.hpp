// SPDX-License-Identifier: MIT
// A sink that keeps what it is given, with the bytes the facts point to.
#pragma once

#include "model/fact.hpp"

#include <deque>
#include <string>
#include <variant>
#include <vector>

namespace otherend::system {

class Collected {
  public:
    [[nodiscard]] model::FactSink sink() {
        return [this](const model::Fact& fact) {
            facts_.push_back(fact);
            std::visit([this](auto& known) { own(known); }, facts_.back());
        };
    }

    template <typename Fact> [[nodiscard]] std::vector<Fact> of() const& {
        std::vector<Fact> found;
        for (const auto& fact : facts_)
            if (const auto* known = std::get_if<Fact>(&fact))
                found.push_back(*known);
        return found;
    }
    template <typename Fact> std::vector<Fact> of() && = delete; // which would outlive their bytes

    [[nodiscard]] std::size_t size() const { return facts_.size(); }

  private:
    void own(std::string_view& view) { view = texts_.emplace_back(view); }
    void own(model::SocketFact& fact) {
        own(fact.name);
        fact.waiting = inodes_.emplace_back(fact.waiting.begin(), fact.waiting.end());
    }
    void own(model::HolderFact& fact) { own(fact.comm); }
    void own(model::PipeFact& fact) { own(fact.path); }
    void own(model::ExecutableFact& fact) { own(fact.path); }
    void own(model::ContainerFact& fact) { own(fact.unit); }
    void own(model::UnseenFact& fact) {
        own(fact.what);
        own(fact.why);
    }
    template <typename Other> void own(Other&) {}

    std::vector<model::Fact> facts_;
    std::deque<std::string> texts_;
    std::deque<std::vector<Inode>> inodes_;
};

} // namespace otherend::system
