/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Where does a file lie? From a dentry to the class of its path, without a string and without the caller's view.
 *
 * The device of the dentry's super block selects a start state (`devices`, filled in by the enforcer); a typed climb
 * along d_parent reaches the super block's root; then the automaton runs from the root down and stops at the first dead
 * or absorbing state. Mounts, bind mounts, chroots and namespaces are never looked at, so they change nothing. Only a
 * file system mounted after the start is named by where the initial mount namespace mounts it (late_state).
 *
 * A climb can be torn by a concurrent rename: every link of the chain was true at some moment, but perhaps not all at
 * once. What is seen then is the directory where something was, and the name that it has now.
 *
 * Where a name denies, a protected file can look unprotected only if it or one of its ancestors was renamed meanwhile.
 * The closure denies that, but for moves from one tree of a set into another: then the parent of the one name and the
 * other name are beneath a tree, too, whichever was read.
 *
 * Where a name permits (the executable of an exception; a list; a second name within the set of the first), a file can
 * look like what is named if something was moved through the directory of that, which may be anybody's. So the chain
 * must have been true at one moment (locate_sure). Each dentry has a sequence, d_seq. __d_move() in fs/dcache.c, which
 * alone gives another name or parent to a dentry that can be opened, makes it odd before and even behind. Two climbs,
 * one before the walk and one behind it, give the same number (chain_number) only if both met the same dentries, each
 * with the same even sequence. Then nobody moved any of these from when the first climb read its sequence to when the
 * second did. So from the end of the first to the beginning of the second each had one parent, which both read, and one
 * name; and the walk, which lies between them, read these. It was true all that time. (Of the dentries an address is
 * part of the number; a sequence comes again after 2^31 renames. The processor keeps loads in order, Clang the calls.)
 *
 * Of the mount points by which a file system mounted after the start is named, this is asked always. A mount without a
 * parent is the root of its namespace, or is just being moved.
 *
 * Not resolved: deeper than MAX_DEPTH, a dentry without a way to its root (opened by handle), a name that cannot be
 * read, or was not true where that is asked. Such a file is in every set that a deny names and in none that `only` or
 * an exception names.
 *
 * Nameless: memory, pipes, sockets, namespace files, and what the initial mount namespace does not mount. In no set.
 */
#ifndef STELE_WALK_H
#define STELE_WALK_H

/* Is a file that lies there in no set, whatever the policy? */
#define IN_NO_SET(where) ((where) <= CLASS_NAMELESS)

const volatile struct stele_late late SEC(".rodata.late") = {};
volatile struct stele_devices devices SEC(".data.devices") = {};

static __always_inline u32 class_of(u32 state)
{
	state &= NEXT_STATE;
	KEEP(state);
	return state < STATES ? class_of_state[state] : CLASS_UNRESOLVED;
}

/* No further component matters: dead or absorbing. */
#define STOPS(state) ((u32)((state) - 1) >= NEXT_ABSORBING - 1)

#include "parts.h"
#include "links.h"

/* The slot of a device, and whether the device is in it. */
static __always_inline volatile struct stele_device *device_slot(u32 dev)
{
	return &devices.slot[(dev * late.device_multiplier) >> 24];
}

/* ---- the walk inside one file system */

/* One level up. The verifier follows the way that does not branch first: from the shortest path on, whose state holds
 * for the longer ones. */
#define CLIMB(level)                                                                                                   \
	at = at->d_parent;                                                                                             \
	GOTO_UNLESS_SAME(at, top, above##level);                                                                       \
	count = level;                                                                                                 \
	goto descend;                                                                                                  \
	above##level : names[level] = at;

/* The name that was met last but `count`; before 6.2 a pointer keeps its type only in a place that the verifier knows.
 */
static __always_inline struct dentry *name_at(struct dentry *volatile *names, u32 number)
{
	u32 offset = number % SHALLOW * sizeof(*names);

	if (CAN_CAST)
		return CAST(dentry, *(struct dentry *volatile *)((char *)names + offset));
	switch (number) {
	case 0:
		return names[0];
	case 1:
		return names[1];
	case 2:
		return names[2];
	case 3:
		return names[3];
	case 4:
		return names[4];
	case 5:
		return names[5];
	case 6:
		return names[6];
	default:
		return names[7];
	}
}

/* The state after the components from below `top` to `leaf`: SHALLOW of them at a time, from the top. A path that is
 * deeper is climbed by two pointers, SHALLOW apart: when the upper one is at the top, the lower one is where to begin.
 * Below its deepest pattern the automaton is dead or absorbing, so most policies need the first levels only
 * (DEEP_WALKS). */
__followed_once u32 walk_numbers(struct dentry *leaf, struct dentry *top, u32 state)
{
	/* volatile: each pointer is stored once, where Clang would keep copies */
	struct dentry *volatile names[SHALLOW];
	struct dentry *at, *bottom;
	u32 count, depth, walks = 0, is_deep = 0;

	leaf = bottom = PLAIN(dentry, leaf); /* `top` is compared only: a number will do */
	CUT(state);
	if (leaf == top)
		return state;
	if (DEEP_WALKS > 1 && !COUNTED)
		for (u32 i = 0; i < SHALLOW; i++)
			names[i] = leaf; /* else each round would find others there than the one before */
climb:
	ASK_HERE();
	names[0] = at = bottom;
	CLIMB(1)
	CLIMB(2)
	CLIMB(3)
	CLIMB(4)
	CLIMB(5)
	CLIMB(6)
	CLIMB(7)
	at = at->d_parent;
	count = SHALLOW;
	if (at == top)
		goto descend;
	KEEP(is_deep); /* else Clang writes the climb twice */
	if (is_deep)
		return STATE_UNRESOLVED; /* somebody moves directories */
	is_deep = 1;
	depth = SHALLOW;
	do {
		ASK_HERE();
		at = at->d_parent;
		bottom = bottom->d_parent;
		if (at == top)
			goto climb;
		MAY_GOTO(lost);
		UNCOUNT(depth);
		depth++;
	} while (depth < MAX_DEPTH);
lost:
	return STATE_UNRESOLVED;
descend:
	do {
		UNCOUNT(count);
		count--;
		at = name_at(names, count);
		MAY_GOTO(lost); /* here: behind the cast the fewest registers hold what differs */
		state = step(state, at);
		if (STOPS(state))
			return state;
	} while (count);
	if (bottom == leaf)
		return state;
	if (DEEP_WALKS == 1)
		return STELE_STATE_DEAD;
	UNCOUNT(walks);
	if (++walks >= DEEP_WALKS)
		return STELE_STATE_DEAD;
	MAY_GOTO(lost);
	top = bottom;
	bottom = leaf;
	is_deep = 0;
	goto climb;
}

static __always_inline u32 walk(struct dentry *leaf, struct dentry *top, u32 state)
{
	return walk_numbers(NUMBER(leaf), NUMBER(top), state);
}

/* ---- was it true at one moment? */

/* A number for what lies between `leaf` and the root of its file system: which dentries, and how often each was
 * changed. `mask` is ~1 before a walk and ~0 behind it, so that one that is being changed (its sequence is odd), and a
 * climb that does not end, are never the same. What changes the sequences of the same dentries only adds to them.
 * `mount`: the address of the mount that the file system is, to go on where that is mounted; 0: no further. */
__followed_once u64 chain_number(struct dentry *leaf, u64 mask, u64 mount)
{
	struct dentry *at = PLAIN(dentry, leaf), *above;
	u64 dentries = 0, changes = 0, parent;
	u32 depth = 0;

	do {
		ASK_HERE();
		changes -= at->d_seq.seqcount.sequence & mask;
		dentries = (dentries - ADDRESS(at)) * HASH_WORD_0;
		above = at->d_parent;
		GOTO_UNLESS_SAME(above, at, on);
		if (!CAN_CAST || !mount)
			return dentries + changes;
		parent = (u64)NUMBER(CAST(mount, mount)->mnt_parent);
		if (parent == mount)
			return dentries + changes;
		above = CAST(mount, mount)->mnt_mountpoint;
		mount = parent;
	on:
		at = above;
		MAY_GOTO(lost);
		UNCOUNT(depth);
		depth++;
	} while (depth <= MAX_DEPTH);
lost:
	return mask;
}

/* ---- file systems of which the host mounts directories: parts.h */

/* How far a path leads through the tree of its file system: the node, and how many components it took; 0: lost. */
#define PLACE(state, depth) ((state) << 8 | (depth))
#define PLACE_STATE(place)  ((place) >> 8)
#define PLACE_DEPTH(place)  ((place) & 0xff)

static __noinline u32 part_place(struct dentry *leaf, struct dentry *top, u32 state)
{
	struct dentry *volatile names[SHALLOW];
	struct dentry *at, *bottom = leaf;
	u32 count, depth, next, is_deep = 0;

	CUT(state);
	if (leaf == top)
		return PLACE(state, 0);
climb:
	ASK_HERE();
	names[0] = at = bottom;
	CLIMB(1)
	CLIMB(2)
	CLIMB(3)
	CLIMB(4)
	CLIMB(5)
	CLIMB(6)
	CLIMB(7)
	at = at->d_parent;
	count = SHALLOW;
	if (at == top)
		goto descend;
	KEEP(is_deep);
	if (is_deep)
		return 0; /* somebody moves directories */
	is_deep = 1;
	depth = SHALLOW;
	do {
		ASK_HERE();
		at = at->d_parent;
		bottom = bottom->d_parent;
		if (at == top)
			goto climb;
		MAY_GOTO(lost);
		UNCOUNT(depth);
		depth++;
	} while (depth < MAX_DEPTH + STELE_PART_DEPTH);
lost:
	return 0;
descend:
	depth = 0;
	do {
		UNCOUNT(count);
		count--;
		at = name_at(names, count);
		MAY_GOTO(lost);
		next = next_part(state, at);
		if (!next)
			break;
		state = next;
		PASS_STACK(state);
		depth++;
		UNCOUNT(depth);
	} while (count);
	return PLACE(state, depth);
}

/* The directory above `leaf`, or itself, that lies `depth` components below `top`. */
static __noinline struct dentry *part_top(struct dentry *leaf, struct dentry *top, u32 depth)
{
	struct dentry *ahead = leaf;
	u32 rounds = 0;

	do {
		ASK_HERE();
		if (ahead == top)
			break;
		ahead = ahead->d_parent;
		if (rounds >= depth)
			leaf = leaf->d_parent;
		MAY_GOTO(lost);
		UNCOUNT(rounds);
		rounds++;
	} while (rounds < MAX_DEPTH + STELE_PART_DEPTH);
lost:
	return leaf;
}

/* The state of a file on such a file system; STELE_STATE_ELSEWHERE: no mount of the start shows it. is_place: files are
 * named from it on, so that it does not matter what renaming it would do. */
static __noinline u32 walk_part(struct dentry *leaf, struct dentry *top, u32 state, bool is_place)
{
	u32 place = part_place(leaf, top, state);

	if (!place)
		return STATE_UNRESOLVED;
	top = part_top(leaf, top, PLACE_DEPTH(place));
	state = part_state(PLACE_STATE(place), leaf == top && !is_place);
	return state && state != STELE_STATE_ELSEWHERE ? walk(leaf, top, state) : state;
}

/* ---- file systems mounted after the start */

/* Mounts of one super block that are looked at where rounds are counted (with more it is not resolved), and mounts that
 * are crossed on the way to a file system that was there at the start: a power of two. */
#define LATE_MOUNTS  6
#define LATE_CROSSED 8

/* The start state of a file system that its kind tells; STATE_UNRESOLVED when its mounts must. */
static __always_inline u32 state_of_kind(struct super_block *sb)
{
	u64 magic = sb->s_magic;

	if (sb->s_flags & SB_NOUSER || magic == NSFS_MAGIC || magic == PID_FS_MAGIC)
		return STATE_NAMELESS;
	if (magic == PROC_SUPER_MAGIC)
		return late.proc_state;
	if (magic == SYSFS_MAGIC)
		return late.sysfs_state;
	return STATE_UNRESOLVED;
}

/* A mount of a namespace; NULL has none. */
static __always_inline bool is_host_mount(u64 mount)
{
	u64 namespace = (u64)READ(mount, mount, mnt_ns);

	return READ(namespace, mnt_namespace, ns.inum) == late.mount_namespace;
}

/* The mounts of a super block: a list, from 6.18 on a plain chain with the youngest first. Addresses as numbers: typed
 * loads cannot leave a list head. */
static __always_inline u64 first_mount(u64 sb)
{
	if (FIELD_EXISTS(mount, mnt_instance))
		return (u64)READ(sb, super_block, s_mounts.next) - FIELD_OFFSET(mount, mnt_instance);
	return READ_WORD(sb, super_block, FIELD_OFFSET(super_block___chain, s_mounts));
}

static __always_inline u64 next_mount(u64 mount)
{
	if (FIELD_EXISTS(mount, mnt_instance))
		return (u64)READ(mount, mount, mnt_instance.next) - FIELD_OFFSET(mount, mnt_instance);
	return (u64)READ(mount, mount___chain, mnt_next_for_sb);
}

/* What comes behind the last one. */
static __always_inline u64 no_mount(u64 sb)
{
	if (FIELD_EXISTS(mount, mnt_instance))
		return sb + FIELD_OFFSET(super_block, s_mounts) - FIELD_OFFSET(mount, mnt_instance);
	return 0;
}

/* The address of the mount by which a file is named: the oldest one in the initial mount namespace that shows it, all
 * of its file system or a directory above it, so that no later mount changes a name. 0: that namespace does not mount
 * it; LOST: it takes too many rounds (where they are counted). One loop for the mounts and for what lies above the
 * file, since the verifier takes each loop within a loop for many. */
#define LOST 1

static __noinline u64 naming_mount(struct dentry *leaf)
{
	u64 sb = (u64)leaf->d_sb, end = no_mount(sb), at = first_mount(sb), found = 0;
	struct dentry *whole = leaf->d_sb->s_root, *above = leaf, *root;
	u32 rounds = 1;

	do {
		if (at == end)
			return found;
		ASK_HERE();
		if (is_host_mount(at)) {
			root = CAST(mount, at)->mnt.mnt_root;
			if (root == whole || root == above) {
				if (FIELD_EXISTS(mount, mnt_instance)) /* the oldest comes first */
					return at;
				found = at;
			} else {
				root = above->d_parent;
				if (root != above) {
					above = root;
					goto next;
				}
			}
		}
		above = leaf;
		at = next_mount(at);
	next:
		MAY_GOTO(lost);
		UNCOUNT(rounds);
		rounds += COUNTED;
	} while (rounds <= LATE_MOUNTS);
lost:
	return LOST;
}

/* The state of the root of a mount that was made after the start, by the path of its mount point. */
static __always_inline u32 late_state_of(u64 at)
{
	struct dentry *volatile names[LATE_CROSSED], *volatile roots[LATE_CROSSED];
	struct mount *mount = CAST(mount, at);
	u32 count = 0, dev, state;

	do {
		struct mount *parent = mount->mnt_parent;
		struct dentry *place = mount->mnt_mountpoint, *root = parent->mnt.mnt_root;
		struct super_block *above = parent->mnt.mnt_sb;
		volatile struct stele_device *device;

		state = STELE_STATE_ROOT;
		if (parent == mount) {
			if (mount->mnt_ns->root != mount)
				return STATE_UNRESOLVED; /* it is being moved */
			break;
		}
		dev = above->s_dev;
		device = device_slot(dev);
		state = STATE_UNRESOLVED;
		if (device->dev == dev) {
			state = device->state;
			root = above->s_root;
			if (HAS_PARTS && IS_PART(state)) {
				state = walk_part(place, root, state, true);
				if (state != STELE_STATE_ELSEWHERE)
					break;
				state = STATE_UNRESOLVED;
				root = parent->mnt.mnt_root;
			}
		}
		names[count % LATE_CROSSED] = place;
		roots[count % LATE_CROSSED] = root;
		mount = parent;
		MAY_GOTO(lost);
		count++;
		UNCOUNT(count);
	} while (state == STATE_UNRESOLVED && count < LATE_CROSSED);
	while (count && !STOPS(state)) {
		UNCOUNT(count);
		count--;
		if (state == STATE_UNRESOLVED)
			break;
		state =
		    walk(CAST(dentry, names[count % LATE_CROSSED]), CAST(dentry, roots[count % LATE_CROSSED]), state);
		MAY_GOTO(lost);
	}
	return state & NEXT_STATE;
lost:
	return STATE_UNRESOLVED;
}

/* The same, if the mount points had their names at one moment. */
static __always_inline u32 late_state(u64 mount)
{
	struct dentry *top = CAST(mount, mount)->mnt.mnt_root;
	u64 before = chain_number(NUMBER(top), ~1ull, NUMBER(mount));
	u32 state = late_state_of(mount);

	return chain_number(NUMBER(top), ~0ull, NUMBER(mount)) == before ? state : STATE_UNRESOLVED;
}

/* Class of a file on a file system mounted after the start. What the initial mount namespace does not mount is
 * nameless; a procfs or sysfs is named like the one that it does. However many mounts others make of it, all are looked
 * at (where rounds need not be counted). */
__followed_once u32 locate_late(struct dentry *leaf, u64 unused, u64 unused_too)
{
	struct dentry *top;
	u64 mount;
	u32 state;

	(void)unused;
	(void)unused_too;
	leaf = PLAIN(dentry, leaf);
	top = leaf->d_sb->s_root;
	state = state_of_kind(leaf->d_sb);
	if (state == STATE_UNRESOLVED) {
		mount = naming_mount(leaf);
		if (mount == LOST)
			return CLASS_UNRESOLVED;
		state = STATE_NAMELESS;
		if (mount) {
			top = CAST(mount, mount)->mnt.mnt_root;
			state = late_state(mount);
		}
	}
	if (state == STATE_NAMELESS)
		return CLASS_NAMELESS;
	if (state == STATE_UNRESOLVED)
		return CLASS_UNRESOLVED;
	if (state != STELE_STATE_DEAD)
		state = walk(leaf, top, state);
	return state ? class_of(state) : CLASS_NONE;
}

/* The same where pointers cannot be cast, before 6.2: by bpf_probe_read_kernel, in counted rounds. */
#define LATE_NAMES 10 /* components of the paths of mount points */
#define LATE_READ  2  /* mounts that are crossed */

/* The name of a dentry; of a short one its words. Returns its length. */
static __always_inline u32 late_name(u64 dentry, u64 *ret_name, u64 *word)
{
	u32 length = 0;

	KERNEL_READ(length, dentry + FIELD_OFFSET(dentry, d_name.len));
	KERNEL_READ(*ret_name, dentry + FIELD_OFFSET(dentry, d_name.name));
	if (length < INLINE_NAME)
		bpf_probe_read_kernel(word, PIECE, (const void *)*ret_name);
	return length;
}

static __always_inline u32 late_step(u32 state, u64 dentry)
{
	u64 word[PIECE / 8] = {};
	u64 name = 0;
	u32 length = late_name(dentry, &name, word);

	if (length >= INLINE_NAME)
		return step_long(state, name, length);
	return step_short(state, length, word);
}

static __noinline u32 late_next_part(u32 state, u64 dentry)
{
	u64 word[PIECE / 8] = {};
	u64 name = 0;
	u32 length = late_name(dentry, &name, word);

	return part_edge_of(state, length, name, word);
}

/* Runs `count` dentries, the last one first, from `state`. */
static __always_inline u32 late_descend(const u64 *names, u32 count, u32 state, u64 unknown)
{
	FORGET(count, unknown);
	if (!HAS_PARTS)
		goto known;
	ASK_HERE();
	if (IS_PART(state)) {
		u32 next = 0;

		for (u32 i = 0; i < STELE_PART_DEPTH; i++) {
			u32 last = count - 1;

			KEEP(last);
			if (last >= LATE_NAMES)
				break;
			next = late_next_part(state, names[last]);
			if (!next)
				break;
			state = next;
			FORGET32(state, unknown);
			count = last;
		}
		state = part_state(state, false);
		if (state == STELE_STATE_ELSEWHERE)
			return STATE_UNRESOLVED;
	}
known:
	for (u32 i = 0; i < LATE_NAMES; i++) {
		count--;
		KEEP(count);
		if (count >= LATE_NAMES) /* below zero: done */
			break;
		state = late_step(state, names[count]);
		if (STOPS(state))
			break;
	}
	return state;
}

/* The sequence of a dentry, see chain_number. */
static __always_inline u32 late_sequence(u64 dentry)
{
	return PROBE(dentry, dentry, d_seq.seqcount.sequence);
}

/* Adds the dentries from `dentry` up to below `root` to `names`, and their sequences to `changes`. False when there are
 * too many, or `root` is not above. */
static __always_inline bool late_climb(u64 *names, u32 *count, u64 *changes, u64 dentry, u64 root)
{
	u32 at = *count;

	FORGET(at, dentry);
	for (u32 i = 0; i < LATE_NAMES && dentry != root; i++) {
		KEEP(at);
		if (at >= LATE_NAMES)
			break;
		names[at] = dentry;
		at++;
		*changes += late_sequence(dentry) & ~1u;
		KERNEL_READ(dentry, dentry + FIELD_OFFSET(dentry, d_parent));
		FORGET(at, dentry);
	}
	*count = at;
	return dentry == root;
}

/* A state that already is that of the file: only a directory above it is mounted. */
#define OF_FILE NEXT_ABSORBING

/* `leaf`: the file, or 0. */
__numbers_only u32 late_state_at(u64 sb, u64 leaf, u64 unknown)
{
	u64 names[LATE_NAMES] = {};
	u64 end = no_mount(sb), changes = 0, mount, parent, dentry, root, above;
	u32 count = 0, dev, state, done = 0;
	volatile struct stele_device *device;

	if (!late.can_probe)
		return STATE_UNRESOLVED; /* and the verifier looks no further */
	FORGET(changes, unknown);
	mount = first_mount(sb);
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < LATE_MOUNTS; i++) {
		if (mount == end)
			return STATE_NAMELESS;
		if (is_host_mount(mount))
			goto found;
		mount = next_mount(mount);
	}
	return STATE_UNRESOLVED;
found:
	root = (u64)PROBE(mount, mount, mnt.mnt_root);
	if (root != (u64)PROBE(sb, super_block, s_root))
		done = OF_FILE;
	else
		leaf = root;
	FORGET32(done, unknown);
	if (!late_climb(names, &count, &changes, leaf, root))
		return STATE_UNRESOLVED;
#pragma clang loop unroll(disable)
	for (u32 crossed = 0; crossed < LATE_READ; crossed++) {
		parent = (u64)PROBE(mount, mount, mnt_parent);
		state = STELE_STATE_ROOT;
		if (parent == mount) {
			if ((u64)PROBE(PROBE(mount, mount, mnt_ns), mnt_namespace, root) != mount)
				return STATE_UNRESOLVED; /* it is being moved */
			goto known;
		}
		dentry = (u64)PROBE(mount, mount, mnt_mountpoint);
		above = (u64)PROBE(parent, mount, mnt.mnt_sb);
		dev = PROBE(above, super_block, s_dev);
		device = device_slot(dev);
		state = device->state;
		mount = parent;
		root = device->dev == dev ? above + FIELD_OFFSET(super_block, s_root)
					  : parent + FIELD_OFFSET(mount, mnt.mnt_root);
		KERNEL_READ(root, root);
		if (!late_climb(names, &count, &changes, dentry, root))
			return STATE_UNRESOLVED;
		if (device->dev == dev)
			goto known;
	}
	return STATE_UNRESOLVED;
known:
	FORGET32(state, unknown);
	state = (late_descend(names, count, state, unknown) & NEXT_STATE) | done;
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < LATE_NAMES; i++)
		changes -= late_sequence(names[i]);
	return changes ? STATE_UNRESOLVED : state;
}

static __noinline u32 late_state_by_reads(struct dentry *leaf)
{
	struct super_block *sb = leaf->d_sb;
	u32 state = state_of_kind(sb);

	if (state != STATE_UNRESOLVED)
		return state;
	return late_state_at(ADDRESS(sb), ADDRESS(leaf), sb->s_flags);
}

static __always_inline u32 locate(struct dentry *dentry);
#include "overlay.h"

/* ---- where a file lies */

/* Class of the path of `dentry`. `opened`: the file that is being opened there, or NULL. */
static __always_inline u32 locate_inline(struct dentry *dentry, struct file *opened)
{
	struct super_block *sb = dentry->d_sb;
	struct dentry *top;
	u32 dev = sb->s_dev, state;
	volatile struct stele_device *device = device_slot(dev);

	if (device->dev == dev) {
		state = device->state;
		if (state == STELE_STATE_DEAD)
			return CLASS_NONE;
		if (HAS_LINKED) {
			struct inode *inode = dentry->d_inode;
			u32 linked = inode ? linked_class(inode->i_ino, dev, inode->i_generation) : 0;

			if (linked)
				return linked;
		}
		top = sb->s_root;
		if (!HAS_PARTS || !IS_PART(state))
			goto known;
		state = walk_part(dentry, sb->s_root, state, false);
		if (state != STELE_STATE_ELSEWHERE)
			return state ? class_of(state) : CLASS_NONE;
	} else if (opened && FAKES_PATHS && opened->f_inode->i_sb != sb) {
		return locate_inode(ADDRESS(opened->f_inode));
	}
	ASK_HERE();
	if (CAN_CAST)
		return locate_late(NUMBER(dentry), 0, 0);
	top = sb->s_root;
	state = late_state_by_reads(dentry);
	if (state == STATE_NAMELESS)
		return CLASS_NAMELESS;
	if (state == STATE_UNRESOLVED)
		return CLASS_UNRESOLVED;
	if (state & OF_FILE)
		return class_of(state);
	FORGET32(state, dev);
	if (state == STELE_STATE_DEAD)
		return CLASS_NONE;
known:
	state = walk(dentry, top, state);
	return state ? class_of(state) : CLASS_NONE;
}

/* The same as a call: for every hook but the one that is met most, opening. */
__followed_once u32 locate_number(struct dentry *dentry, u64 unused, u64 unused_too)
{
	u32 where;

	(void)unused;
	(void)unused_too;
	dentry = PLAIN(dentry, dentry);
	where = locate_inline(dentry, NULL);
	if (!CAN_CAST)
		FORGET32(where,
			 dentry->d_name.len); /* what is decided from it is followed once, not for each way to it */
	return where;
}

static __always_inline u32 locate(struct dentry *dentry)
{
	return locate_number(NUMBER(dentry), 0, 0);
}

/* What was read between: unresolved when it was not true at one moment. `before`: the chain's number then. */
static __always_inline u32 if_unchanged(u32 where, struct dentry *dentry, u64 before)
{
	if (chain_number(NUMBER(dentry), ~0ull, 0) != before)
		where = CLASS_UNRESOLVED;
	FORGET32(where, before);
	return where;
}

/* Class of the path where a name permits something, see above. */
static __noinline u32 locate_sure(struct dentry *dentry)
{
	u64 before = chain_number(NUMBER(dentry), ~1ull, 0);

	return if_unchanged(locate(dentry), dentry, before);
}

/* ---- the end of a file system */

/* Its device number is free for others once this hook has run: what is mounted next under that number is another file
 * system. Always attached. Hook: sb_delete, kernel >= 6.1, no verdict. */
SEC("lsm/sb_delete") int stele_sb_delete(u64 *ctx)
{
	u32 dev = ((struct super_block *)ctx[0])->s_dev;
	volatile struct stele_device *device = device_slot(dev);

	if (device->dev == dev)
		device->dev = 0;
	return 0;
}

#endif
