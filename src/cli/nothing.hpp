// SPDX-License-Identifier: MIT
// Why a target matched nothing.
#pragma once

#include "model/graph.hpp"
#include "otherend/result.hpp"
#include "query/target.hpp"

#include <string>

namespace otherend::cli {

// One line for people; or an error, where the reason is that we were not allowed to look.
Result<std::string> explain_nothing(const model::Graph& graph, const query::Target& target,
                                    const std::string& text);

} // namespace otherend::cli
