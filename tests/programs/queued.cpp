// SPDX-License-Identifier: MIT
// Unread bytes: all of a stream's, and the next message's of the others, as SIOCINQ counts (unix(7)).
#include "topology.hpp"

#include <string>
#include <unistd.h>
#include <utility>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;
    for (const auto& [name, type] :
         {std::pair{"stream", SOCK_STREAM}, {"dgram", SOCK_DGRAM}, {"seqpacket", SOCK_SEQPACKET}}) {
        const auto writer = std::string(name) + "-writer", reader = std::string(name) + "-reader";
        const auto [from, to] = make_pair(type);
        for (const std::size_t size : {1000, 234})
            check(static_cast<int>(write(from, std::string(size, 'x').data(), size)), "write");
        truth.hold(writer, from);
        truth.hold(reader, to);
        truth.join(writer, reader);
        truth[reader]["rx_queue"] = type == SOCK_STREAM ? 1234 : 1000;
        truth[writer]["rx_queue"] = 0;
    }
    topology.present();
}
