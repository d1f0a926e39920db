// SPDX-License-Identifier: MIT
// Where the fields are on the way from the first task to the peer of a socket, in bytes from the start of their
// structure. They come from the kernel's BTF, by a look-up of our own: no CO-RE is involved.
#pragma once

#include "otherend/result.hpp"

#include <cstddef>

struct btf; // libbpf's, which is used as a parser only

namespace otherend::oracle {

struct Offsets {
    std::size_t task_tasks; // task_struct::tasks, the list of all processes
    std::size_t task_tgid;
    std::size_t task_files;
    std::size_t files_fdt; // files_struct
    std::size_t fdt_max_fds;
    std::size_t fdt_fd;
    std::size_t file_inode;
    std::size_t file_private_data; // of a socket's: the struct socket
    std::size_t inode_mode;
    std::size_t socket_sk;
    std::size_t sock_family; // the same of struct sock and unix_sock, which begins with one
    std::size_t sock_socket;
    std::size_t unix_peer;
    std::size_t alloc_socket; // socket_alloc
    std::size_t alloc_inode_number;
};

// unsupported if a field is not there, or does not have the size it is read with.
Result<Offsets> offsets_in(const btf* types);

// Of the running kernel.
Result<Offsets> offsets_of_this_kernel();

} // namespace otherend::oracle
