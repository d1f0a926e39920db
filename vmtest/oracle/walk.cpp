// SPDX-License-Identifier: MIT
#include "walk.hpp"

#include <sys/socket.h>
#include <sys/stat.h>

namespace otherend::oracle {

namespace {

constexpr int processes_at_most =
    1 << 22; // PID_MAX_LIMIT, include/linux/threads.h: a list that does not end is none

std::unexpected<Error> failed(std::string message) {
    return std::unexpected(Error{ErrorClass::failed, std::move(message)});
}

// Follows pointers: each offset is added to what the one before pointed to. 0 where one of them is null.
template <typename... Offset> Result<Address> follow(const Memory& memory, Address start, Offset... offsets) {
    Result<Address> at = start;
    for (const std::size_t offset : {offsets...}) {
        if (!at || *at == 0)
            return at;
        at = value_at<Address>(memory, *at + offset);
    }
    return at;
}

class Walk {
  public:
    Walk(const Memory& memory, const Offsets& offsets) : memory_(memory), offsets_(offsets) {}

    [[nodiscard]] Result<Address> task_of(Address init_task, pid_t pid) const {
        Address task = init_task;
        for (int i = 0; i < processes_at_most; ++i) {
            const auto tgid = value_at<std::int32_t>(memory_, task + offsets_.task_tgid);
            if (!tgid)
                return std::unexpected(tgid.error());
            if (*tgid == pid)
                return task;
            const auto next = value_at<Address>(memory_, task + offsets_.task_tasks);
            if (!next)
                return std::unexpected(next.error());
            task = *next - offsets_.task_tasks;
            if (task == init_task)
                break;
        }
        return failed("no process " + std::to_string(pid));
    }

    [[nodiscard]] Result<Address> file_of(Address task, int fd) const {
        const auto table = follow(memory_, task, offsets_.task_files, offsets_.files_fdt);
        if (!table)
            return table;
        if (*table == 0)
            return failed("the process has no descriptors");
        const auto size = value_at<std::uint32_t>(memory_, *table + offsets_.fdt_max_fds);
        if (!size)
            return std::unexpected(size.error());
        const auto index = static_cast<std::uint32_t>(fd);
        const auto file = index < *size ? follow(memory_, *table, offsets_.fdt_fd, index * sizeof(Address))
                                        : Result<Address>(0);
        return file && *file == 0 ? failed("no descriptor " + std::to_string(fd)) : file;
    }

    [[nodiscard]] Result<Address> sock_of(Address file) const {
        const auto inode = follow(memory_, file, offsets_.file_inode);
        if (!inode)
            return inode;
        const auto mode = value_at<std::uint16_t>(memory_, *inode + offsets_.inode_mode);
        if (!mode)
            return std::unexpected(mode.error());
        if (!S_ISSOCK(*mode))
            return failed("the descriptor is no socket");
        const auto sock = follow(memory_, file, offsets_.file_private_data, offsets_.socket_sk);
        if (sock && *sock == 0)
            return failed("the descriptor does not keep its socket open");
        return sock;
    }

    // None where no file refers to the socket.
    [[nodiscard]] Result<std::optional<std::uint64_t>> inode_of(Address sock) const {
        const auto family = value_at<std::uint16_t>(memory_, sock + offsets_.sock_family);
        if (!family)
            return std::unexpected(family.error());
        if (*family != AF_UNIX)
            return failed("no UNIX socket at " + text_of(sock));
        const auto socket = follow(memory_, sock, offsets_.sock_socket);
        if (!socket)
            return std::unexpected(socket.error());
        if (*socket == 0)
            return std::nullopt;
        const auto number =
            value_at<std::uint64_t>(memory_, *socket - offsets_.alloc_socket + offsets_.alloc_inode_number);
        if (!number)
            return std::unexpected(number.error());
        return *number;
    }

    [[nodiscard]] Result<Endpoint> endpoint_at(Address sock) const {
        const auto inode = inode_of(sock);
        if (!inode)
            return std::unexpected(inode.error());
        if (!*inode)
            return failed("the socket at " + text_of(sock) + " has no inode");
        const auto peer = follow(memory_, sock, offsets_.unix_peer);
        if (!peer)
            return std::unexpected(peer.error());
        Endpoint endpoint{**inode, sock, std::nullopt};
        if (*peer == 0)
            return endpoint;
        const auto peer_inode = inode_of(*peer);
        if (!peer_inode)
            return std::unexpected(peer_inode.error().while_doing("reading its peer"));
        endpoint.peer = Peer{*peer, *peer_inode};
        return endpoint;
    }

  private:
    const Memory& memory_;
    const Offsets& offsets_;
};

} // namespace

Result<Endpoint> endpoint_of(const Memory& memory, const Offsets& offsets, Address init_task, pid_t pid,
                             int fd) {
    const Walk walk(memory, offsets);
    const auto task = walk.task_of(init_task, pid);
    if (!task)
        return std::unexpected(task.error());
    const auto file = walk.file_of(*task, fd);
    if (!file)
        return std::unexpected(file.error());
    const auto sock = walk.sock_of(*file);
    if (!sock)
        return std::unexpected(sock.error());
    return walk.endpoint_at(*sock);
}

} // namespace otherend::oracle
