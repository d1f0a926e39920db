// SPDX-License-Identifier: MIT
#include "topology.hpp"

#include <cstdio>
#include <cstdlib>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace otherend::topology {

Topology::Topology() {
    const auto comm = "oe-" + std::to_string(getpid()); // children inherit it: comm:NAME selects the topology
    check(prctl(PR_SET_NAME, comm.c_str()), "prctl(PR_SET_NAME)");
    make_directory();
    alarm(60); // a program that cannot build its topology must not stay
}

std::string Topology::path(std::string_view name) const {
    return own_directory() + "/" + std::string(name);
}

void Topology::present() {
    truth.settle();
    const auto line = truth.line();
    std::printf("%s\n", line.c_str());
    std::fflush(stdout);
    alarm(0);
    char byte = 0;
    while (read(STDIN_FILENO, &byte, 1) > 0)
        ;
    remove_directory();
    _exit(EXIT_SUCCESS);
}

} // namespace otherend::topology
