// SPDX-License-Identifier: MIT
#include "cli/self_test.hpp"

#include "base/fd.hpp"
#include "cli/collect.hpp"
#include "cli/test_pair.hpp"
#include "query/links.hpp"

#include <cerrno>
#include <linux/io_uring.h>
#include <optional>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

namespace otherend::cli {

namespace {

Error wrong(const char* what) {
    return {ErrorClass::failed, std::string("self-test: ") + what};
}

Inode inode_of(const Fd& socket) {
    struct stat status{};
    return fstat(*socket, &status) == 0 ? Inode{status.st_ino} : Inode{};
}

Result<void> expect_end(const query::Links& links, model::SocketId id, std::optional<model::SocketId> other) {
    if (!links.is_visible(id))
        return std::unexpected(wrong("a channel made for it was not found"));
    if (!links.has_holder(id))
        return std::unexpected(wrong("its holder was not found"));
    if (other && links.own(id).other != other)
        return std::unexpected(wrong("its other end was not found"));
    return {};
}

Result<void> expect_found(const TestPair& pair, const model::Graph& graph, bool knows_peers) {
    std::vector<model::SocketId> ends;
    graph.for_each_socket([&](model::SocketId id, const model::Socket& socket) {
        if (pair.is_end(graph, socket))
            ends.push_back(id);
    });
    if (ends.size() != 2)
        return std::unexpected(wrong("a channel made for it was not found"));
    const query::Links links(graph);
    const auto expected = [&](std::size_t end) {
        return knows_peers ? std::optional(ends[end]) : std::nullopt;
    };
    if (auto found = expect_end(links, ends[0], expected(1)); !found)
        return found;
    return expect_end(links, ends[1], expected(0));
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

Result<void> self_test(SourceChoice source, Kind kind) {
    const auto pair = make_test_pair(kind);
    if (!pair)
        return std::unexpected(pair.error());
    const auto snapshot = collect({.source = source, .kinds = {kind}}, {});
    if (!snapshot)
        return std::unexpected(snapshot.error());
    const bool knows_peers = source != SourceChoice::proc || kind != Kind::unix_socket;
    return expect_found(*pair, snapshot->graph, knows_peers);
}

Result<void> self_test_io_uring() {
    auto pair = make_test_pair(Kind::unix_socket);
    if (!pair)
        return std::unexpected(pair.error());
    auto& socket = pair->held.front();
    const auto registered = inode_of(socket);
    const auto ring = make_ring_with(socket);
    if (!ring)
        return std::unexpected(ring.error());
    socket.reset();
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
