/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a process has read, and what that says of what it writes. In the order of what is believed:
 *   1. the kernel itself moved it: splice, tee, sendfile;
 *   2. it is written from the memory that it was read into, by whatever thread, and still begins with the same bytes;
 *   3. it is the first write of a thread since its last read, and comes soon.
 * What goes through a pipe of the process's own, as splice() between two sockets must, is told as from where it came
 * into the pipe.
 */
#ifndef OTHEREND_MOVED_H
#define OTHEREND_MOVED_H

#include "descriptor.h"

#define BPF_ANY 0
#define BPF_NOEXIST 1
#define SOON_NS 100000000ULL
#define SAMPLE_SIZE 16

struct oe_unwatched unwatched;

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384); /* user space may ask for another size */
	__type(key, struct oe_transfer_key);
	__type(value, struct oe_transfer);
} transfers SEC(".maps");

struct last_read {
	struct oe_descriptor from; /* no channel: there was none, or a write has followed */
	__u64 at_ns;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16384);
	__type(key, __u64); /* tgid << 32 | tid */
	__type(value, struct last_read);
} threads SEC(".maps");

struct place {
	__u64 tgid;
	__u64 number; /* a user address, or the inode of a pipe */
};

struct content {
	struct oe_descriptor from;
	__u32 size;		       /* of the sample, at most SAMPLE_SIZE */
	__u32 is_own;		       /* not what was read: made of it, by rule 3 */
	__u64 sample[SAMPLE_SIZE / 8]; /* NUL-padded */
};

/* The oldest are forgotten; what is then written from there is judged by rule 3. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 16384);
	__type(key, struct place);
	__type(value, struct content);
} memory SEC(".maps");

struct feed {
	struct oe_descriptor from;
	struct oe_descriptor into; /* the write end */
};

/* The oldest are forgotten; both halves of the way are then told instead of the whole. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, struct place);
	__type(value, struct feed);
} pipes SEC(".maps");

static __always_inline __u64 current_tgid(void)
{
	return bpf_get_current_pid_tgid() >> 32;
}

static __always_inline struct oe_transfer *transfer_at(const struct oe_transfer_key *key)
{
	struct oe_transfer *known = bpf_map_lookup_elem(&transfers, key);
	struct oe_transfer none = {};

	if (known)
		return known;
	bpf_map_update_elem(&transfers, key, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&transfers, key);
}

static __always_inline void count(const struct oe_descriptor *from, const struct oe_descriptor *to,
				  __u64 bytes, bool direct)
{
	struct oe_transfer_key key = {.tgid = current_tgid(), .from = *from, .to = *to};
	struct oe_transfer *transfer;

	if (is_same(from, to))
		return;
	transfer = transfer_at(&key);
	if (!transfer) {
		__sync_fetch_and_add(&unwatched.transfers, 1);
		return;
	}
	__sync_fetch_and_add(&transfer->count, 1);
	__sync_fetch_and_add(&transfer->bytes, bytes);
	if (direct)
		__sync_fetch_and_add(&transfer->direct, 1);
}

/* Where the process took from what it has in a pipe; the pipe itself if it did not fill it by splice(). */
static __always_inline struct oe_descriptor origin(struct oe_descriptor source)
{
	struct place place = {.tgid = current_tgid(), .number = source.inode};
	struct feed *feed;

	if (source.channel != OE_CHANNEL_PIPE)
		return source;
	feed = bpf_map_lookup_elem(&pipes, &place);
	if (!feed)
		return source;

	struct oe_transfer_key key = {.tgid = place.tgid, .from = feed->from, .to = feed->into};
	struct oe_transfer *half = bpf_map_lookup_elem(&transfers, &key);

	if (half)
		half->joined = 1;
	return feed->from;
}

static __always_inline void feed(const struct oe_descriptor *pipe, const struct oe_descriptor *from)
{
	struct place place = {.tgid = current_tgid(), .number = pipe->inode};
	struct feed value = {.from = *from, .into = *pipe};

	bpf_map_update_elem(&pipes, &place, &value, BPF_ANY);
}

static __always_inline void forget_feed(const struct oe_descriptor *pipe)
{
	struct place place = {.tgid = current_tgid(), .number = pipe->inode};

	bpf_map_delete_elem(&pipes, &place);
}

static __always_inline bool sample(struct content *content, __u64 address, __u64 size)
{
	content->size = size < SAMPLE_SIZE ? size : SAMPLE_SIZE;
	return content->size && content->size <= SAMPLE_SIZE &&
	       !bpf_probe_read_user(content->sample, content->size, (void *)address);
}

static __always_inline void remember_memory(__u64 address, __u64 size, const struct oe_descriptor *from,
					    bool is_own)
{
	struct place place = {.tgid = current_tgid(), .number = address};
	struct content content = {.from = *from, .is_own = is_own};

	if (sample(&content, address, size))
		bpf_map_update_elem(&memory, &place, &content, BPF_ANY);
}

static __always_inline struct content *recall_memory(__u64 address, __u64 size)
{
	struct place place = {.tgid = current_tgid(), .number = address};
	struct content *before = bpf_map_lookup_elem(&memory, &place);
	struct content now = {};

	if (!before || !sample(&now, address, size) || before->size != now.size ||
	    before->sample[0] != now.sample[0] || before->sample[1] != now.sample[1])
		return NULL;
	return before;
}

static __always_inline struct last_read *last_read_of_thread(void)
{
	__u64 thread = bpf_get_current_pid_tgid();

	return bpf_map_lookup_elem(&threads, &thread);
}

static __always_inline void remember_thread(const struct oe_descriptor *from)
{
	struct last_read now = {.from = *from, .at_ns = bpf_ktime_get_ns()};
	struct last_read *known = last_read_of_thread();
	__u64 thread = bpf_get_current_pid_tgid();

	if (known)
		*known = now;
	else if (is_channel(from) && bpf_map_update_elem(&threads, &thread, &now, BPF_ANY))
		__sync_fetch_and_add(&unwatched.reads, 1);
}

#endif
