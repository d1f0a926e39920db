// SPDX-License-Identifier: MIT
// One path, several mount namespaces: a socket in the host's, another in a namespace where a file system is
// mounted over the directory, one hidden by such a mount, and a client that reaches the host's socket through a
// bind mount, as containers reach docker.sock.
#include "topology.hpp"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace otherend::topology;

namespace {

void mount_over(const std::string& directory) {
    check(mount("tmpfs", directory.c_str(), "tmpfs", 0, nullptr), "mount(tmpfs)");
}

void add_listener(Truth& truth, const std::string& key, const std::string& name) {
    truth.hold(key, listen_on(name));
    truth.listening(key, 0, 16);
    truth.opened_here(key);
}

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;
    const auto directory = topology.path("shared"), name = directory + "/server.sock";
    check(mkdir(directory.c_str(), 0755), "mkdir");

    const int listener = truth.hold("host", listen_on(name));
    truth.listening("host", 0, 16);
    truth.opened_here("host");
    topology.include(start([&](Report& inner) {
        keep_only({});
        enter_new_mntns();
        mount_over(directory);
        add_listener(inner.truth, "inner", name);
        inner.truth.say("inner", "elsewhere", "the host's path leads to another socket");
    }));
    topology.include(start([&](Report& hidden) {
        keep_only({});
        enter_new_mntns();
        mount_over(directory);
        add_listener(hidden.truth, "hidden", name);
        mount_over(directory);
        hidden.truth.say("hidden", "name_state", "hidden");
    }));
    topology.include(start([&](Report& container) {
        keep_only({});
        enter_new_mntns();
        enter_new_netns();
        const auto inside = topology.path("inside.sock");
        close(check(open(inside.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600), inside));
        check(mount(name.c_str(), inside.c_str(), nullptr, MS_BIND, nullptr), "mount(MS_BIND)");
        container.truth.hold("client", connect_to(inside));
        container.truth.opened_here("client");
    }));
    truth.hold("accepted", accept_from(listener));
    truth.opened_here("accepted");
    truth.accept("accepted", "client", "host");
    topology.present();
}
