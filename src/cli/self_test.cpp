// SPDX-License-Identifier: MIT
#include "cli/self_test.hpp"

#include "base/fd.hpp"
#include "cli/collect.hpp"
#include "query/links.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <sys/stat.h>

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

} // namespace

Result<void> self_test(SourceChoice source) {
    std::array<int, 2> ends{};
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0)
        return std::unexpected(Error::from_errno("self-test: socketpair", errno));
    const Fd a(ends[0]), b(ends[1]);
    const auto snapshot = collect({.source = source}, {});
    if (!snapshot)
        return std::unexpected(snapshot.error());
    const bool knows_peers = source != SourceChoice::proc;
    if (auto found = expect_joined(*snapshot, inode_of(a), inode_of(b), knows_peers); !found)
        return found;
    return expect_joined(*snapshot, inode_of(b), inode_of(a), knows_peers);
}

} // namespace otherend::cli
