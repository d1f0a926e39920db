// SPDX-License-Identifier: MIT
// Whatever cgroups are called: an id can be part of a path, and what is found is part of the text.
#include "system/parse/cgroup.hpp"

#include <cstdint>
#include <cstdlib>

using namespace otherend;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto placement = system::parse_cgroup(text);
    if (!placement.id.empty() &&
        (placement.id.size() != 64 ||
         placement.id.find_first_not_of("0123456789abcdef") != std::string_view::npos))
        std::abort();
    if (placement.id.empty() && !placement.runtime.empty())
        std::abort();
    if (placement.unit.find_first_of("/\n ") != std::string_view::npos ||
        text.find(placement.unit) == std::string_view::npos)
        std::abort();
    if (!placement.unit.empty() && !placement.id.empty())
        std::abort();
    return 0;
}
