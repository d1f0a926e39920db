// SPDX-License-Identifier: MIT
// The JSON contract "otherend/1", whatever the answer is about: words, types, and that absent is absent.
#pragma once

#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace otherend::harness {

// What breaks it, each with its place; empty if nothing does.
std::vector<std::string> breaches_of_contract(const nlohmann::json& answer);

} // namespace otherend::harness
