/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Sockets by address, for kernels that have no iterator over them: user space learned the addresses from holders,
 * peers and queues, and fills the map that the iterator goes over.
 */
#ifndef OTHEREND_ADDRESS_H
#define OTHEREND_ADDRESS_H

#include "unix_socket.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, OE_ADDRESSES);
	__type(key, __u32);
	__type(value, __u64);
} addresses SEC(".maps");

/*
 * NULL if there is no socket any more. One that is in the kernel's table is pointed back to by what it says points
 * to it; memory that was freed since is not, or it has become another socket, which is as good.
 */
static __always_inline struct unix_sock *socket_at(const __u64 *address)
{
	if (!address || !*address)
		return NULL;

	struct unix_sock *u = (void *)*address;
	void *node = (void *)u + bpf_core_field_offset(u->sk.__sk_common.skc_node);
	void **link = (void **)READ(u, sk.__sk_common.skc_node.pprev);
	void *linked = NULL;

	if (READ(u, sk.__sk_common.skc_family) != AF_UNIX || !link)
		return NULL;
	bpf_probe_read_kernel(&linked, sizeof(linked), link);
	return linked == node ? u : NULL;
}

#endif
