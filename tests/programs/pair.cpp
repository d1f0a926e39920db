// SPDX-License-Identifier: MIT
// Socketpairs of each type: both ends in one process, and one end on each side of a fork.
#include "topology.hpp"

#include <unistd.h>
#include <utility>

using namespace otherend::topology;

int main() {
    Topology topology;
    auto& truth = topology.truth;

    for (const auto& [name, type] :
         {std::pair{"stream", SOCK_STREAM}, {"dgram", SOCK_DGRAM}, {"seqpacket", SOCK_SEQPACKET}}) {
        const auto key = [name = std::string(name)](const char* end) { return name + "-" + end; };

        const auto [left, right] = make_pair(type);
        topology.include(start([&, right = right](Report& child) {
            keep_only({right});
            child.truth.hold(key("child"), right);
        }));
        close(right);
        truth.hold(key("parent"), left);
        truth.join(key("parent"), key("child"));

        const auto [one, other] = make_pair(type);
        truth.hold(key("one"), one);
        truth.hold(key("other"), other);
        truth.join(key("one"), key("other"));
        for (const auto* end : {"parent", "child", "one", "other"})
            truth.opened_here(key(end));
    }
    topology.present();
}
