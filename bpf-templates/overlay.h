/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A file of an overlay has another one beneath it, of the layer that its content comes from. Whoever mounts the overlay
 * chooses the name of the upper one; what the policy names is the lower one.
 *
 * Reading and writing meet file_open again for the file beneath, with the same flags. From 6.5 its path is its own
 * (backing_file_open); before it is the overlay's, only the inode is its own (open_with_fake_path), and a name of that
 * inode says where it lies. Executing and mapping meet their hooks with the overlay's file alone. The file that is
 * mapped then is the one that was opened with it: private_data, from 6.13 the first member of what private_data points
 * to (ovl_open and ovl_mmap in fs/overlayfs/file.c). Overlays are stacked two deep at most
 * (FILESYSTEM_MAX_STACK_DEPTH).
 *
 * What cannot be followed is unresolved.
 */
#ifndef STELE_OVERLAY_H
#define STELE_OVERLAY_H

/* ---- before 6.5: by bpf_probe_read_kernel */

#define NAMES_READ 8 /* below the root of a file system, for the automaton: a power of two */

static __always_inline u32 state_by_reads(u64 sb)
{
	u32 dev = PROBE(sb, super_block, s_dev);
	volatile struct stele_device *device = device_slot(dev);

	if (device->dev == dev)
		return device->state;
	if (PROBE(sb, super_block, s_magic) == SYSFS_MAGIC)
		return late.sysfs_state;
	return late_state_at(sb, 0, dev);
}

/* Components from below `root` to `dentry`; more than MAX_DEPTH when there is no such way. */
static __noinline u32 depth_by_reads(u64 dentry, u64 root)
{
	u64 depth = 0;

#pragma clang loop unroll(disable)
	for (u32 i = 0; i <= MAX_DEPTH && dentry != root; i++) {
		depth++;
		dentry = (u64)PROBE(dentry, dentry, d_parent);
		FORGET(depth, dentry);
	}
	return depth;
}

/* The state after the upper ones of the last `depth` components of `dentry`, NAMES_READ of them at most. */
static __noinline u32 walk_by_reads(u64 dentry, u64 depth, u32 state)
{
	u64 names[NAMES_READ] = {};
	u64 at = 0;

#pragma clang loop unroll(disable)
	for (u32 i = 0; i < MAX_DEPTH; i++) {
		FORGET(at, dentry);
		if (at == depth)
			break;
		names[at % NAMES_READ] = dentry;
		at++;
		dentry = (u64)PROBE(dentry, dentry, d_parent);
	}
	FORGET(at, dentry);
	if (!HAS_PARTS)
		goto known;
	ASK_HERE();
	if (IS_PART(state)) {
		u32 next;

#pragma clang loop unroll(disable)
		for (u32 i = 0; i < STELE_PART_DEPTH; i++) {
			if (!at)
				break;
			next = late_next_part(state, names[(at - 1) % NAMES_READ]);
			if (!next)
				break;
			at--;
			state = next;
			FORGET32(state, dentry);
			FORGET(at, dentry);
		}
		state = part_state(state, false);
	}
known:
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < NAMES_READ; i++) {
		if (!at || STOPS(state) || state == STELE_STATE_ELSEWHERE)
			break;
		at--;
		state = late_step(state, names[at % NAMES_READ]);
		FORGET32(state, dentry);
		FORGET(at, dentry);
	}
	return state;
}

#define INODE_WALKS ((DEEP_WALKS * SHALLOW + NAMES_READ - 1) / NAMES_READ) /* and one for mounted directories */

/* Class of the path of an inode: by the name that it got last. */
__numbers_only u32 locate_inode_at(u64 inode, u64 unused, u64 unused_too)
{
	u64 name, sb;
	u32 state, depth;

	(void)unused;
	(void)unused_too;
	if (!late.can_probe)
		return CLASS_UNRESOLVED; /* and the verifier looks no further */
	name = (u64)PROBE(inode, inode, i_dentry.first);
	sb = (u64)PROBE(inode, inode, i_sb);
	if (HAS_LINKED) {
		u32 linked = linked_class(PROBE(inode, inode, i_ino), PROBE(sb, super_block, s_dev),
					  PROBE(inode, inode, i_generation));

		if (linked)
			return linked;
	}
	state = name ? state_by_reads(sb) : STATE_UNRESOLVED;
	if (state == STATE_NAMELESS)
		return CLASS_NAMELESS;
	name -= FIELD_OFFSET(dentry, d_u.d_alias);
	depth = depth_by_reads(name, (u64)PROBE(sb, super_block, s_root));
	if (state == STATE_UNRESOLVED || depth > MAX_DEPTH)
		return CLASS_UNRESOLVED;
	FORGET32(state, sb);
	FORGET32(depth, sb);
#pragma unroll
	for (u32 i = 0; i <= INODE_WALKS; i++) {
		if (i == INODE_WALKS && !HAS_PARTS)
			break;
		if (!STOPS(state))
			state = walk_by_reads(name, depth, state);
		FORGET32(state, sb);
		if (depth <= NAMES_READ || STOPS(state) || state == STELE_STATE_ELSEWHERE)
			return state ? class_of(state) : CLASS_NONE;
		depth -= NAMES_READ;
		FORGET32(depth, sb);
	}
	return CLASS_NONE; /* no pattern is so deep */
}

static __always_inline u32 locate_inode(u64 inode)
{
	return locate_inode_at(inode, 0, 0);
}

/* ---- the file beneath */

/* What was opened with a file of an overlay. */
static __always_inline struct file *one_beneath(struct file *file)
{
	void *opened = file->private_data;

	if (!FIELD_EXISTS(file, f_count))
		opened = CAST(list_head, opened)->next; /* any type: the module's are not the kernel's */
	return CAST(file, opened);
}

static __always_inline bool is_of_overlay(struct inode *inode)
{
	return inode->i_sb->s_magic == OVERLAYFS_SUPER_MAGIC;
}

/* Address of the file beneath; 0: there is none. Overlays are stacked two deep at most (FILESYSTEM_MAX_STACK_DEPTH). */
static __noinline u64 file_beneath(struct file *file)
{
	struct inode *inode = file->f_inode;
	u64 opened;

	if (!is_of_overlay(inode))
		return inode->i_sb == file->f_path.dentry->d_sb ? 0 : (u64)file;
	if ((inode->i_mode & S_IFMT) != S_IFREG)
		return 0;
	ASK_HERE();
	if (FAKES_PATHS) {
		opened = (u64)file->private_data;
		if (late.can_probe && PROBE(PROBE(PROBE(opened, file, f_inode), inode, i_sb), super_block, s_magic) ==
					  OVERLAYFS_SUPER_MAGIC)
			opened = (u64)PROBE(opened, file, private_data);
		return opened;
	}
	file = one_beneath(file);
	if (is_of_overlay(file->f_inode))
		file = one_beneath(file);
	return (u64)file;
}

/* Class of its path. */
static __noinline u32 locate_beneath(u64 file)
{
	struct dentry *dentry;

	ASK_HERE();
	if (FAKES_PATHS)
		return late.can_probe ? locate_inode((u64)PROBE(file, file, f_inode)) : CLASS_UNRESOLVED;
	dentry = CAST(file, file)->f_path.dentry;
	return dentry->d_inode == CAST(file, file)->f_inode ? locate(dentry) : CLASS_UNRESOLVED;
}

#endif
