// SPDX-License-Identifier: MIT
// One endpoint as a list of facts. The words before the colon are the topic: "state: connected",
// "peer left, holder: fd 12/3 ...". Truth may accept several wordings of a fact, or do without it.
#pragma once

#include "harness/truth.hpp"

#include <string>
#include <vector>

namespace otherend::harness {

struct Fact {
    std::string topic;
    std::vector<std::string> values; // any of which is right; an answer has one
    bool required = true;
};

std::string text(const Fact& fact);

std::vector<Fact> true_facts(const Truth& truth, const std::string& key, Source source);
std::vector<Fact> answered_facts(const Truth& truth, const Json& endpoint);

} // namespace otherend::harness
