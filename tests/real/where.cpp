// SPDX-License-Identifier: MIT
// where ROOT PID: where the process runs, by system::Containers with the runtimes' files and sockets under ROOT.
// where --path PID PATH: the device and inode that the path leads to inside the process's root directory.
#include "system/container_path.hpp"
#include "system/containers.hpp"

#include <cstdlib>
#include <fmt/core.h>

using namespace otherend;

namespace {

Pid pid_of(const char* text) {
    return Pid{std::atoi(text)};
}

int print_path(const system::Procfs& proc, const char* pid, const char* path) {
    const auto found = system::resolve_in_root(proc, pid_of(pid), path);
    if (!found) {
        fmt::print(stderr, "{}\n", found.error().message);
        return 1;
    }
    fmt::print("{} {}\n", found->st_dev, found->st_ino);
    return 0;
}

void print_place(const system::Procfs& proc, const char* root, const char* pid) {
    system::Containers(root).report(proc, pid_of(pid), [](const model::Fact& reported) {
        const auto& fact = std::get<model::ContainerFact>(reported);
        if (fact.container)
            fmt::print("runtime {}\nid {}\nname {}\nimage {}\n", fact.container->runtime, fact.container->id,
                       fact.container->name, fact.container->image);
        if (fact.own_pid)
            fmt::print("own_pid {}\n", number(*fact.own_pid));
        if (!fact.unit.empty())
            fmt::print("unit {}\n", fact.unit);
    });
}

} // namespace

int main(int count, char** words) {
    const auto proc = system::Procfs::open();
    if (!proc || count < 3)
        return 2;
    if (count == 4)
        return print_path(*proc, words[2], words[3]);
    print_place(*proc, words[1], words[2]);
    return 0;
}
