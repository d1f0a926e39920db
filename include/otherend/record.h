/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The wire records: what the BPF iterators write and user space decodes. Compiles as C11, C++ and BPF.
 *
 * A stream is a sequence of records, each starting with struct oe_record. All integers are in host byte
 * order, since writer and reader share one machine. Kernel addresses identify objects within one snapshot
 * and are never dereferenced in user space. 0 means "none" for addresses and inodes.
 */
#ifndef OTHEREND_RECORD_H
#define OTHEREND_RECORD_H

#ifndef __bpf__
#include <stdint.h>
typedef uint8_t oe_u8;
typedef uint16_t oe_u16;
typedef uint32_t oe_u32;
typedef uint64_t oe_u64;
typedef int32_t oe_s32;
#else
typedef unsigned char oe_u8;
typedef unsigned short oe_u16;
typedef unsigned int oe_u32;
typedef unsigned long long oe_u64;
typedef int oe_s32;
#endif

enum oe_record_kind {
	OE_HOLDER = 1,	  /* struct oe_holder: a descriptor that refers to a socket */
	OE_SOCKET = 2,	  /* struct oe_socket + name: a unix_sock as the kernel sees it */
	OE_INFLIGHT = 3,  /* struct oe_inflight: a socket inside a message queued on another */
	OE_WAITER = 4,	  /* struct oe_waiter: a task asleep on a socket's peer_wait queue */
	OE_QUEUED = 5,	  /* struct oe_queued: an embryo in a listener's accept queue */
	OE_RING = 6,	  /* struct oe_ring: a descriptor of an anonymous inode, which an io_uring has */
	OE_END = 7,	  /* struct oe_end: the pass is over, and what it amounted to */
	OE_DETAIL = 8,	  /* struct oe_detail + path: what takes a walk to learn of a socket */
	OE_RING_FILE = 9, /* struct oe_ring_file: a socket registered with an io_uring */
	OE_INET = 10,	  /* struct oe_inet: a TCP or UDP socket */
	OE_PTY = 11,	  /* struct oe_pty: one end of a pty, as a descriptor of it shows it */
	OE_PIPE = 12,	  /* struct oe_pipe: one end of a pipe, likewise */
};

enum oe_what { /* kind of endpoint */
	       OE_UNIX = 0,
	       OE_TCP = 1,
	       OE_UDP = 2,
	       OE_A_PTY = 3,
	       OE_A_PIPE = 4,
};

enum oe_end_type { /* of an endpoint that is no socket; of sockets SOCK_* */
		   OE_MASTER = 16,
		   OE_SLAVE = 17,
		   OE_READ = 18,
		   OE_WRITE = 19,
};

#define OE_COMM_LEN 16		  /* TASK_COMM_LEN */
#define OE_NAME_MAX 109		  /* sizeof(sockaddr_un::sun_path) and the NUL the kernel adds to a path */
#define OE_PATH_MAX 1024	  /* longer paths are cut, OE_DETAIL_PATH_WHOLE is then unset */
#define OE_PATH_COMPONENT_MAX 255 /* NAME_MAX */

struct oe_record {
	oe_u16 kind; /* enum oe_record_kind */
	oe_u16 size; /* bytes of the whole record, this header included */
};

struct oe_holder {
	struct oe_record header;
	oe_s32 tgid;
	oe_s32 tid; /* the task whose table was read; differs from tgid for a thread with its own table */
	oe_s32 fd;
	oe_u32 uid;	   /* effective, in the initial user namespace */
	oe_u32 task_netns; /* inode of the task's network namespace */
	oe_u64 files;	   /* address of the files_struct: equal for threads that share a table */
	oe_u64 sock; /* address of the struct sock; of MPTCP the connection's, whose subflows have the inode */
	oe_u64 inode;
	oe_u64 peer; /* unix_sock::peer, 0 if none */
	oe_u32 sock_netns;
	char comm[OE_COMM_LEN]; /* of the thread group leader; NUL-padded */
	oe_u8 type;		/* SOCK_* as in struct oe_socket, or enum oe_end_type */
	oe_u8 what;		/* enum oe_what */
	oe_u8 state;		/* of a TCP or UDP socket: sk_state */
	oe_u8 pad;
};

enum oe_socket_flags {
	OE_SOCKET_OPEN = 1 << 0,      /* sk_socket is set: not an embryo, not dead */
	OE_SOCKET_KERNEL = 1 << 1,    /* made by the kernel and without a struct file: the kernel holds it */
	OE_SOCKET_PEER_OPEN = 1 << 2, /* the peer's sk_socket is set */
	OE_SOCKET_PEER_UNIX = 1 << 3, /* the peer's family is AF_UNIX: the pointer was not stale */
	OE_SOCKET_UNHASHED = 1 << 4,  /* the bound path was unlinked */
	OE_SOCKET_CREDENTIALS = 1 << 5, /* cred_pid and cred_uid are set */
	OE_SOCKET_RX_KNOWN = 1 << 6,	/* rx_bytes is set */
	OE_SOCKET_DETAILS = 1 << 7,	/* something hangs on its queues that only an OE_DETAIL tells */
};

struct oe_socket {
	struct oe_record header;
	oe_u32 flags; /* enum oe_socket_flags */
	oe_u64 sock;
	oe_u64 inode; /* 0 for an embryo */
	oe_u64 peer;
	oe_u64 peer_inode;
	oe_u64 peer_peer;  /* the peer's own peer: equals sock while a stream is connected */
	oe_u64 listener;   /* of an embryo: address of the listening sock, where the kernel keeps it */
	oe_u64 address;	   /* unix_address: shared by a listener and the sockets accepted from it */
	oe_u64 cookie;	   /* 0 until something asked the kernel for one */
	oe_u64 file_inode; /* of the bound path */
	oe_u32 file_dev;   /* its super_block::s_dev, kernel encoding: major << 20 | minor */
	oe_u32 netns;
	oe_u32 queue_len; /* messages, or embryos of a listener */
	oe_u32 max_backlog;
	oe_u32 rx_bytes;
	oe_u32 tx_bytes;
	oe_s32 cred_pid; /* sk_peer_pid, in the initial pid namespace */
	oe_u32 cred_uid; /* sk_peer_cred */
	oe_u8 type;	 /* SOCK_STREAM 1, SOCK_DGRAM 2, SOCK_SEQPACKET 5 */
	oe_u8 state;	 /* TCP_ESTABLISHED 1, TCP_SYN_SENT 2, TCP_CLOSE 7, TCP_LISTEN 10 */
	oe_u16 name_len; /* bytes of sun_path that follow; an abstract name starts with NUL */
	oe_u32 peer_netns;
};

enum oe_detail_flags {
	OE_DETAIL_PATH_WHOLE = 1 << 0,	/* the path reaches the root of its mount namespace */
	OE_DETAIL_FDS_CUT = 1 << 1,	/* more descriptors in flight than were walked */
	OE_DETAIL_WAITERS_CUT = 1 << 2, /* more sleepers than were walked, or the list moved */
	OE_DETAIL_BACKLOG_CUT = 1 << 3, /* more embryos than were walked, or the queue moved */
	OE_DETAIL_RX_KNOWN = 1 << 4,	/* rx_bytes is set */
	OE_DETAIL_RX_CUT = 1 << 5,	/* more messages than were walked, or the queue moved */
};

/* Comes after the OE_INFLIGHT, OE_WAITER and OE_QUEUED of its socket, if it has any. */
struct oe_detail {
	struct oe_record header;
	oe_u32 flags; /* enum oe_detail_flags */
	oe_u64 sock;
	oe_u64 inode;
	oe_u32 rx_bytes; /* of a stream or seqpacket socket */
	oe_u32 path_len; /* bytes that follow: path components, leaf first, each ended by NUL */
};

enum oe_inet_flags {
	OE_INET_OPEN = 1 << 0, /* sk_socket is set: not waiting for accept(), not orphaned */
	OE_INET_DUAL = 1 << 1, /* AF_INET6 and takes IPv4 as well */
	OE_INET_FULL =
		1
		<< 2, /* a full socket, neither a request nor in time-wait: the fields up to congestion hold */
	OE_INET_CUT = 1 << 3,	     /* the accept queue was longer than one walk */
	OE_INET_CONNECTION = 1 << 4, /* has sent_from and received_from */
};

/*
 * Addresses in network byte order, IPv4 as v4-mapped; ports in host byte order. Times are in the kernel's ticks, of
 * which `jiffies` is the present one: only differences mean anything.
 */
struct oe_inet {
	struct oe_record header;
	oe_u32 flags; /* enum oe_inet_flags */
	oe_u64 sock;
	oe_u64 inode;
	oe_u64 cookie;
	oe_u64 listener; /* of a request */
	oe_u64 cgroup;	 /* id of its cgroup, 0 if not known */
	oe_u64 jiffies;
	oe_u8 local[16];
	oe_u8 remote[16];
	oe_u16 local_port;
	oe_u16 remote_port;
	oe_u32 interface; /* sk_bound_dev_if */
	oe_u32 netns;
	oe_u32 uid;
	oe_u32 rx_bytes;
	oe_u32 tx_bytes;
	oe_u32 queue_len; /* of a listener */
	oe_u32 max_backlog;
	oe_u32 sent_from;     /* snd_una - bytes_acked */
	oe_u32 received_from; /* rcv_nxt - bytes_received */
	oe_u32 total_retransmits;
	oe_u32 rtt_us;
	oe_u32 rtt_variance_us;
	oe_u32 congestion_window;
	oe_u32 send_window;
	oe_u32 memory;
	oe_u64 bytes_acked;
	oe_u64 bytes_received;
	oe_u32 last_sent;     /* ticks, lower half */
	oe_u32 last_received; /* data */
	oe_u32 last_ack;
	oe_u32 timer_expires; /* ticks, lower half */
	oe_u32 unanswered_ms; /* since the SYN, or the first retransmission; 0: not known, or none */
	oe_u32 last_read_ms;  /* since data was read last; 0: not known */
	oe_u8 what;	      /* OE_TCP or OE_UDP */
	oe_u8 state;	      /* TCP_* of net/tcp_states.h */
	oe_u8 timer;	      /* as in /proc/net/tcp: 1 retransmit, 2 keepalive, 3 time-wait, 4 probe */
	oe_u8 retries;	      /* of that timer */
	oe_u8 retransmits;
	oe_u8 pad[3];
	char congestion[OE_COMM_LEN]; /* TCP_CA_NAME_MAX */
};

enum oe_end_flags {
	OE_END_OTHER_OPEN = 1 << 0, /* something refers to the other end */
};

struct oe_pty {
	struct oe_record header;
	oe_u32 flags;  /* enum oe_end_flags */
	oe_u64 tty;    /* address of the tty_struct */
	oe_u64 link;   /* of the other end's */
	oe_u32 index;  /* N of /dev/pts/N */
	oe_u32 device; /* s_dev of the devpts instance, kernel encoding */
	oe_u8 type;    /* OE_MASTER or OE_SLAVE */
	oe_u8 pad[7];
};

struct oe_pipe {
	struct oe_record header;
	oe_u32 flags; /* enum oe_end_flags */
	oe_u64 pipe;  /* address of the pipe_inode_info */
	oe_u64 inode;
	oe_s32 tgid; /* a descriptor of it */
	oe_s32 fd;
	oe_u32 device; /* s_dev of its inode's file system, kernel encoding */
	oe_u8 type;    /* OE_READ or OE_WRITE */
	oe_u8 is_fifo; /* has a name in some file system */
	oe_u8 pad[2];
};

struct oe_inflight {
	struct oe_record header;
	oe_u32 pad;
	oe_u64 carrier; /* sock whose receive queue holds the message */
	oe_u64 carrier_inode;
	oe_u64 sock; /* sock referred to by a descriptor in it */
	oe_u64 inode;
};

struct oe_waiter {
	struct oe_record header;
	oe_s32 tgid;
	oe_u64 sock; /* sock waited for */
	oe_u64 inode;
	oe_s32 tid;
	oe_u32 pad;
};

struct oe_queued {
	struct oe_record header;
	oe_u32 pad;
	oe_u64 listener;
	oe_u64 embryo;
};

#define OE_BUCKETS 512	  /* UNIX_HASH_SIZE */
#define OE_ADDRESSES 1024 /* that a pass by address takes at once */

/*
 * attempted = written + lost. What did not fit is lost by whole hash buckets, so that the next pass can fetch
 * just those; where all records go through the seq file nothing is lost, and there is no oe_end.
 */
struct oe_end {
	struct oe_record header;
	oe_u32 pad;
	oe_u64 attempted;
	oe_u64 lost;
	oe_u64 lost_buckets[OE_BUCKETS / 64]; /* bit set: read it again */
};

struct oe_ring_file {
	struct oe_record header;
	oe_s32 tgid;
	oe_s32 fd; /* of the io_uring */
	oe_u32 pad;
	oe_u64 sock;
	oe_u64 inode;
};

struct oe_ring {
	struct oe_record header;
	oe_s32 tgid;
	oe_s32 tid;
	oe_s32 fd;
	oe_u32 uid;
	oe_u32 task_netns;
	char comm[OE_COMM_LEN];
};

/* What follows is not a stream of records: the keys and values of maps, and counters. */

enum oe_channel {
	OE_CHANNEL_NONE = 0, /* nothing moves through it: an eventfd, a timer, /dev/null */
	OE_CHANNEL_FILE = 1, /* a file with content of its own */
	OE_CHANNEL_SOCKET = 2,
	OE_CHANNEL_PIPE = 3,   /* or a FIFO */
	OE_CHANNEL_DEVICE = 4, /* a terminal, for one */
};

struct oe_descriptor {
	oe_u32 channel; /* enum oe_channel */
	oe_s32 fd;
	oe_u64 inode; /* 0 for a pty master, whose inode is that of all others, too */
};

struct oe_transfer_key {
	oe_s32 tgid;
	oe_u32 pad;
	struct oe_descriptor from, to;
};

struct oe_transfer {
	oe_u64 count;
	oe_u64 direct; /* of count: moved by the kernel, or written from the memory that was read into */
	oe_u64 bytes;
	oe_u64 joined; /* `to` is a pipe that the same process took the data out of again */
};

struct oe_unwatched {
	oe_u64 transfers;	  /* for which the map had no room */
	oe_u64 reads;		  /* of threads for which the map had no room */
	oe_u64 compat_calls;	  /* of 32-bit tasks */
	oe_u64 io_uring_requests; /* submitted */
};

#endif
