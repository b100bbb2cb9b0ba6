/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls of the class `mount`, as the kernel makes them: mounts. `a` and `b` are the dentries of a call's paths, b NULL
 * when there is one. */
#ifndef STELE_HOST_MOUNT_H
#define STELE_HOST_MOUNT_H

static void call_mount_over(struct dentry *a, struct dentry *b)
{
	(void)b;
	IGNORES(sb_mount, "a remount mounts nothing", 0, P(host_path(a)), 0, MS_REMOUNT, 0);
	IGNORES(sb_mount, "propagation mounts nothing", 0, P(host_path(a)), 0, 1u << 18, 0);
	DECIDES(sb_mount, P("none"), P(host_path(a)), P("tmpfs"), 0, 0);
	DECIDES(move_mount, P(host_path(host_nameless())), P(host_path(a)));
}

static const struct host_call mount_calls[] = {
    {"mount_over", 1, call_mount_over},
};

#endif
