/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where does a file lie? From a dentry to the class of its path, without a string and without the caller's view.
 *
 * The device of the dentry's super block selects a start state (late.device, filled in by the enforcer); a typed climb along
 * d_parent reaches the super block's root; then the automaton runs from the root down and stops at the first dead or absorbing
 * state. Mounts, bind mounts, chroots and namespaces are never looked at, so they change nothing. Only a file system mounted
 * after the start is named by its mounts (late_state).
 *
 * A climb can be torn by a concurrent rename: every link of the chain was true at some moment, but perhaps not all at once.
 * A protected file can look unprotected only if one of its ancestors was renamed meanwhile, and the closure denies that; a file
 * can look as if it lay in an allowed place only if something was moved through that place.
 *
 * Not resolved: deeper than MAX_DEPTH, a dentry without a way to its root (opened by handle), a name that cannot be read.
 * Such a file is in every set that a deny names and in none that `only` or an exception names.
 */
#ifndef STELE_WALK_H
#define STELE_WALK_H

#define SHALLOW	  16 /* levels that the fast path remembers; deeper paths climb again for each component */
#define MAX_DEPTH 64

/* Where a file lies: its class, and WHERE_FOREIGN when its file system is not mounted in the initial mount namespace. */
#define WHERE_CLASS   0x00ffffffu
#define WHERE_FOREIGN 0x80000000u

#define CLASS_NONE	 0 /* in no set and above none */
#define CLASS_UNRESOLVED 1

/* A file without a name on any file system that is mounted somewhere: anonymous memory, memfd. */
#define WHERE_NOWHERE (CLASS_NONE | WHERE_FOREIGN)

/* Flags on a start state. */
#define START_FOREIGN 0x40000000u
#define START_NOWHERE 0x20000000u

const volatile struct stele_late late SEC(".rodata.late") = {};

static __always_inline u32 class_of(u32 state)
{
	state &= NEXT_STATE;
	return state < STATES ? class_of_state[state] : CLASS_UNRESOLVED;
}

/* ---- file systems mounted after the start */

#define LATE_NAMES  24 /* components of a mount point's path */
#define LATE_CLIMB  40 /* those, and the mounts that are crossed */
#define LATE_MOUNTS 32 /* mounts of one super block that are looked at */

#define KERNEL_READ(to, from) bpf_probe_read_kernel(&(to), sizeof(to), (const void *)(from))
#define MEMBER(address, type, member) ((address) + FIELD_OFFSET(type, member))

/* Addresses as numbers from here on: mounts are reached through list heads, which typed loads cannot leave. */
static __always_inline u64 first_mount(struct super_block *sb)
{
	u64 node = 0;

	if (FIELD_EXISTS(mount, mnt_instance)) {
		KERNEL_READ(node, MEMBER((u64)sb, super_block, s_mounts));
		return node == MEMBER((u64)sb, super_block, s_mounts) ? 0 : node - FIELD_OFFSET(mount, mnt_instance);
	}
	KERNEL_READ(node, MEMBER((u64)sb, super_block___chain, s_mounts));
	return node;
}

static __always_inline u64 next_mount(struct super_block *sb, u64 mount)
{
	u64 node = 0;

	if (FIELD_EXISTS(mount, mnt_instance)) {
		KERNEL_READ(node, MEMBER(mount, mount, mnt_instance));
		return node == MEMBER((u64)sb, super_block, s_mounts) ? 0 : node - FIELD_OFFSET(mount, mnt_instance);
	}
	KERNEL_READ(node, MEMBER(mount, mount___chain, mnt_next_for_sb));
	return node;
}

static __always_inline u64 namespace_of(u64 mount)
{
	u64 namespace = 0;

	KERNEL_READ(namespace, MEMBER(mount, mount, mnt_ns));
	return namespace;
}

static __always_inline bool is_host_namespace(u64 namespace)
{
	u32 inum = 0;

	KERNEL_READ(inum, MEMBER(namespace, mnt_namespace, ns.inum));
	return inum == late.mount_namespace;
}

static __always_inline u32 device_state(u32 dev)
{
	u32 slot = (dev * late.device_multiplier) >> 24;

	if (late.device[slot].dev == dev)
		return late.device[slot].state;
	return STATE_UNRESOLVED;
}

/* The mount by which a super block is named: its first in the initial mount namespace, else its first in any; 0 = none. */
static __noinline u64 naming_mount(struct super_block *sb)
{
	u64 mount = first_mount(sb), any = 0;

	for (u32 i = 0; i < LATE_MOUNTS && mount; i++) {
		u64 namespace = namespace_of(mount);

		if (namespace && is_host_namespace(namespace))
			return mount;
		if (namespace && !any)
			any = mount;
		mount = next_mount(sb, mount);
	}
	return any;
}

/* Runs `count` dentries, the last one first, from `state`. */
static __always_inline u32 late_descend(const u64 *names, u32 count, u32 state)
{
	for (u32 i = 0; i < LATE_NAMES && count; i++) {
		u64 text = 0;
		u32 length = 0;

		count--;
		if (count >= LATE_NAMES)
			break;
		KERNEL_READ(length, MEMBER(names[count], dentry, d_name.len));
		KERNEL_READ(text, MEMBER(names[count], dentry, d_name.name));
		state = step_text(state, text, length);
		if (!state || (state & NEXT_ABSORBING))
			break;
	}
	return state & NEXT_STATE;
}

/* Start state of a file system mounted after the start: by the path of its mount point. */
static __noinline u32 late_state(struct super_block *sb)
{
	u64 names[LATE_NAMES] = {};
	u64 mount, dentry = 0, root = 0, parent = 0;
	u32 count = 0, state = STATE_UNRESOLVED, flags = 0;

	if (sb->s_flags & SB_NOUSER)
		return START_NOWHERE;
	if (!late.can_probe)
		return STATE_UNRESOLVED;
	mount = naming_mount(sb);
	if (!mount)
		return STATE_UNRESOLVED; /* detached by umount -l, kept by an open file */
	if (!is_host_namespace(namespace_of(mount)))
		flags = START_FOREIGN;
	KERNEL_READ(root, MEMBER(mount, mount, mnt.mnt_root));
	dentry = root;
	for (u32 i = 0; i < LATE_CLIMB; i++) {
		if (dentry == root) {
			u64 sb_above = 0;
			u32 dev = 0;

			if (state != STATE_UNRESOLVED)
				return late_descend(names, count, state) | flags;
			KERNEL_READ(parent, MEMBER(mount, mount, mnt_parent));
			if (parent == mount) /* root of a namespace; the host's own has a known device */
				return late_descend(names, count, STELE_STATE_ROOT) | START_FOREIGN;
			KERNEL_READ(dentry, MEMBER(mount, mount, mnt_mountpoint));
			mount = parent;
			KERNEL_READ(sb_above, MEMBER(mount, mount, mnt.mnt_sb));
			KERNEL_READ(dev, MEMBER(sb_above, super_block, s_dev));
			state = device_state(dev);
			if (state != STATE_UNRESOLVED)
				KERNEL_READ(root, MEMBER(sb_above, super_block, s_root));
			else
				KERNEL_READ(root, MEMBER(mount, mount, mnt.mnt_root));
		} else {
			KERNEL_READ(parent, MEMBER(dentry, dentry, d_parent));
			if (count >= LATE_NAMES || parent == dentry)
				return STATE_UNRESOLVED;
			names[count] = dentry;
			count++;
			dentry = parent;
		}
	}
	return STATE_UNRESOLVED;
}

/* ---- the walk inside one file system */

/* Any depth up to MAX_DEPTH, remembering nothing: climbs again for each component. */
static __noinline u32 walk_deep(struct dentry *leaf, u32 state)
{
	struct dentry *dentry = leaf;
	u32 depth = 0;

	for (u32 i = 0; i <= MAX_DEPTH; i++) {
		struct dentry *parent = dentry->d_parent;

		if (parent == dentry)
			break;
		dentry = parent;
		depth++;
	}
	if (depth > MAX_DEPTH || dentry != leaf->d_sb->s_root)
		return STATE_UNRESOLVED;
	for (u32 level = 0; level < MAX_DEPTH; level++) {
		u32 climb = depth - 1 - level;

		if (level >= depth)
			break;
		dentry = leaf;
		for (u32 i = 0; i < MAX_DEPTH; i++) {
			if (i >= climb)
				break;
			dentry = dentry->d_parent;
		}
		state = step(state, dentry);
		if (!state || (state & NEXT_ABSORBING))
			break;
	}
	return state & NEXT_STATE;
}

#define CLIMB(level, below)                                                                                            \
	struct dentry *d##level = d##below->d_parent;                                                                  \
	if (d##level == d##below) {                                                                                    \
		if (d##below != leaf->d_sb->s_root)                                                                    \
			return STATE_UNRESOLVED;                                                                       \
		goto from##below;                                                                                      \
	}
#define DESCEND(level, below)                                                                                          \
	from##level:                                                                                                   \
	state = step(state, d##below);                                                                                 \
	if (!state || (state & NEXT_ABSORBING))                                                                        \
		return state & NEXT_STATE;

/* The last state of the path from the super block's root to `leaf`. */
static __noinline u32 walk(struct dentry *leaf, u32 state)
{
	struct dentry *d0 = leaf;

	CLIMB(1, 0)
	CLIMB(2, 1)
	CLIMB(3, 2)
	CLIMB(4, 3)
	CLIMB(5, 4)
	CLIMB(6, 5)
	CLIMB(7, 6)
	CLIMB(8, 7)
	CLIMB(9, 8)
	CLIMB(10, 9)
	CLIMB(11, 10)
	CLIMB(12, 11)
	CLIMB(13, 12)
	CLIMB(14, 13)
	CLIMB(15, 14)
	CLIMB(16, 15)
	return walk_deep(leaf, state);
	DESCEND(15, 14)
	DESCEND(14, 13)
	DESCEND(13, 12)
	DESCEND(12, 11)
	DESCEND(11, 10)
	DESCEND(10, 9)
	DESCEND(9, 8)
	DESCEND(8, 7)
	DESCEND(7, 6)
	DESCEND(6, 5)
	DESCEND(5, 4)
	DESCEND(4, 3)
	DESCEND(3, 2)
	DESCEND(2, 1)
	DESCEND(1, 0)
from0:
	return state;
}

/* Class of the path of `dentry`, and WHERE_FOREIGN. */
static __noinline u32 locate(struct dentry *dentry)
{
	struct super_block *sb = dentry->d_sb;
	u32 state = device_state(sb->s_dev);
	u32 flags = 0;

	if (state == STELE_STATE_DEAD)
		return CLASS_NONE;
	if (state == STATE_UNRESOLVED) {
		state = late_state(sb);
		if (state & START_NOWHERE)
			return WHERE_NOWHERE;
		if (state & START_FOREIGN)
			flags = WHERE_FOREIGN;
		state &= NEXT_STATE;
		if (state == STELE_STATE_DEAD)
			return CLASS_NONE | flags;
		if (state == STATE_UNRESOLVED)
			return CLASS_UNRESOLVED;
	}
	return class_of(walk(dentry, state)) | flags;
}

#undef CLIMB
#undef DESCEND

#endif
