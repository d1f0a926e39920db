/* SPDX-License-Identifier: MIT */
#include "kernel/light.h"

#include <errno.h> /* the generated header uses it and does not include it */

#include "snapshot.lskel.h"

int oe_light_load(struct oe_light_programs *out)
{
	struct snapshot_light *skeleton = snapshot_light__open_and_load();

	if (!skeleton)
		return errno ? -errno : -EINVAL;
	out->holders_fd = skeleton->progs.holders.prog_fd;
	out->sockets_fd = skeleton->progs.sockets.prog_fd;
	/* Now the caller's: destroy() must not close them. It skips what is not positive. */
	skeleton->progs.holders.prog_fd = 0;
	skeleton->progs.sockets.prog_fd = 0;
	snapshot_light__destroy(skeleton);
	return 0;
}
