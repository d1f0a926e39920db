// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
/* What details.bpf.c tells, of the sockets at given addresses. */
#include "address.h"
#include "details.h"

SEC("iter/bpf_map_elem")
int details_at(struct bpf_iter__bpf_map_elem *ctx)
{
	struct unix_sock *u = socket_at(ctx->value);

	if (u)
		emit_details(ctx->meta->seq, u);
	return 0;
}

char LICENSE[] SEC("license") = "Dual BSD/GPL";
