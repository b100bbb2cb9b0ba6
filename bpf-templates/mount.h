/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs of the class `mount`, and of `file mount_over`. Every hook: kernel >= 6.1. */
#ifndef STELE_MOUNT_H
#define STELE_MOUNT_H

#if defined(DECIDE_sb_mount) || defined(DECIDE_move_mount) || defined(DECIDE_sb_pivotroot)
#define PEERS 16 /* mounts of one peer group that are looked at, where rounds are counted */

/* Do the mounts that are slaves of this one hear of what is mounted on it? */
static __always_inline bool has_slaves(u64 mount)
{
	u64 first = READ_WORD(mount, mount, FIELD_OFFSET(mount, mnt_slave_list));

	return first && first != mount + FIELD_OFFSET(mount, mnt_slave_list);
}

/* Does what is mounted on `place` become part of the host's mount namespace: made there, or passed on to it by a peer?
 * Slaves of a namespace of its own, and more peers than are looked at, may be the host's. */
static __noinline bool reaches_host(struct path *place)
{
	u64 mount = (u64)place->mnt - FIELD_OFFSET(mount, mnt), peer = mount;
	u32 rounds = 1;
	int group;

	if (!CAN_CAST && !late.can_probe)
		return place->mnt->mnt_flags & MNT_SHARED ||
		       bpf_get_current_task_btf()->nsproxy->mnt_ns->ns.inum == late.mount_namespace;
	group = READ(mount, mount, mnt_group_id);
	do {
		if (is_host_mount(peer))
			return true;
		if (!group)
			return false;
		if (has_slaves(peer))
			return true;
		peer = (u64)READ(peer, mount, mnt_share.next) - FIELD_OFFSET(mount, mnt_share);
		if (peer == mount)
			return false;
		MAY_GOTO(many);
		UNCOUNT(rounds);
		rounds += COUNTED;
	} while (rounds <= PEERS);
many:
	return true;
}
#endif

#ifdef DECIDE_sb_mount
/* mount(2), but not a remount or a change of propagation; asked in the order of path_mount() in fs/namespace.c: a bind
 * mount is made whatever is said of propagation beside it. */
PROGRAM(sb_mount)
{
	struct path *place = PLAIN(path, ARGUMENT(struct path *, 1));

	u64 flags = ARGUMENT(u64, 3);

	if (flags & MS_REMOUNT || (flags & MS_PROPAGATION && !(flags & MS_BIND)))
		return 0;
	if (!reaches_host(place))
		return 0;
	return decide_place(HOOK(sb_mount), OP(sb_mount, file_mount_over), place->dentry);
}
#endif

#ifdef DECIDE_move_mount
/* move_mount(2): every mount made with the file descriptor interface comes this way. */
PROGRAM(move_mount)
{
	struct path *place = PLAIN(path, ARGUMENT(struct path *, 1));

	if (!reaches_host(place))
		return 0;
	return decide_place(HOOK(move_mount), OP(move_mount, file_mount_over), place->dentry);
}
#endif

#ifdef DECIDE_sb_pivotroot
/* pivot_root(2): the old root is mounted on a directory of the new one. */
PROGRAM(sb_pivotroot)
{
	struct path *place = PLAIN(path, ARGUMENT(struct path *, 0));

	if (!reaches_host(place))
		return 0;
	return decide_place(HOOK(sb_pivotroot), OP(sb_pivotroot, file_mount_over), place->dentry);
}
#endif

#endif
