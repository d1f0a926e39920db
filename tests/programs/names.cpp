// SPDX-License-Identifier: MIT
// Every shape of name that is not a plain path: abstract with NULs inside, autobound, of 108 bytes without an
// ending NUL, and paths that hold newlines, control bytes, invalid UTF-8, or look like an abstract name.
#include "topology.hpp"

#include <cstddef>
#include <string>
#include <sys/un.h>
#include <unistd.h>

using namespace otherend::topology;

namespace {

constexpr std::size_t longest = sizeof(sockaddr_un::sun_path);

void add_server(Truth& truth, const std::string& key, const std::string& name) {
    const int listener = truth.hold(key, listen_on(name));
    truth.listening(key, 0, 16);
    truth.opened_here(key);
    truth.hold(key + "-client", connect_to(name));
    truth.hold(key + "-accepted", accept_from(listener));
    truth.accept(key + "-accepted", key + "-client", key);
    truth.opened_here(key + "-client");
    truth.opened_here(key + "-accepted");
}

std::string filled(std::string name) { // up to the last byte sun_path has
    name.resize(longest, 'x');
    return name;
}

} // namespace

int main() {
    Topology topology;
    auto& truth = topology.truth;

    add_server(truth, "abstract", abstract("plain"));
    add_server(truth, "abstract-nul", abstract(std::string("a\0b\0", 4)));
    add_server(truth, "abstract-long", filled(abstract("\xff\n\x80")));
    add_server(truth, "path-long", filled(topology.path("long-")));
    add_server(truth, "path-newline", topology.path("two\nlines\ttab\x1b[31mred"));
    add_server(truth, "path-invalid", topology.path("\xc3(\xff\xfe.sock"));
    add_server(truth, "path-quotes", topology.path("\"quoted\", back\\slash"));
    add_server(truth, "path-utf8", topology.path("gr\xc3\xbc\xc3\x9f.sock"));

    const int autobound = make_socket(SOCK_DGRAM);
    bind_to(autobound, {}); // only the family: the kernel chooses, see unix(7)
    truth.hold("autobound", autobound);
    topology.present();
}
