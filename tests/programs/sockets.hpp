// SPDX-License-Identifier: MIT
// UNIX sockets that fail loudly, and namespaces. A name is the bytes of sun_path; one that starts with NUL is
// abstract.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/types.h>

namespace otherend::topology {

int make_socket(int type);
std::array<int, 2> make_pair(int type);
void bind_to(int fd, std::string_view name);
int make_bound(int type, std::string_view name);
int listen_on(std::string_view name, int type = SOCK_STREAM, int backlog = 16);
void connect_fd(int fd, std::string_view name);
int connect_to(std::string_view name, int type = SOCK_STREAM);
[[noreturn]] void sleep_in_connect(int fd, std::string_view name); // to a listener whose backlog is full
[[noreturn]] void sleep_in_send(int fd, std::string_view name);    // to a socket whose queue is full
int accept_from(int listener);
void send_descriptor(int carrier, int fd);
int receive_descriptor(int carrier);
std::string abstract(std::string_view name); // with the leading NUL, unique to this run

std::uint64_t inode_of(int fd);
std::uint64_t netns_of(int socket);     // where the socket lives
std::uint64_t netns_of_task(pid_t pid); // where a process lives
void enter_new_netns();
void enter_new_mntns(); // nothing mounted in it reaches the rest

} // namespace otherend::topology
