/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The few kernel types the programs read, cut to the fields they read. CO-RE relocates every access against
 * the running kernel's BTF, so neither order nor size matters here and the build needs no BTF of its host.
 */
#ifndef OTHEREND_KERNEL_TYPES_H
#define OTHEREND_KERNEL_TYPES_H

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef __u16 __sum16;
typedef _Bool bool;
#define true 1
#define false 0

enum bpf_map_type {
	BPF_MAP_TYPE_HASH = 1,
	BPF_MAP_TYPE_ARRAY = 2,
	BPF_MAP_TYPE_PERCPU_ARRAY = 6,
	BPF_MAP_TYPE_LRU_HASH = 9,
	BPF_MAP_TYPE_RINGBUF = 27,
};

/*
 * Every type that starts a relocated access costs a scan of the kernel's BTF at load, about 0.3 ms, unless the
 * kernel still has it in its small cache: so accesses start from few types that do not share a slot of it (a
 * vfsmount is read through its mount, an inode as that of a socket_alloc, an sk_buff as the first of two), and
 * bench/ watches the load time. See docs/adr/0003-few-root-types.md.
 */
struct list_head {
	struct list_head *next;
	struct list_head *prev;
};

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct ns_common {
	unsigned int inum;
};

struct net {
	struct ns_common ns;
};

typedef struct {
	struct net *net;
} possible_net_t;

typedef struct {
	__s64 counter;
} atomic64_t;

typedef struct {
	int counter;
} atomic_t;

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

typedef struct {
	unsigned int val;
} kuid_t;

struct upid {
	int nr;
};

struct pid {
	struct upid numbers[1];
};

struct cred {
	kuid_t uid;
	kuid_t euid;
};

struct super_block {
	unsigned int s_dev;
	unsigned long s_magic;
};

struct inode {
	unsigned short i_mode;
	unsigned int i_rdev;
	struct super_block *i_sb;
	unsigned long i_ino;
};

struct qstr {
	union {
		struct {
			__u32 hash;
			__u32 len;
		};
	};
	const unsigned char *name;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};

struct hlist_node {
	struct hlist_node **pprev;
};

struct sock_common {
	unsigned int skc_hash;
	struct hlist_node skc_node;
	unsigned short skc_family;
	unsigned char skc_state;
	possible_net_t skc_net;
	atomic64_t skc_cookie;
};

struct sk_buff;

struct sk_buff_head {
	struct sk_buff *next;
	__u32 qlen;
};

struct sock {
	struct sock_common __sk_common;
	struct sk_buff_head sk_receive_queue;
	refcount_t sk_wmem_alloc;
	__u32 sk_max_ack_backlog;
	__u16 sk_type;
	struct socket *sk_socket;
	unsigned long sk_ino; /* since 6.16 */
	__u8 sk_kern_sock : 1;
	struct pid *sk_peer_pid;
	const struct cred *sk_peer_cred;
};

struct sk_buff {
	struct sk_buff *next;
	struct sk_buff *prev;
	struct sock *sk;
	char cb[48];
	unsigned int len;
};

struct sk_buff_fclones {
	struct sk_buff skb1;
};

struct scm_fp_list {
	short count;
	struct file *fp[253]; /* SCM_MAX_FD */
};

struct unix_skb_parms {
	struct scm_fp_list *fp;
	__u32 consumed; /* of a stream's message: bytes that have been read */
};

struct socket {
	struct file *file;
	struct sock *sk;
};

struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

struct io_fixed_file {
	unsigned long file_ptr; /* the only member */
};

struct io_file_table {
	struct io_fixed_file *files; /* 5.15 to 6.12 */
};

struct io_ring_ctx {
	struct io_file_table file_table;
	unsigned int nr_user_files;
};

struct wait_queue_head {
	struct list_head head;
};
typedef struct wait_queue_head wait_queue_head_t;

struct wait_queue_entry {
	unsigned int flags;
	void *private;
	struct list_head entry;
};

struct socket_wq {
	wait_queue_head_t wait;
};

struct unix_address {
	int len;
	struct {
		unsigned short sun_family;
		char sun_path[108];
	} name[0];
};

struct scm_stat {
	atomic_t nr_fds;
};

struct unix_sock {
	struct sock sk;
	struct unix_address *addr;
	struct path path;
	struct sock *peer;
	struct sock *listener; /* since 6.10, and in stable kernels that took the new garbage collector */
	struct socket_wq peer_wq;
	struct scm_stat scm_stat;
	int inq_len; /* since 6.18 */
};

struct nsproxy {
	struct net *net_ns;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	struct fdtable *fdt;
};

struct thread_info {
	__u32 status;
};

struct task_struct {
	struct thread_info thread_info;
	int pid;
	int tgid;
	struct task_struct *group_leader;
	const struct cred *cred;
	char comm[16];
	struct files_struct *files;
	struct nsproxy *nsproxy;
};

struct pt_regs {
	unsigned long di, si, dx, r10;
	unsigned long orig_ax;
};

struct seq_file;

#pragma clang attribute pop

/* What follows has one layout on every kernel: iterator contexts are uapi in effect, a list_head is two pointers. */

struct bpf_iter_meta {
	struct seq_file *seq;
	__u64 session_id;
	__u64 seq_num;
};

struct bpf_iter__task_file {
	struct bpf_iter_meta *meta;
	struct task_struct *task;
	__u32 fd;
	struct file *file;
};

struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *map;
	void *key;
	void *value;
};

struct bpf_iter__unix {
	struct bpf_iter_meta *meta;
	struct unix_sock *unix_sk;
	unsigned int uid;
};

#endif
