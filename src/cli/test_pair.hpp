// SPDX-License-Identifier: MIT
// A channel of which this process holds both ends, made to be looked for.
#pragma once

#include "base/fd.hpp"
#include "model/graph.hpp"
#include "otherend/result.hpp"

#include <functional>
#include <vector>

namespace otherend::cli {

struct TestPair {
    std::vector<Fd> held; // it exists as long as these
    std::function<bool(const model::Graph&, const model::Socket&)> is_end;
};

// Addresses are of 127.0.0.0/8, in the network namespace of the calling thread.
Result<TestPair> make_test_pair(Kind kind);

} // namespace otherend::cli
