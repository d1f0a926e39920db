// SPDX-License-Identifier: MIT
#pragma once

#include "wires.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

namespace otherend::query {

// A process 1 with the ends 10, 20 … of channels that lead to 11, 21 … at processes 101, 102 …
class Relaying : public testing::Test {
  protected:
    void stream(std::uint32_t end, std::vector<int> fds, std::string_view far_name = {}) {
        wires.stream(end, end + 1, far_name);
        hold(end, std::move(fds));
    }
    void reads_pipe(std::uint32_t end, std::vector<int> fds) {
        wires.pipe(end + 1, end);
        hold(end, std::move(fds));
    }
    void writes_pipe(std::uint32_t end, std::vector<int> fds) {
        wires.pipe(end, end + 1);
        hold(end, std::move(fds));
    }
    void terminal(std::uint32_t end, std::vector<int> fds) {
        wires.pty(end + 1, end);
        hold(end, std::move(fds));
    }
    void hold(std::uint32_t end, std::vector<int> fds) {
        wires.held(end, 1, fds);
        wires.held(end + 1, static_cast<int>(100 + end / 10), {9});
    }

    Wires wires;
};

} // namespace otherend::query
