// SPDX-License-Identifier: MIT
// What data/record.py and data/record_inet.py wrote down on Linux 6.18: answers of the kernel, and what was true.
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

struct RecordedEnd {
    Inode inode{};
    std::string local, remote; // "-" if it is not connected
};

inline std::map<std::string, RecordedEnd> recorded_ends() {
    auto file = open_recorded("inet_truth.txt");
    std::map<std::string, RecordedEnd> truth;
    std::string label;
    std::uint64_t inode = 0;
    for (RecordedEnd end; file >> label >> inode >> end.local >> end.remote;) {
        end.inode = Inode{inode};
        truth[label] = end;
    }
    return truth;
}

} // namespace otherend::system
