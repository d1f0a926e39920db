// SPDX-License-Identifier: MIT
// Truth against answer. Both are broken into facts of one line each, said of one endpoint; what the answer says
// and is not true is wrong, what is true and the answer does not say is missing.
#pragma once

#include "harness/truth.hpp"

#include <iosfwd>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace otherend::harness {

struct Difference {
    std::vector<std::string> wrong, missing;

    [[nodiscard]] bool none() const { return wrong.empty() && missing.empty(); }
};

std::ostream& operator<<(std::ostream& out, const Difference& difference);

// Answers of a whole host contain more than the topology: endpoints of others are skipped, unless they claim an
// edge to one of ours. With `asked`, exactly these keys must be answered, and nothing else at all, or, with strangers,
// nothing else of the topology.
Difference compare(const Truth& truth, const Json& answer, Source source,
                   const std::optional<std::set<std::string>>& asked = std::nullopt,
                   bool with_strangers = false);

} // namespace otherend::harness
