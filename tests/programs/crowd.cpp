// SPDX-License-Identifier: MIT
// More sockets than one piece of an iterator or the small ring buffer takes: in our network namespace, or in another,
// which otherend then meets unprepared.
#include "topology.hpp"

#include <sys/resource.h>

using namespace otherend::topology;

namespace {

constexpr int pairs = 1000;

void open_many_files() {
    rlimit files{};
    check(getrlimit(RLIMIT_NOFILE, &files), "getrlimit");
    files.rlim_cur = files.rlim_max;
    check(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
}

void crowd(Truth& truth) {
    for (int i = 0; i < pairs; ++i) {
        const auto one = "one" + std::to_string(i), other = "other" + std::to_string(i);
        const auto [left, right] = make_pair(SOCK_STREAM);
        truth.hold(one, left);
        truth.hold(other, right);
        truth.join(one, other);
        truth.opened_here(one);
        truth.opened_here(other);
    }
}

} // namespace

int main(int argc, char** argv) {
    Topology topology;
    open_many_files();
    if (argc == 2 && argv[1] == std::string("elsewhere"))
        topology.include(start([&](Report& report) {
            enter_new_netns();
            crowd(report.truth);
        }));
    else
        crowd(topology.truth);
    topology.present();
}
