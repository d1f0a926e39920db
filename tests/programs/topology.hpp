// SPDX-License-Identifier: MIT
// The frame of every program: build, print the truth as one line, live until standard input ends. Descriptors 0 to 2
// belong to it.
#pragma once

#include "process.hpp"
#include "sockets.hpp"
#include "truth.hpp"

#include <string>
#include <string_view>

namespace otherend::topology {

class Topology {
  public:
    Topology();

    Truth truth;
    void include(Party party) { truth.merge(party.report()); }
    [[nodiscard]] std::string path(std::string_view name) const; // in a directory that goes with the program

    [[noreturn]] void present();
};

} // namespace otherend::topology
