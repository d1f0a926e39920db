/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel types of TCP, UDP, ptys and pipes, cut to the fields that are read. The three underscores make another
 * view of a type that kernel_types.h has already ("flavors" of CO-RE). Accesses start from few of them, see there:
 * what every socket has from sock, what TCP has from a tcp6_sock, which begins with a tcp_sock as a request of TCP
 * begins with an inet_request_sock, and a tcp_timewait_sock with an inet_timewait_sock.
 */
#ifndef OTHEREND_CHANNEL_TYPES_H
#define OTHEREND_CHANNEL_TYPES_H

#include "kernel_types.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct in6_addr {
	__u8 in6_u[16];
};

struct sock_common___inet {
	__be32 skc_daddr;
	__be32 skc_rcv_saddr;
	__be16 skc_dport;
	__u16 skc_num;
	unsigned short skc_family;
	unsigned char skc_state;
	unsigned char skc_ipv6only : 1;
	int skc_bound_dev_if;
	possible_net_t skc_net;
	struct in6_addr skc_v6_daddr;
	struct in6_addr skc_v6_rcv_saddr;
	atomic64_t skc_cookie;
	struct sock *skc_listener;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct sock_cgroup_data {
	struct cgroup *cgroup; /* a member of its own since 5.14 */
};

struct timer_list {
	struct hlist_node entry;
	unsigned long expires;
};

struct sock___inet {
	struct sock_common___inet __sk_common;
	struct {
		atomic_t rmem_alloc;
	} sk_backlog;
	int sk_wmem_queued;
	refcount_t sk_wmem_alloc;
	kuid_t sk_uid;
	__u16 sk_protocol;
	__u32 sk_ack_backlog;
	__u32 sk_max_ack_backlog;
	struct socket *sk_socket;
	struct timer_list sk_timer;		/* keepalive, without icsk_keepalive_timer */
	struct timer_list tcp_retransmit_timer; /* since 6.19 */
	struct sock_cgroup_data sk_cgrp_data;
};

struct inet_sock {
	struct sock___inet sk;
	__be16 inet_sport;
};

struct request_sock {
	struct sock_common___inet __req_common;
	struct request_sock *dl_next;
	__u8 num_retrans;
	__u8 num_timeout : 7;
	struct timer_list rsk_timer;
	struct sock *sk;
};

struct inet_request_sock {
	struct request_sock req;
};

struct request_sock_queue {
	struct request_sock *rskq_accept_head;
};

struct tcp_congestion_ops {
	char name[16];
};

struct inet_connection_sock {
	struct inet_sock icsk_inet;
	struct request_sock_queue icsk_accept_queue;
	struct timer_list icsk_retransmit_timer; /* up to 6.18 */
	struct timer_list icsk_keepalive_timer;	 /* since 6.19, and in stable kernels */
	const struct tcp_congestion_ops *icsk_ca_ops;
	__u8 icsk_retransmits;
	__u8 icsk_pending;
	__u8 icsk_probes_out;
	struct {
		__u32 lrcvtime;
	} icsk_ack;
};

struct tcp_sock {
	struct inet_connection_sock inet_conn;
	__u32 snd_una;
	__u32 rcv_nxt;
	__u32 write_seq;
	__u32 copied_seq;
	__u32 snd_wnd;
	__u32 snd_cwnd;
	__u32 srtt_us;
	__u32 mdev_us;
	__u32 total_retrans;
	__u32 lsndtime;
	__u32 rcv_tstamp;
	__u32 retrans_stamp;
	__u8 tcp_usec_ts : 1;
	struct {
		__u32 rtt_us;
	} rcv_rtt_est;
	struct {
		__u32 seq;
		__u64 time;
	} rcvq_space;
	__u64 bytes_acked;
	__u64 bytes_received;
};

struct tcp6_sock {
	struct tcp_sock tcp;
};

struct inet_timewait_sock {
	unsigned char tw_substate;
	struct timer_list tw_timer;
};

struct tcp_timewait_sock {
	struct inet_timewait_sock tw_sk;
};

struct udp_sock {
	int forward_deficit;
};

struct inode___channel {
	unsigned short i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	unsigned int i_rdev;
	struct pipe_inode_info *i_pipe;
};

struct socket_alloc___channel {
	struct inode___channel vfs_inode;
};

struct file___channel {
	struct inode___channel *f_inode;
	unsigned int f_mode;
	void *private_data;
};

struct pipe_inode_info {
	unsigned int readers;
	unsigned int writers;
};

struct tty_struct {
	int index;
	int count;
	struct tty_struct *link;
	void *driver_data;
};

struct tty_file_private {
	struct tty_struct *tty;
	struct file *file;
};

#pragma clang attribute pop

struct bpf_iter__tcp {
	struct bpf_iter_meta *meta;
	struct sock_common *sk_common;
	unsigned int uid;
};

struct bpf_iter__udp {
	struct bpf_iter_meta *meta;
	struct udp_sock *udp_sk;
	unsigned int uid __attribute__((aligned(8)));
	int bucket __attribute__((aligned(8)));
};

#endif
