// SPDX-License-Identifier: MIT
// kcore_peer PID FD: the UNIX socket behind a descriptor and its peer, as one line of JSON, from the running kernel's
// memory. It knows nothing of BPF programs, so it can contradict otherend. Exit status as otherend's.
#include "kernel.hpp"

#include <charconv>
#include <cinttypes>
#include <cstdio>
#include <cstring>
#include <optional>

using namespace otherend;
using namespace otherend::oracle;

namespace {

std::optional<int> number_in(const char* text) {
    int number = 0;
    const char* end = text + std::strlen(text);
    const auto [stop, error] = std::from_chars(text, end, number);
    if (error != std::errc() || stop != end || number < 0)
        return std::nullopt;
    return number;
}

Result<Endpoint> ask(pid_t pid, int fd) {
    const auto kernel = open_kernel();
    return kernel ? endpoint_of(*kernel, pid, fd) : std::unexpected(kernel.error());
}

// What there is not is absent, as in otherend's JSON.
void print(const Endpoint& endpoint) {
    std::printf(R"({"inode":%)" PRIu64 R"(,"address":"%s")", endpoint.inode,
                text_of(endpoint.address).c_str());
    if (endpoint.peer) {
        if (endpoint.peer->inode)
            std::printf(R"(,"peer_inode":%)" PRIu64, *endpoint.peer->inode);
        std::printf(R"(,"peer_address":"%s")", text_of(endpoint.peer->address).c_str());
    }
    std::printf("}\n");
}

int fail(const Error& error) {
    std::fprintf(stderr, "kcore_peer: %s\n", error.message.c_str());
    return static_cast<int>(error.kind);
}

} // namespace

int main(int argc, char** argv) {
    const auto pid = argc == 3 ? number_in(argv[1]) : std::nullopt;
    const auto fd = argc == 3 ? number_in(argv[2]) : std::nullopt;
    if (!pid || !fd)
        return fail({ErrorClass::usage, "usage: kcore_peer PID FD"});
    const auto endpoint = ask(*pid, *fd);
    if (!endpoint)
        return fail(endpoint.error());
    print(*endpoint);
    return 0;
}
