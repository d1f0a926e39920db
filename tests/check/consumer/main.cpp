// SPDX-License-Identifier: MIT
// What a program elsewhere does with the installed library: it asks who holds the other end of its own pair.
#include <otherend/otherend.hpp>

#include <iostream>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

int main() {
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
        return 1;
    const auto target = std::to_string(getpid()) + "/" + std::to_string(pair[0]);
    const auto answer = otherend::resolve({.targets = {target}});
    if (!answer) {
        std::cerr << answer.error().message << '\n';
        return 1;
    }
    const auto& holder = answer->endpoints.at(0).peers.at(0).holders.at(0);
    std::cout << target << " is joined to descriptor " << holder.fd << " of " << holder.comm << '\n';
    return holder.fd == pair[1] ? 0 : 1;
}
