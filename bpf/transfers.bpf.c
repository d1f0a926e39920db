// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * Which descriptor does a process take data from, and into which does it put them? Seen at the exit of system calls,
 * where the registers still hold the arguments. See docs/adr/0007-transfers-at-the-exit-of-calls.md.
 */
#include "moved.h"

#define TS_COMPAT 0x0002 /* arch/x86/include/asm/thread_info.h */
#define MSG_PEEK 0x2
#define MSG_ERRQUEUE 0x2000
#define MESSAGES_MAX 1024 /* UIO_MAXIOV, which sendmmsg() keeps to */

enum call { /* arch/x86/entry/syscalls/syscall_64.tbl */
	    CALL_READ = 0,
	    CALL_WRITE = 1,
	    CALL_READV = 19,
	    CALL_WRITEV = 20,
	    CALL_SENDFILE = 40,
	    CALL_SENDTO = 44,
	    CALL_RECVFROM = 45,
	    CALL_SENDMSG = 46,
	    CALL_RECVMSG = 47,
	    CALL_SPLICE = 275,
	    CALL_TEE = 276,
	    CALL_RECVMMSG = 299,
	    CALL_SENDMMSG = 307,
	    CALL_PREADV2 = 327,
	    CALL_PWRITEV2 = 328,
	    CALL_IO_URING_ENTER = 426,
};

enum compat_call { /* syscall_32.tbl; as x86-64 calls these never return more than 0, or are rare */
		   COMPAT_READ = 3,
		   COMPAT_WRITE = 4,
		   COMPAT_READV = 145,
		   COMPAT_WRITEV = 146,
		   COMPAT_SENDMSG = 370,
		   COMPAT_RECVFROM = 371,
		   COMPAT_RECVMSG = 372,
};

struct iovec {
	__u64 base;
	__u64 size;
};

struct user_msghdr {
	__u64 name;
	__u64 name_size;
	__u64 iov;
	__u64 iov_size;
	__u64 control[3];
};

struct mmsghdr {
	struct user_msghdr header;
	__u32 size;
	__u32 pad;
};

const volatile bool only_watched; /* else every process */

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32); /* tgid */
	__type(value, __u8);
} watched SEC(".maps");

static __always_inline bool is_watched(void)
{
	__u32 tgid = current_tgid();

	return !only_watched || bpf_map_lookup_elem(&watched, &tgid);
}

static __always_inline bool is_compat(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();

	return BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
}

static __always_inline struct iovec first_of_vector(__u64 address)
{
	struct iovec first = {};

	bpf_probe_read_user(&first, sizeof(first), (void *)address);
	return first;
}

static __always_inline struct iovec first_of_message(__u64 address)
{
	struct user_msghdr header = {};

	bpf_probe_read_user(&header, sizeof(header), (void *)address);
	return first_of_vector(header.iov);
}

/* Global functions take numbers only, and are verified once and not on each way to them (Linux 5.6). */
__noinline __u64 bytes_of_messages(__u64 address, __u32 messages)
{
	__u64 bytes = 0;

	for (__u32 i = 0; i < MESSAGES_MAX; i++) {
		__u32 size = 0;

		if (i >= messages)
			break;
		bpf_probe_read_user(&size, sizeof(size), (void *)&((struct mmsghdr *)address)[i].size);
		bytes += size;
	}
	return bytes;
}

/* A file read makes the next write an answer from that file; what is no channel (an eventfd) says nothing. */
__noinline int on_read(__s32 fd, __u64 address, __u64 size, __u64 bytes)
{
	struct oe_descriptor from = origin(describe(fd));

	if (from.channel == OE_CHANNEL_NONE)
		return 0;
	remember_thread(&from);
	remember_memory(address, size < bytes ? size : bytes, &from, false);
	return 0;
}

__noinline int on_write(__s32 fd, __u64 address, __u64 size, __u64 bytes)
{
	struct oe_descriptor to = describe(fd);
	struct last_read *last = last_read_of_thread();
	struct oe_descriptor from = {};
	struct content *content;

	if (!is_channel(&to))
		return 0;
	if (to.channel == OE_CHANNEL_PIPE)
		forget_feed(&to);
	content = recall_memory(address, size);
	if (content)
		from = content->from;
	else if (last && bpf_ktime_get_ns() - last->at_ns < SOON_NS)
		from = last->from;
	if (last)
		last->from.channel = OE_CHANNEL_NONE;
	if (!is_channel(&from))
		return 0;

	bool is_own = !content || content->is_own;

	count(&from, &to, bytes, !is_own);
	if (!content) /* may go to others, too */
		remember_memory(address, size, &from, true);
	if (bytes < size) /* the rest is written from further on */
		remember_memory(address + bytes, size - bytes, &from, is_own);
	return 0;
}

__noinline int on_move(__s32 from_fd, __s32 to_fd, __u64 bytes)
{
	struct oe_descriptor from = origin(describe(from_fd));
	struct oe_descriptor to = describe(to_fd);

	if (to.channel == OE_CHANNEL_PIPE)
		feed(&to, &from);
	if (is_channel(&from) && is_channel(&to))
		count(&from, &to, bytes, true);
	return 0;
}

enum effect { EFFECT_NONE, EFFECT_READ, EFFECT_WRITE, EFFECT_MOVE };

struct action {
	enum effect effect;
	__s32 from, to; /* descriptors */
	struct iovec first;
	__u64 bytes;
};

static __always_inline enum effect read_unless(__u64 flags)
{
	return flags & (MSG_PEEK | MSG_ERRQUEUE) ? EFFECT_NONE : EFFECT_READ;
}

static __always_inline struct action action_of(struct pt_regs *regs, __u64 result)
{
	__u64 si = regs->si, dx = regs->dx, r10 = regs->r10;
	struct action action = {.from = regs->di, .to = regs->di, .first = {si, dx}, .bytes = result};

	switch (regs->orig_ax) {
	case CALL_READ:
		action.effect = EFFECT_READ;
		break;
	case CALL_RECVFROM:
		action.effect = read_unless(r10);
		break;
	case CALL_READV:
	case CALL_PREADV2:
		action.effect = EFFECT_READ;
		action.first = first_of_vector(si);
		break;
	case CALL_RECVMSG:
		action.effect = read_unless(dx);
		action.first = first_of_message(si);
		break;
	case CALL_RECVMMSG:
		action.effect = read_unless(r10);
		action.first = first_of_message(si);
		action.bytes = bytes_of_messages(si, 1);
		break;
	case CALL_WRITE:
	case CALL_SENDTO:
		action.effect = EFFECT_WRITE;
		break;
	case CALL_WRITEV:
	case CALL_PWRITEV2:
		action.effect = EFFECT_WRITE;
		action.first = first_of_vector(si);
		break;
	case CALL_SENDMSG:
		action.effect = EFFECT_WRITE;
		action.first = first_of_message(si);
		break;
	case CALL_SENDMMSG:
		action.effect = EFFECT_WRITE;
		action.first = first_of_message(si);
		action.bytes = bytes_of_messages(si, result);
		break;
	case CALL_SENDFILE:
		action.effect = EFFECT_MOVE;
		action.from = si;
		break;
	case CALL_SPLICE:
		action.effect = EFFECT_MOVE;
		action.to = dx;
		break;
	case CALL_TEE:
		action.effect = EFFECT_MOVE;
		action.to = si;
		break;
	}
	return action;
}

static __always_inline void act(const struct action *action)
{
	if (action->effect == EFFECT_READ)
		on_read(action->from, action->first.base, action->first.size, action->bytes);
	else if (action->effect == EFFECT_WRITE)
		on_write(action->to, action->first.base, action->first.size, action->bytes);
	else if (action->effect == EFFECT_MOVE)
		on_move(action->from, action->to, action->bytes);
}

/* Asked of every call of every process on the host: no memory but the registers. */
static __always_inline bool is_of_interest(__u64 call)
{
	switch (call) {
	case CALL_READ:
	case CALL_WRITE:
	case COMPAT_READ:
	case COMPAT_WRITE:
	case CALL_READV:
	case CALL_WRITEV:
	case CALL_SENDFILE:
	case CALL_SENDTO:
	case CALL_RECVFROM:
	case CALL_SENDMSG:
	case CALL_RECVMSG:
	case COMPAT_READV:
	case COMPAT_WRITEV:
	case CALL_SPLICE:
	case CALL_TEE:
	case CALL_RECVMMSG:
	case CALL_SENDMMSG:
	case CALL_PREADV2:
	case CALL_PWRITEV2:
	case COMPAT_SENDMSG:
	case COMPAT_RECVFROM:
	case COMPAT_RECVMSG:
	case CALL_IO_URING_ENTER:
		return true;
	}
	return false;
}

SEC("tp_btf/sys_exit")
int on_exit(__u64 *context)
{
	struct pt_regs *regs = (void *)context[0];
	__s64 result = context[1];

	if (result <= 0 || !is_of_interest(regs->orig_ax) || !is_watched())
		return 0;
	if (is_compat()) {
		__sync_fetch_and_add(&unwatched.compat_calls, 1);
		return 0;
	}
	if (regs->orig_ax == CALL_IO_URING_ENTER) {
		__sync_fetch_and_add(&unwatched.io_uring_requests, result);
		return 0;
	}

	struct action action = action_of(regs, result);

	act(&action);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
