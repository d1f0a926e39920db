// SPDX-License-Identifier: MIT
#include "cli/self_test.hpp"

#include "base/fd.hpp"
#include "cli/collect.hpp"
#include "query/links.hpp"

#include <array>
#include <cerrno>
#include <linux/io_uring.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace otherend::cli {

namespace {

Error wrong(const char* what) {
    return {ErrorClass::failed, std::string("self-test: ") + what};
}

Inode inode_of(const Fd& socket) {
    struct stat status{};
    return fstat(*socket, &status) == 0 ? Inode{status.st_ino} : Inode{};
}

Result<void> expect_joined(const Snapshot& snapshot, Inode from, Inode to, bool knows_peers) {
    const auto& graph = snapshot.graph;
    const query::Links links(graph);
    const auto id = graph.find({.inode = from});
    const auto other = graph.find({.inode = to});
    if (!id || !other || !links.is_visible(*id))
        return std::unexpected(wrong("a socket made for it was not found"));
    if (!links.has_holder(*id))
        return std::unexpected(wrong("its holder was not found"));
    if (knows_peers && links.own(*id).other != other)
        return std::unexpected(wrong("its peer was not found"));
    return {};
}

Result<std::array<Fd, 2>> make_pair() {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return std::unexpected(Error::from_errno("self-test: socketpair", errno));
    return std::array{Fd(ends[0]), Fd(ends[1])};
}

Result<Fd> make_ring_with(const Fd& socket) {
    io_uring_params parameters{};
    Fd ring(static_cast<int>(syscall(SYS_io_uring_setup, 1, &parameters)));
    if (!ring)
        return std::unexpected(Error::from_errno("self-test: io_uring_setup", errno));
    const int fd = *socket;
    if (syscall(SYS_io_uring_register, *ring, IORING_REGISTER_FILES, &fd, 1) != 0)
        return std::unexpected(Error::from_errno("self-test: IORING_REGISTER_FILES", errno));
    return ring;
}

} // namespace

Result<void> self_test(SourceChoice source) {
    const auto pair = make_pair();
    if (!pair)
        return std::unexpected(pair.error());
    const auto& [a, b] = *pair;
    const auto snapshot = collect({.source = source}, {});
    if (!snapshot)
        return std::unexpected(snapshot.error());
    const bool knows_peers = source != SourceChoice::proc;
    if (auto found = expect_joined(*snapshot, inode_of(a), inode_of(b), knows_peers); !found)
        return found;
    return expect_joined(*snapshot, inode_of(b), inode_of(a), knows_peers);
}

Result<void> self_test_io_uring() {
    auto pair = make_pair();
    if (!pair)
        return std::unexpected(pair.error());
    const auto registered = inode_of((*pair)[0]);
    const auto ring = make_ring_with((*pair)[0]);
    if (!ring)
        return std::unexpected(ring.error());
    (*pair)[0].reset();
    const auto snapshot = collect({}, {});
    if (!snapshot)
        return std::unexpected(snapshot.error());
    const auto& graph = snapshot->graph;
    const auto id = graph.find({.inode = registered});
    if (!id)
        return std::unexpected(wrong("a socket registered with an io_uring was not found"));
    if (!query::Links(graph).has_holder(*id))
        return std::unexpected(wrong("fdinfo of an io_uring does not tell inodes"));
    return {};
}

} // namespace otherend::cli
