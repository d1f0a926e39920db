// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/*
 * What hangs on the queues of this network namespace's UNIX sockets, and which path leads to their files? Asked only
 * where the sockets of a pass say that there is something: many hosts never load these walks.
 */
#include "details.h"

SEC("iter/unix")
int details(struct bpf_iter__unix *ctx)
{
	struct unix_sock *u = ctx->unix_sk;

	if (!u)
		end_pass(ctx->meta->seq);
	else if (is_wanted(bucket_of(u)))
		emit_details(ctx->meta->seq, u);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
