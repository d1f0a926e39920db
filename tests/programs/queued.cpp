// SPDX-License-Identifier: MIT
// Unread bytes, as SIOCINQ counts them: all that is queued, but of datagrams only the next (unix_inq_len()). Of a
// stream's message a part was read; Linux 6.17, and 6.18 before some stable release, still count all of it.
#include "topology.hpp"

#include <linux/sockios.h>
#include <string>
#include <sys/ioctl.h>
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
        if (type == SOCK_STREAM) {
            std::string part(100, ' ');
            check(static_cast<int>(read(to, part.data(), part.size())), "read");
        }
        int unread = 0;
        check(ioctl(to, SIOCINQ, &unread), "ioctl(SIOCINQ)");
        truth.hold(writer, from);
        truth.hold(reader, to);
        truth.join(writer, reader);
        truth.say(reader, "rx_queue", unread);
        truth.say(writer, "rx_queue", 0U);
    }
    topology.present();
}
