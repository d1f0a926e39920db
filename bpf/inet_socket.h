/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What TCP and UDP sockets have in common: addresses, identity, owner. */
#ifndef OTHEREND_INET_SOCKET_H
#define OTHEREND_INET_SOCKET_H

#include "channel_types.h"
#include "inode.h"
#include <otherend/record.h>
#include <bpf/bpf_endian.h>

#define AF_INET6 10

/* An IPv4 address as its v4-mapped twin (RFC 4291, 2.5.5.2). */
static __always_inline void map_ipv4(oe_u8 *out, __be32 address)
{
	out[10] = 0xff;
	out[11] = 0xff;
	__builtin_memcpy(out + 12, &address, sizeof(address));
}

static __always_inline void read_addresses(struct oe_inet *out, struct sock_common___inet *common)
{
	out->local_port = BPF_CORE_READ(common, skc_num);
	out->remote_port = bpf_ntohs(BPF_CORE_READ(common, skc_dport));
	out->interface = BPF_CORE_READ(common, skc_bound_dev_if);
	if (BPF_CORE_READ(common, skc_family) != AF_INET6) {
		map_ipv4(out->local, BPF_CORE_READ(common, skc_rcv_saddr));
		map_ipv4(out->remote, BPF_CORE_READ(common, skc_daddr));
		return;
	}
	BPF_CORE_READ_INTO(&out->local, common, skc_v6_rcv_saddr);
	BPF_CORE_READ_INTO(&out->remote, common, skc_v6_daddr);
	if (!BPF_CORE_READ_BITFIELD_PROBED(common, skc_ipv6only))
		out->flags |= OE_INET_DUAL;
}

static __always_inline void read_common(struct oe_inet *out, struct sock_common___inet *common)
{
	out->header.kind = OE_INET;
	out->header.size = sizeof(*out);
	out->sock = (__u64)common;
	out->state = BPF_CORE_READ(common, skc_state);
	out->cookie = BPF_CORE_READ(common, skc_cookie.counter);
	out->netns = BPF_CORE_READ(common, skc_net.net, ns.inum);
	out->jiffies = bpf_jiffies64();
	read_addresses(out, common);
}

/* What only a full socket has. */
static __always_inline void read_owner(struct oe_inet *out, struct sock___inet *sk)
{
	struct socket *socket = BPF_CORE_READ(sk, sk_socket);

	out->flags |= OE_INET_FULL;
	if (socket) {
		out->flags |= OE_INET_OPEN;
		out->inode = inode_of_open((struct sock *)sk, socket);
	}
	if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup))
		out->cgroup = BPF_CORE_READ(sk, sk_cgrp_data.cgroup, kn, id);
	out->memory = BPF_CORE_READ(sk, sk_backlog.rmem_alloc.counter) + BPF_CORE_READ(sk, sk_wmem_queued);
}

#endif
