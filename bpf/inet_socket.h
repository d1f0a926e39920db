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

#ifdef OE_COMPAT
#define READ_IPV6(out, sk, field) BPF_CORE_READ_INTO(&(out), sk, __sk_common.field)
#else
#define READ_IPV6(out, sk, field) copy_ipv6(out, &(sk)->__sk_common.field)
static __always_inline void copy_ipv6(oe_u8 *out, const struct in6_addr *address)
{
	for (int i = 0; i < 4; i++)
		((__be32 *)out)[i] = ((const __be32 *)address)[i];
}
#endif

static __always_inline void read_addresses(struct oe_inet *out, struct sock___inet *sk)
{
	out->local_port = READ(sk, __sk_common.skc_num);
	out->remote_port = bpf_ntohs(READ(sk, __sk_common.skc_dport));
	out->interface = READ(sk, __sk_common.skc_bound_dev_if);
	if (READ(sk, __sk_common.skc_family) != AF_INET6) {
		map_ipv4(out->local, READ(sk, __sk_common.skc_rcv_saddr));
		map_ipv4(out->remote, READ(sk, __sk_common.skc_daddr));
		return;
	}
	READ_IPV6(out->local, sk, skc_v6_rcv_saddr);
	READ_IPV6(out->remote, sk, skc_v6_daddr);
	if (!READ_BITS(sk, __sk_common.skc_ipv6only))
		out->flags |= OE_INET_DUAL;
}

/* From the context, whose pointers the verifier trusts: a direct load of a pointer there has it scan all of BTF twice. */
static __always_inline __u32 netns_of(struct sock___inet *sk)
{
	return BPF_CORE_READ(sk, __sk_common.skc_net.net, ns.inum);
}

/* What also a request and a socket in TIME_WAIT have. */
static __always_inline void read_common(struct oe_inet *out, struct sock___inet *sk)
{
	out->header.kind = OE_INET;
	out->header.size = sizeof(*out);
	out->sock = (__u64)sk;
	out->state = READ(sk, __sk_common.skc_state);
	out->cookie = READ(sk, __sk_common.skc_cookie.counter);
	out->netns = netns_of(sk);
	out->jiffies = bpf_jiffies64();
	read_addresses(out, sk);
}

/* What only a full socket has. */
static __always_inline void read_owner(struct oe_inet *out, struct sock___inet *sk)
{
	struct socket *socket = READ(sk, sk_socket);

	out->flags |= OE_INET_FULL;
	if (socket) {
		out->flags |= OE_INET_OPEN;
		out->inode = inode_of_open((struct sock *)sk, socket);
	}
	out->memory = READ(sk, sk_backlog.rmem_alloc.counter) + READ(sk, sk_wmem_queued);
}

/* To be called last, see docs/adr/0003-few-root-types.md: kernfs_node shares a slot with sock. */
static __always_inline void read_cgroup(struct oe_inet *out, struct sock___inet *sk)
{
	if (bpf_core_field_exists(sk->sk_cgrp_data.cgroup))
		out->cgroup = READ(sk, sk_cgrp_data.cgroup, kn, id);
}

#endif
