// SPDX-License-Identifier: MIT
#include "network.hpp"

#include "process.hpp"
#include "sockets.hpp"

#include <cerrno>
#include <fcntl.h>
#include <net/if.h>
#include <spawn.h>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace otherend::topology {

void enter_new_network() {
    enter_new_netns();
    const int fd = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
    ifreq request{};
    std::string_view("lo").copy(request.ifr_name, IFNAMSIZ - 1);
    request.ifr_flags = IFF_UP;
    check(ioctl(fd, SIOCSIFFLAGS, &request), "ioctl(SIOCSIFFLAGS)");
    close(fd);
}

void need(std::initializer_list<std::string> command) {
    std::vector<std::string> words(command);
    std::vector<char*> arguments;
    for (auto& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t quiet;
    posix_spawn_file_actions_init(&quiet);
    for (const int fd : {STDOUT_FILENO, STDERR_FILENO})
        posix_spawn_file_actions_addopen(&quiet, fd, "/dev/null", O_WRONLY, 0);
    pid_t pid = 0;
    errno = posix_spawnp(&pid, arguments[0], &quiet, nullptr, arguments.data(), environ);
    posix_spawn_file_actions_destroy(&quiet);
    if (errno != 0)
        skip(words[0]);
    int status = 0;
    check(waitpid(pid, &status, 0), "waitpid");
    errno = EOPNOTSUPP;
    if (status != 0)
        skip(words[0] + " " + words[1] + " " + words[2]);
}

void lay_cable(const std::string& name, const std::string& peer, pid_t other) {
    need({"ip", "link", "add", "dev", name, "type", "veth", "peer", "name", peer, "netns",
          std::to_string(other)});
}

// Without duplicate address detection: it would take a second until an IPv6 address can be used.
void set_address(const std::string& interface, const std::string& prefix) {
    if (prefix.contains(':'))
        need({"ip", "address", "add", prefix, "dev", interface, "nodad"});
    else
        need({"ip", "address", "add", prefix, "dev", interface});
    need({"ip", "link", "set", "dev", interface, "up"});
}

} // namespace otherend::topology
