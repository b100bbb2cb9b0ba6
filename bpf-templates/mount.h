/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs of the class `mount`, and of `file mount_over`. Every hook: kernel >= 6.1. */
#ifndef STELE_MOUNT_H
#define STELE_MOUNT_H

#ifdef DECIDE_sb_mount
/* mount(2), but not a remount or a change of propagation. */
PROGRAM(sb_mount)
{
	if (ARGUMENT(u64, 3) & (MS_REMOUNT | MS_PROPAGATION))
		return 0;
	return decide_file(HOOK(sb_mount), OP(sb_mount, file_mount_over), ARGUMENT(struct path *, 1)->dentry);
}
#endif

#ifdef DECIDE_move_mount
/* move_mount(2): every mount made with the file descriptor interface comes this way. */
PROGRAM(move_mount)
{
	return decide_file(HOOK(move_mount), OP(move_mount, file_mount_over), ARGUMENT(struct path *, 1)->dentry);
}
#endif

#endif
