// SPDX-License-Identifier: MIT
// The few numbers that stand for many. Medians, because one run in many is disturbed and a mean shows only that.
#pragma once

#include <vector>

namespace otherend::bench {

struct Summary {
    double min = 0, median = 0, max = 0;

    bool operator==(const Summary&) const = default;
};

Summary summary_of(std::vector<double> values); // which are not empty

// Round by round, so that a machine that is slow for a while slows both: numerator[i] / denominator[i].
std::vector<double> quotients(const std::vector<double>& numerator, const std::vector<double>& denominator);

} // namespace otherend::bench
