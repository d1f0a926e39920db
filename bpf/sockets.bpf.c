// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* Which UNIX sockets exist in this network namespace, held or not? */
#include "unix_socket.h"

SEC("iter/unix")
int sockets(struct bpf_iter__unix *ctx)
{
	struct unix_sock *u = ctx->unix_sk;

	if (!u)
		end_pass(ctx->meta->seq);
	else if (is_wanted(bucket_of(u)))
		emit_socket(ctx->meta->seq, u);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
