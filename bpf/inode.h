/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The inode number of a socket, as ls, ss and lsof print it; and the socket that a file is. */
#ifndef OTHEREND_INODE_H
#define OTHEREND_INODE_H

#include "walk.h"

#define AF_UNIX 1
#define SOCKFS_MAGIC 0x534F434B
#define ANON_INODE_FS_MAGIC 0x09041934

/* A socket and the inode it is numbered by are allocated together. */
static __always_inline __u64 inode_of(struct socket *socket)
{
	struct socket_alloc *allocated = as_allocated(socket);

	return socket ? BPF_CORE_READ(allocated, vfs_inode.i_ino) : 0;
}

static __always_inline __u64 inode_of_sock(struct sock *sk)
{
	return inode_of(BPF_CORE_READ(sk, sk_socket));
}

/* The same without a probe where the kernel keeps a copy, which outlives the socket: sk_ino, since Linux 6.16. */
static __always_inline __u64 inode_of_open(struct sock *sk, struct socket *socket)
{
	if (bpf_core_field_exists(sk->sk_ino))
		return socket ? READ(sk, sk_ino) : 0;
	return inode_of(socket);
}

static __always_inline struct sock *sock_of_file(struct file *file)
{
	struct socket_alloc *inode = around_inode(BPF_CORE_READ(file, f_inode));

	if (BPF_CORE_READ(inode, vfs_inode.i_sb, s_magic) != SOCKFS_MAGIC)
		return NULL;
	/* An O_PATH descriptor of a socket has no private_data and does not keep it open. */
	struct socket_alloc *socket = BPF_CORE_READ(file, private_data);
	return socket ? BPF_CORE_READ(socket, socket.sk) : NULL;
}

#endif
