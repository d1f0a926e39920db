/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where records go. iter/unix cannot be read in pieces: measured on Linux 6.18, when a read() ends in the middle
 * of a hash bucket the next one starts at the next bucket, and sockets are lost silently (bpf_iter_unix_seq_stop()
 * in net/unix/af_unix.c leaves st_bucket_done set, where the TCP iterator clears it). So its records go through a
 * ring buffer and one read() runs the whole pass, ending with an oe_end. Buckets for which there was no room are
 * noted, to be read by another pass.
 * The iterators over descriptors and map elements resume where they stopped, so they write to the seq file.
 */
#ifndef OTHEREND_EMIT_H
#define OTHEREND_EMIT_H

#include "walk.h"
#include <otherend/record.h>

#define BPF_RB_NO_WAKEUP 1

#ifdef OE_COMPAT
static __always_inline void emit(struct seq_file *seq, __u32 bucket, void *record, __u32 size)
{
	bpf_seq_write(seq, record, size);
}
#else
struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 256 * 1024); /* user space asks for more where there are many sockets */
} ring SEC(".maps");

/* Key 0, written here: the pass so far. Key 1, written by user space: a pass over these lost_buckets only. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct oe_end);
} pass_map SEC(".maps");

static __always_inline struct oe_end *pass_at(__u32 key)
{
	return bpf_map_lookup_elem(&pass_map, &key);
}

static __always_inline bool is_wanted(__u32 bucket)
{
	struct oe_end *wanted = pass_at(1);

	return !wanted || !wanted->lost ||
	       wanted->lost_buckets[bucket / 64 % (OE_BUCKETS / 64)] >> bucket % 64 & 1;
}

/* What does not fit is counted, and has its whole bucket read again. */
static __always_inline void emit(struct seq_file *seq, __u32 bucket, void *record, __u32 size)
{
	struct oe_end *pass = pass_at(0);

	if (!pass)
		return;
	pass->attempted++;
	if (!bpf_ringbuf_output(&ring, record, size, BPF_RB_NO_WAKEUP))
		return;
	pass->lost++;
	pass->lost_buckets[bucket / 64 % (OE_BUCKETS / 64)] |= 1ULL << bucket % 64;
}

static __always_inline void end_pass(struct seq_file *seq)
{
	struct oe_end *pass = pass_at(0);

	if (!pass)
		return;
	pass->header.kind = OE_END;
	pass->header.size = sizeof(*pass);
	bpf_seq_write(seq, pass, sizeof(*pass));
	__builtin_memset(pass, 0, sizeof(*pass)); /* for the next pass */
}
#endif

#endif
