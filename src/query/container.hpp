// SPDX-License-Identifier: MIT
// Containers by the names and ids that people and their tools use for them.
#pragma once

#include "model/graph.hpp"
#include "otherend/result.hpp"

#include <string_view>

namespace otherend::query {

// The container called `text`, among those whose processes are in the graph: by its id, its name, the end of a name
// that has parts ("web-0/app" or "app" of "prod/web-0/app"), or the beginning of its id, 4 digits or more. The first
// of these that fits decides. The error is of class usage and names the candidates if there are several, of class
// failed if there is none.
Result<const Container*> container_called(const model::Graph& graph, std::string_view text);

} // namespace otherend::query
