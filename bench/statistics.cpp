// SPDX-License-Identifier: MIT
#include "statistics.hpp"

#include <algorithm>
#include <cassert>
#include <functional>

namespace otherend::bench {

Summary summary_of(std::vector<double> values) {
    assert(!values.empty());
    std::ranges::sort(values);
    const auto middle = values.size() / 2;
    const double median = values.size() % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    return {.min = values.front(), .median = median, .max = values.back()};
}

std::vector<double> quotients(const std::vector<double>& numerator, const std::vector<double>& denominator) {
    assert(numerator.size() == denominator.size());
    std::vector<double> result(numerator.size());
    std::ranges::transform(numerator, denominator, result.begin(), std::divides());
    return result;
}

} // namespace otherend::bench
