/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Programs of the class `file`: opening, names, attributes. Every hook: kernel >= 6.1 unless its comment says
 * otherwise.
 */
#ifndef STELE_FILE_H
#define STELE_FILE_H

/* ---- opening */

#ifdef DECIDE_file_open
/* Every way to a descriptor that can be read or written (open, openat2, io_uring, reopening through /proc, by handle);
 * not O_PATH. What the kernel opens to execute is `exec`, decided in exec.h; it is read, too, where interpreters of
 * binfmt_misc may be somebody's own. */
PROGRAM(file_open)
{
	struct file *file = ARGUMENT(struct file *, 0);
	const u32 reads = OP(file_open, file_read) | OP(file_open, file_list);
	const u32 writes = OP(file_open, file_write) | OP(file_open, file_append);
	u32 mode = file->f_mode, ops = 0, where;

	if (!(mode &
	      ((HOOK(file_open).ops & reads ? FMODE_READ : 0) | (HOOK(file_open).ops & writes ? FMODE_WRITE : 0))))
		return 0;
	where = locate_opened(HOOK(file_open), file);
	if (IN_NO_SET(where) && !HOOK(file_open).only)
		return 0;
	file = PLAIN(file, file);
	if (file->f_flags & OPENED_TO_EXECUTE && !has_own_interpreters(PLAIN(task_struct, bpf_get_current_task_btf())))
		return 0;
	/* mode and dentry are read again: kept across the walk they cost every open a spilled register */
	mode = file->f_mode;
	if ((file->f_inode->i_mode & S_IFMT) == S_IFDIR) {
		ops = OP(file_open, file_list);
	} else {
		if (mode & FMODE_READ)
			ops |= OP(file_open, file_read);
		if (mode & FMODE_WRITE)
			ops |= file->f_flags & O_APPEND ? OP(file_open, file_append) : OP(file_open, file_write);
	}
	return decide_at_as(HOOK(file_open), ops & HOOK(file_open).ops, file->f_path.dentry, where,
			    owned_inode_bit(HOOK(file_open), file->f_inode, file->f_path.dentry));
}
#endif

/* ---- names: the dentry of a name that does not exist yet has no inode, but a parent and a name like any other.
 * The hooks of inodes, not of paths: the kernel's own callers (an overlay in its upper layer) meet no others. */

#ifdef DECIDE_inode_create
/* open with O_CREAT of a new name, mknod of a regular file. */
PROGRAM(inode_create)
{
	return decide_file(HOOK(inode_create), OP(inode_create, file_create), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_mknod
/* Devices, pipes, and sockets that are bound to a name. */
PROGRAM(inode_mknod)
{
	return decide_file(HOOK(inode_mknod), OP(inode_mknod, file_mknod), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_mkdir
PROGRAM(inode_mkdir)
{
	return decide_file(HOOK(inode_mkdir), OP(inode_mkdir, file_mkdir), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_symlink
PROGRAM(inode_symlink)
{
	return decide_file(HOOK(inode_symlink), OP(inode_symlink, file_symlink), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_link
/* A further name for a file: the old name is linked, the new one created. */
PROGRAM(inode_link)
{
	return decide_two_files(HOOK(inode_link), OP(inode_link, file_link), ARGUMENT(struct dentry *, 0),
				OP(inode_link, file_create), ARGUMENT(struct dentry *, 2));
}
#endif

#ifdef DECIDE_inode_rename
#define WORK 0x6b726f77ull /* the name of an overlay's work directory, as a word */

/* Is the rename the end of an overlay's copying up? Before the first change it makes a copy in its work directory,
 * under a name that begins with #, with its mounter's credentials. Asked for layers that are named like their overlay:
 * the change was decided by that name. */
static __always_inline bool is_copied_up(struct dentry *from, struct dentry *to)
{
	struct task_struct *task = PLAIN(task_struct, bpf_get_current_task_btf());
	struct dentry *work;

	if ((u64)task->cred == (u64)task->real_cred || PRESENT(to->d_inode, to->d_name.name))
		return false;
	from = PLAIN(dentry, from);
	work = from->d_parent;
	return (inline_word(from) & 0xff) == '#' && work->d_name.len == 4 && (inline_word(work) & 0xffffffff) == WORK;
}

/* Both names are renamed; the new one is created, and deleted before when it exists. */
PROGRAM(inode_rename)
{
	struct dentry *to = PLAIN(dentry, ARGUMENT(struct dentry *, 3));
	u32 ops = OP(inode_rename, file_rename);
	u32 other_ops = OP(inode_rename, file_rename) | OP(inode_rename, file_create);

	if (HAS_LAYERS) {
		ASK_HERE();
		if (is_copied_up(ARGUMENT(struct dentry *, 1), to)) {
			ops = 0;
			other_ops = OP(inode_rename, file_create);
		}
	}
	if (PRESENT(to->d_inode, to->d_name.name))
		other_ops |= OP(inode_rename, file_delete);
	return decide_two_files(HOOK(inode_rename), ops, ARGUMENT(struct dentry *, 1), other_ops, to);
}
#endif

#ifdef DECIDE_inode_unlink
PROGRAM(inode_unlink)
{
	return decide_file(HOOK(inode_unlink), OP(inode_unlink, file_delete), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_rmdir
PROGRAM(inode_rmdir)
{
	return decide_file(HOOK(inode_rmdir), OP(inode_rmdir, file_rmdir), ARGUMENT(struct dentry *, 1));
}
#endif

/* ---- attributes */

#ifdef DECIDE_inode_setattr
/* Length, mode, owner, times: one hook that says what is set. That a change of owner or content takes set-id bits away
 * is no chmod. From 6.9 the hook is also told of the mount's map of ids, before the rest. */
static __always_inline int decide_setattr(struct dentry *dentry, struct iattr *attributes)
{
	u32 set, ops;

	attributes = PLAIN(iattr, attributes);
	set = attributes->ia_valid;
	if (set & ATTR_SIZE)
		ops = OP(inode_setattr, file_truncate);
	else if (set & (ATTR_UID | ATTR_GID))
		ops = OP(inode_setattr, file_chown);
	else if (set & ATTR_MODE)
		ops = set & ATTR_FORCE ? 0 : OP(inode_setattr, file_chmod);
	else
		ops = set & (ATTR_ATIME | ATTR_MTIME) ? OP(inode_setattr, file_utime) : 0;
	return decide_file(HOOK(inode_setattr), ops, dentry);
}

SEC("lsm/inode_setattr") int stele_inode_setattr(u64 *ctx)
{
	int earlier;

	if (TAKES(inode_setattr, 3)) {
		earlier = (int)FETCH(ctx, 3);
		return earlier ? earlier
			       : decide_setattr((struct dentry *)FETCH(ctx, 1), (struct iattr *)FETCH(ctx, 2));
	}
	earlier = (int)FETCH(ctx, 2);
	return earlier ? earlier : decide_setattr((struct dentry *)FETCH(ctx, 0), (struct iattr *)FETCH(ctx, 1));
}
#endif

#ifdef DECIDE_inode_setxattr
/* On 6.1 access control lists too. */
PROGRAM(inode_setxattr)
{
	return decide_file(HOOK(inode_setxattr), OP(inode_setxattr, file_xattr), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_removexattr
PROGRAM(inode_removexattr)
{
	return decide_file(HOOK(inode_removexattr), OP(inode_removexattr, file_xattr), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_set_acl
/* Kernel >= 6.2. */
PROGRAM(inode_set_acl)
{
	return decide_file(HOOK(inode_set_acl), OP(inode_set_acl, file_xattr), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_remove_acl
/* Kernel >= 6.2. */
PROGRAM(inode_remove_acl)
{
	return decide_file(HOOK(inode_remove_acl), OP(inode_remove_acl, file_xattr), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_file_setattr
/* Kernel >= 6.17: flags such as immutable, by file_setattr and ioctl. */
PROGRAM(inode_file_setattr)
{
	return decide_file(HOOK(inode_file_setattr), OP(inode_file_setattr, file_xattr), ARGUMENT(struct dentry *, 0));
}
#endif

#ifdef DECIDE_inode_getattr
/* stat in all its forms, also of an open descriptor. */
PROGRAM(inode_getattr)
{
	return decide_file(HOOK(inode_getattr), OP(inode_getattr, file_stat),
			   PLAIN(path, ARGUMENT(struct path *, 0))->dentry);
}
#endif

/* ---- locks */

#ifdef DECIDE_file_lock
/* Taking a lock or a lease on an open file, and giving it back. */
PROGRAM(file_lock)
{
	return decide_file(HOOK(file_lock), OP(file_lock, file_lock),
			   PLAIN(file, ARGUMENT(struct file *, 0))->f_path.dentry);
}
#endif

#endif
