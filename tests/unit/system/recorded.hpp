// SPDX-License-Identifier: MIT
// What data/record.py wrote down on Linux 6.18: answers of the kernel, and which inode was whose.
#pragma once

#include "otherend/ids.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

namespace otherend::system {

inline std::ifstream open_recorded(const std::string& name) {
    return std::ifstream(std::filesystem::path(__FILE__).parent_path() / "data" / name, std::ios::binary);
}

inline std::string recorded(const std::string& name) {
    auto file = open_recorded(name);
    return {std::istreambuf_iterator(file), {}};
}

inline std::map<std::string, Inode> recorded_truth() {
    auto file = open_recorded("truth.txt");
    std::map<std::string, Inode> truth;
    std::string label;
    for (std::uint64_t inode = 0; file >> label >> inode;)
        truth[label] = Inode{inode};
    return truth;
}

} // namespace otherend::system
