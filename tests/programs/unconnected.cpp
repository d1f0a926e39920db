// SPDX-License-Identifier: MIT
// Sockets that never met anybody: of each type, bound and unbound.
#include "topology.hpp"

#include <utility>

using namespace otherend::topology;

int main() {
    Topology topology;
    for (const auto& [name, type] :
         {std::pair{"stream", SOCK_STREAM}, {"dgram", SOCK_DGRAM}, {"seqpacket", SOCK_SEQPACKET}}) {
        topology.truth.hold(name, make_socket(type));
        topology.truth.hold(std::string("bound-") + name, make_bound(type, topology.path(name)));
    }
    topology.present();
}
