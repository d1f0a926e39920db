// SPDX-License-Identifier: MIT
// A topology by dice: at least 300 endpoints of every type and state in many processes, threads and network
// namespaces. The same seed throws the same dice. Argument: the seed.
#include "random/director.hpp"
#include "topology.hpp"

#include <cstdlib>

using namespace otherend::topology;

int main(int argc, char** argv) {
    Topology topology;
    const auto seed = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1;
    Director director(topology, static_cast<std::uint32_t>(seed));
    director.cast();
    director.play(300);
    director.tell(topology.truth);
    topology.present();
}
