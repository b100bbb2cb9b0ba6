/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where does a file lie? From a dentry to the class of its path, without a string and without the caller's view.
 *
 * The device of the dentry's super block selects a start state (late.device, filled in by the enforcer); a typed climb
 * along d_parent reaches the super block's root; then the automaton runs from the root down and stops at the first dead
 * or absorbing state. Mounts, bind mounts, chroots and namespaces are never looked at, so they change nothing. Only a
 * file system mounted after the start is named by where the initial mount namespace mounts it (late_state).
 *
 * A climb can be torn by a concurrent rename: every link of the chain was true at some moment, but perhaps not all at
 * once. A protected file can look unprotected only if one of its ancestors was renamed meanwhile, and the closure
 * denies that; a file can look as if it lay in an allowed place only if something was moved through that place.
 *
 * Not resolved: deeper than MAX_DEPTH, a dentry without a way to its root (opened by handle), a name that cannot be
 * read. Such a file is in every set that a deny names and in none that `only` or an exception names.
 *
 * Nameless: memory, pipes, sockets, namespace files, and what the initial mount namespace does not mount. In no set.
 */
#ifndef STELE_WALK_H
#define STELE_WALK_H

#define STATE_DEEPER 0x00fffffdu /* no state: deeper than SHALLOW */

/* Is a file that lies there in no set, whatever the policy? */
#define IN_NO_SET(where) ((where) <= CLASS_NAMELESS)

const volatile struct stele_late late SEC(".rodata.late") = {};

static __always_inline u32 class_of(u32 state)
{
	state &= NEXT_STATE;
	KEEP(state);
	return state < STATES ? class_of_state[state] : CLASS_UNRESOLVED;
}

/* ---- file systems mounted after the start */

#define LATE_NAMES   10 /* components of a mount point's path */
#define LATE_CROSSED 2	/* mounts that are crossed on the way to a file system that was there at the start */
#define LATE_MOUNTS  6	/* mounts of one super block that are looked at */

#define KERNEL_READ(to, from)	      bpf_probe_read_kernel(&(to), sizeof(to), (const void *)(from))
#define MEMBER(address, type, member) ((address) + FIELD_OFFSET(type, member))

/* Addresses as numbers from here on: mounts are reached through list heads, which typed loads cannot leave. */
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

/* The mount by which a super block is named: one in the initial mount namespace; 0 when it has none there,
 * MOUNT_UNKNOWN when it has more mounts than are looked at. */
#define MOUNT_UNKNOWN (~0ull)
#define CHOOSE_MOUNT(first, next)                                                                                      \
	do {                                                                                                           \
		u64 mount = first;                                                                                     \
		for (u32 i = 0; i < LATE_MOUNTS; i++) {                                                                \
			u64 namespace;                                                                                 \
			if (!mount)                                                                                    \
				return 0;                                                                              \
			namespace = namespace_of(mount);                                                               \
			if (namespace && is_host_namespace(namespace))                                                 \
				return mount;                                                                          \
			mount = next;                                                                                  \
			FORGET(mount, namespace);                                                                      \
		}                                                                                                      \
		return mount ? MOUNT_UNKNOWN : 0;                                                                      \
	} while (0)

/* The mount whose list node the list node or list head at `from` points to; 0 at the end. */
static __always_inline u64 listed_mount(u64 from, u64 head)
{
	u64 node = 0;

	KERNEL_READ(node, from);
	return node && node != head ? node - FIELD_OFFSET(mount, mnt_instance) : 0;
}

static __noinline u64 naming_mount_of_list(struct super_block *sb)
{
	u64 head = MEMBER((u64)sb, super_block, s_mounts);

	CHOOSE_MOUNT(listed_mount(head, head), listed_mount(MEMBER(mount, mount, mnt_instance), head));
}

static __always_inline u64 chained_mount(u64 from)
{
	u64 mount = 0;

	KERNEL_READ(mount, from);
	return mount;
}

static __noinline u64 naming_mount_of_chain(struct super_block *sb)
{
	CHOOSE_MOUNT(chained_mount(MEMBER((u64)sb, super_block___chain, s_mounts)),
		     chained_mount(MEMBER(mount, mount___chain, mnt_next_for_sb)));
}

static __always_inline u64 naming_mount(struct super_block *sb)
{
	if (FIELD_EXISTS(mount, mnt_instance))
		return naming_mount_of_list(sb);
	return naming_mount_of_chain(sb); /* from 6.18 */
}

static __always_inline u32 late_step(u32 state, u64 dentry)
{
	u64 word[PIECE / 8] = {};
	u64 name = 0;
	u32 length = 0;

	KERNEL_READ(length, MEMBER(dentry, dentry, d_name.len));
	KERNEL_READ(name, MEMBER(dentry, dentry, d_name.name));
	if (length >= INLINE_NAME)
		return step_long(state, name, length);
	KERNEL_READ(word, name);
	return STEP_WORDS(state, length, word[0], word[1], word[2], word[3]);
}

/* Runs `count` dentries, the last one first, from `state`. */
static __always_inline u32 late_descend(const u64 *names, u32 count, u32 state)
{
	FORGET(count, names[0]);
	for (u32 i = 0; i < LATE_NAMES; i++) {
		count--;
		KEEP(count);
		if (count >= LATE_NAMES) /* below zero: done */
			break;
		state = late_step(state, names[count]);
		if (!state || (state & NEXT_ABSORBING))
			break;
	}
	return state & NEXT_STATE;
}

/* Adds the dentries from `dentry` up to below `root` to `names`. False when there are too many, or `root` is not above.
 */
static __always_inline bool late_climb(u64 *names, u32 *count, u64 dentry, u64 root)
{
	u32 at = *count;

	for (u32 i = 0; i < LATE_NAMES && dentry != root; i++) {
		KEEP(at);
		if (at >= LATE_NAMES)
			break;
		names[at] = dentry;
		at++;
		KERNEL_READ(dentry, MEMBER(dentry, dentry, d_parent));
		FORGET(at, dentry);
	}
	*count = at;
	return dentry == root;
}

/* Start state of a file system mounted after the start: by the path of its mount point in the initial mount namespace.
 * What it does not mount is nameless; a procfs or sysfs is named like the one that it does. */
static __noinline u32 late_state(struct super_block *sb)
{
	u64 names[LATE_NAMES] = {};
	u64 mount, parent = 0, dentry = 0, root = 0, sb_above = 0, magic = sb->s_magic;
	u32 count = 0, state = STATE_UNRESOLVED, dev = 0;

	if (sb->s_flags & SB_NOUSER || magic == NSFS_MAGIC || magic == PID_FS_MAGIC)
		return STATE_NAMELESS;
	if (magic == PROC_SUPER_MAGIC)
		return late.proc_state;
	if (magic == SYSFS_MAGIC)
		return late.sysfs_state;
	if (!late.can_probe)
		return STATE_UNRESOLVED;
	mount = naming_mount(sb);
	if (!mount)
		return STATE_NAMELESS;
	if (mount == MOUNT_UNKNOWN)
		return STATE_UNRESOLVED;
	for (u32 crossed = 0; crossed < LATE_CROSSED && state == STATE_UNRESOLVED; crossed++) {
		KERNEL_READ(parent, MEMBER(mount, mount, mnt_parent));
		if (parent == mount) {
			state = STELE_STATE_ROOT;
			break;
		}
		KERNEL_READ(dentry, MEMBER(mount, mount, mnt_mountpoint));
		KERNEL_READ(sb_above, MEMBER(parent, mount, mnt.mnt_sb));
		KERNEL_READ(dev, MEMBER(sb_above, super_block, s_dev));
		mount = parent;
		state = device_state(dev);
		FORGET(state, mount);
		if (state == STATE_UNRESOLVED)
			KERNEL_READ(root, MEMBER(mount, mount, mnt.mnt_root));
		else
			KERNEL_READ(root, MEMBER(sb_above, super_block, s_root));
		if (!late_climb(names, &count, dentry, root))
			return STATE_UNRESOLVED;
	}
	if (state == STATE_UNRESOLVED)
		return STATE_UNRESOLVED;
	FORGET(state, mount);
	return late_descend(names, count, state);
}

/* ---- the walk inside one file system */

#define CLIMB(level, below)                                                                                            \
	struct dentry *d##level = d##below->d_parent;                                                                  \
	if (d##level == top)                                                                                           \
		goto from##below;
#define DESCEND(level)                                                                                                 \
	from##level : state = step(state, d##level);                                                                   \
	if (!state || (state & NEXT_ABSORBING))                                                                        \
		return state;

/* The state after the components from below `top` to `leaf`; STATE_DEEPER when these are more than SHALLOW. */
static __noinline u32 walk(struct dentry *leaf, struct dentry *top, u32 state)
{
	struct dentry *d0 = leaf;

	if (leaf == top || !state || (state & NEXT_ABSORBING))
		return state;
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
	return STATE_DEEPER;
	DESCEND(15)
	DESCEND(14)
	DESCEND(13)
	DESCEND(12)
	DESCEND(11)
	DESCEND(10)
	DESCEND(9)
	DESCEND(8)
	DESCEND(7)
	DESCEND(6)
	DESCEND(5)
	DESCEND(4)
	DESCEND(3)
	DESCEND(2)
	DESCEND(1)
	DESCEND(0)
	return state;
}

/* Any depth up to MAX_DEPTH: SHALLOW levels at a time from the root down, climbing again from the leaf for each.
 * Below its deepest pattern the automaton is dead or absorbing, so most policies need the first levels only
 * (DEEP_WALKS). */
static __noinline u32 walk_deep(struct dentry *leaf, u32 state)
{
	struct dentry *top = leaf, *bottom = leaf;
	u32 depth = 0;

	for (u32 i = 0; i <= MAX_DEPTH; i++) {
		struct dentry *parent = top->d_parent;

		if (parent == top)
			break;
		top = parent;
		depth++;
	}
	if (depth > MAX_DEPTH || top != leaf->d_sb->s_root)
		return STATE_UNRESOLVED;
	FORGET(depth, leaf->d_name.name);
	for (u32 walks = 1; walks <= DEEP_WALKS; walks++) {
		bottom = leaf;
		for (u32 i = 0; i < MAX_DEPTH; i++) {
			if (i + walks * SHALLOW >= depth)
				break;
			bottom = bottom->d_parent;
		}
		FORGET(depth, leaf->d_name.name);
		FORGET(state, leaf->d_name.name);
		state = walk(bottom, top, state);
		if (!state || (state & NEXT_ABSORBING) || bottom == leaf)
			return state;
		top = bottom;
	}
	return STELE_STATE_DEAD;
}

/* Class of the path of `dentry`. */
static __always_inline u32 locate_inline(struct dentry *dentry)
{
	struct super_block *sb = dentry->d_sb;
	u32 state = device_state(sb->s_dev);
	u32 last;

	if (state == STELE_STATE_DEAD)
		return CLASS_NONE;
	if (state == STATE_UNRESOLVED) {
		state = late_state(sb);
		if (state == STELE_STATE_DEAD)
			return CLASS_NONE;
		if (state == STATE_NAMELESS)
			return CLASS_NAMELESS;
		if (state == STATE_UNRESOLVED)
			return CLASS_UNRESOLVED;
		FORGET(state, dentry->d_name.name);
	}
	last = walk(dentry, sb->s_root, state);
	if (last == STATE_DEEPER)
		last = walk_deep(dentry, state);
	return last ? class_of(last) : CLASS_NONE;
}

/* The same as a call: for every hook but the one that is met most, opening. */
static __noinline u32 locate(struct dentry *dentry)
{
	return locate_inline(dentry);
}

#endif
