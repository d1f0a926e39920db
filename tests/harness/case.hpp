// SPDX-License-Identifier: MIT
// A topology program as a test's parameter.
#pragma once

#include "harness/process.hpp"

#include <ostream>
#include <string>

namespace otherend::harness {

struct Case {
    std::string program;
    Arguments arguments;
};

inline std::ostream& operator<<(std::ostream& out, const Case& topology) {
    return out << topology.program;
}

// As a part of a test's name.
inline std::string name_of(const Case& topology) {
    std::string name = topology.program;
    for (const auto& argument : topology.arguments)
        name += "_" + argument;
    return name;
}

} // namespace otherend::harness
