// SPDX-License-Identifier: MIT
#include "harness/compare.hpp"

#include "harness/facts.hpp"

#include <algorithm>
#include <ostream>

namespace otherend::harness {

namespace {

// Topics of which a truth may be silent: the answer then knows more, which is not judged.
bool is_judged(const Fact& answered, const std::vector<Fact>& truths) {
    static const std::set<std::string> may_be_silent{"opener", "rx_queue", "tx_queue",
                                                     "uid",    "local",    "tcp_state"};
    if (!may_be_silent.contains(answered.topic))
        return true;
    return std::ranges::any_of(truths, [&](const Fact& fact) { return fact.topic == answered.topic; });
}

Difference compare_facts(const std::string& key, std::vector<Fact> truths, const std::vector<Fact>& answers) {
    Difference difference;
    for (const auto& answer : answers) {
        const auto same = std::ranges::find_if(truths, [&](const Fact& fact) {
            return fact.topic == answer.topic &&
                   std::ranges::find(fact.values, answer.values.front()) != fact.values.end();
        });
        if (same != truths.end())
            truths.erase(same);
        else if (is_judged(answer, truths))
            difference.wrong.push_back(key + " " + text(answer));
    }
    for (const auto& fact : truths)
        if (fact.required)
            difference.missing.push_back(key + " " + text(fact));
    return difference;
}

void append(Difference& all, const Difference& part) {
    all.wrong.insert(all.wrong.end(), part.wrong.begin(), part.wrong.end());
    all.missing.insert(all.missing.end(), part.missing.begin(), part.missing.end());
}

class Comparison {
  public:
    Comparison(const Truth& truth, Source source) : truth_(truth), source_(source) {}

    void take(const Json& endpoint, bool alone);
    Difference finish(const std::optional<std::set<std::string>>& asked);

  private:
    [[nodiscard]] bool mentions_topology(const Json& endpoint) const;
    [[nodiscard]] bool is_frame(const Json& endpoint) const;
    [[nodiscard]] bool is_expected(const std::string& key) const { return !asked_ || asked_->contains(key); }
    void match_unnumbered();

    const Truth& truth_;
    Source source_;
    std::optional<std::set<std::string>> asked_;
    std::set<std::string> seen_;
    std::vector<Json> unnumbered_; // ends that wait for accept() have no inode
    std::vector<std::pair<std::string, Json>> numbered_;
    Difference difference_;
};

bool Comparison::mentions_topology(const Json& endpoint) const {
    const auto is_ours = [&](const Json& object) { return truth_.key_of(object).has_value(); };
    return (endpoint.contains("listener") && is_ours(endpoint["listener"])) ||
           (endpoint.contains("peers") && std::ranges::any_of(endpoint["peers"], is_ours));
}

// Standard input and output of the program, by which the harness speaks with it.
bool Comparison::is_frame(const Json& endpoint) const {
    return endpoint.value("kind", "") == "pipe" && endpoint.contains("holders") &&
           std::ranges::any_of(endpoint["holders"], [&](const Json& holder) {
               return holder.value("fd", 9) <= 2 && truth_.has_process(holder.value("pid", 0));
           });
}

void Comparison::take(const Json& endpoint, bool alone) {
    if (const auto key = truth_.key_of(endpoint))
        numbered_.emplace_back(*key, endpoint);
    else if (is_frame(endpoint) || !(alone || mentions_topology(endpoint)))
        return;
    else if (!endpoint.contains("inode") && endpoint.value("kind", "") == "unix")
        unnumbered_.push_back(endpoint);
    else
        difference_.wrong.push_back("not of the topology: " + endpoint.dump());
}

// Each goes with the end that resembles it most.
void Comparison::match_unnumbered() {
    for (const auto& [key, endpoint] : truth_.endpoints().items()) {
        if (endpoint.value("kind", "unix") != "unix" || endpoint.contains("inode") || !is_expected(key))
            continue;
        const auto truths = true_facts(truth_, key, source_);
        const auto distance = [&](const Json& answer) {
            const auto difference = compare_facts(key, truths, answered_facts(truth_, answer));
            return difference.wrong.size() + difference.missing.size();
        };
        const auto best = std::ranges::min_element(unnumbered_, {}, distance);
        if (best == unnumbered_.end())
            continue;
        numbered_.emplace_back(key, *best);
        unnumbered_.erase(best);
    }
    for (const auto& rest : unnumbered_)
        difference_.wrong.push_back("not of the topology: " + rest.dump());
}

Difference Comparison::finish(const std::optional<std::set<std::string>>& asked) {
    asked_ = asked;
    match_unnumbered();
    for (const auto& [key, answer] : numbered_) {
        if (!seen_.insert(key).second && !truth_.at(key).contains("may_repeat"))
            difference_.wrong.push_back(key + " is answered twice");
        else if (!is_expected(key))
            difference_.wrong.push_back(key + " was not asked for");
        else
            append(difference_,
                   compare_facts(key, true_facts(truth_, key, source_), answered_facts(truth_, answer)));
    }
    for (const auto& [key, endpoint] : truth_.endpoints().items())
        if (is_expected(key) && !seen_.contains(key) && !endpoint.contains("optional"))
            difference_.missing.push_back(key + " is not answered");
    return difference_;
}

} // namespace

std::ostream& operator<<(std::ostream& out, const Difference& difference) {
    out << difference.wrong.size() << " wrong, " << difference.missing.size() << " missing\n";
    for (const auto& line : difference.wrong)
        out << "  wrong:   " << line << '\n';
    for (const auto& line : difference.missing)
        out << "  missing: " << line << '\n';
    return out;
}

Difference compare(const Truth& truth, const Json& answer, Source source,
                   const std::optional<std::set<std::string>>& asked, bool with_strangers) {
    if (!answer.is_object() || !answer.contains("endpoints"))
        return {.wrong = {"the answer is no document: " + answer.dump()}, .missing = {}};
    const auto known = truth.as_known_to(source);
    Comparison comparison(known, source);
    for (const auto& endpoint : answer["endpoints"])
        comparison.take(endpoint, asked && !with_strangers);
    return comparison.finish(asked);
}

} // namespace otherend::harness
