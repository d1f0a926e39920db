// SPDX-License-Identifier: MIT
#include "descriptor.hpp"

#include "harness/base64.hpp"
#include "inet.hpp"
#include "process.hpp"
#include "pty.hpp"
#include "sockets.hpp"

#include <nlohmann/json.hpp>

#include <cstddef>
#include <fcntl.h>
#include <filesystem>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace otherend::topology {

namespace {

using Json = nlohmann::json;

int option_of(int fd, int name) {
    int value = 0;
    socklen_t size = sizeof(value);
    check(getsockopt(fd, SOL_SOCKET, name, &value, &size), "getsockopt");
    return value;
}

const char* type_word(int type) {
    return type == SOCK_STREAM ? "stream" : type == SOCK_DGRAM ? "dgram" : "seqpacket";
}

// The bytes of sun_path. The kernel ends a path, and only a path, with a NUL of its own, which may be the
// 109th byte (unix_mkname() in net/unix/af_unix.c).
std::string unix_name_of(int fd) {
    struct {
        sockaddr_un address;
        char beyond;
    } place{};
    socklen_t size = sizeof(place);
    check(getsockname(fd, reinterpret_cast<sockaddr*>(&place), &size), "getsockname");
    const std::size_t head = offsetof(sockaddr_un, sun_path);
    if (size <= head)
        return {};
    std::string name(reinterpret_cast<const char*>(&place) + head, size - head);
    if (name.front() != '\0' && name.back() == '\0')
        name.pop_back();
    return name;
}

Json unix_socket(int fd) {
    Json endpoint = {{"kind", "unix"},
                     {"type", type_word(option_of(fd, SO_TYPE))},
                     {"inode", inode_of(fd)},
                     {"netns", netns_of(fd)}};
    const auto name = unix_name_of(fd);
    if (name.empty())
        return endpoint;
    endpoint["name_b64"] = harness::to_base64(name);
    if (name.front() != '\0')
        endpoint["name_state"] = "live";
    return endpoint;
}

Json inet_socket(int fd, const struct stat& status) {
    const bool is_tcp = option_of(fd, SO_TYPE) == SOCK_STREAM;
    Json endpoint = {{"kind", is_tcp ? "tcp" : "udp"},
                     {"inode", status.st_ino},
                     {"netns", netns_of(fd)},
                     {"uid", status.st_uid}};
    if (const auto local = local_address(fd); local.port() != 0)
        endpoint["local"] = local.text();
    if (const auto remote = remote_address(fd))
        endpoint["remote"] = remote->text();
    if (is_tcp && option_of(fd, SO_PROTOCOL) != IPPROTO_MPTCP) // which tells it since Linux 5.16
        endpoint["tcp_state"] = tcp_state_of(fd);
    if (option_of(fd, SO_ACCEPTCONN) && takes_both_families(fd))
        endpoint["dual_stack"] = true;
    return endpoint;
}

// Whoever has both ends in one descriptor says which is meant.
Json pipe_end(int fd, const struct stat& status) {
    const int mode = check(fcntl(fd, F_GETFL), "fcntl(F_GETFL)") & O_ACCMODE;
    Json endpoint = {{"kind", "pipe"}, {"inode", status.st_ino}};
    if (mode != O_RDWR)
        endpoint["type"] = mode == O_RDONLY ? "read" : "write";
    const auto path = std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(fd)).string();
    if (path.starts_with('/'))
        endpoint["name_b64"] = harness::to_base64(path);
    return endpoint;
}

Json pty_end(int fd) {
    return {{"kind", "pty"},
            {"type", is_master(fd) ? "master" : "slave"},
            {"name_b64", harness::to_base64("/dev/pts/" + std::to_string(pty_index_of(fd)))}};
}

} // namespace

Json description_of(int fd) {
    struct stat status{};
    check(fstat(fd, &status), "fstat");
    if (S_ISFIFO(status.st_mode))
        return pipe_end(fd, status);
    if (S_ISCHR(status.st_mode))
        return pty_end(fd);
    return option_of(fd, SO_DOMAIN) == AF_UNIX ? unix_socket(fd) : inet_socket(fd, status);
}

} // namespace otherend::topology
