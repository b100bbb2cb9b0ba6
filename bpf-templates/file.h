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
 * not O_PATH. What the kernel opens to execute is `exec`, decided in exec.h. */
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
	if (file->f_flags & OPENED_TO_EXECUTE)
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
	return decide_at(HOOK(file_open), ops & HOOK(file_open).ops, file->f_path.dentry, where);
}
#endif

/* ---- names: the dentry of a name that does not exist yet has no inode, but a parent and a name like any other */

#ifdef DECIDE_path_mknod
/* open with O_CREAT of a new name, mknod. */
PROGRAM(path_mknod)
{
	u32 type = ARGUMENT(u32, 2) & S_IFMT;
	u32 ops = !type || type == S_IFREG ? OP(path_mknod, file_create) : OP(path_mknod, file_mknod);

	return decide_file(HOOK(path_mknod), ops, ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_path_mkdir
PROGRAM(path_mkdir)
{
	return decide_file(HOOK(path_mkdir), OP(path_mkdir, file_mkdir), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_path_symlink
PROGRAM(path_symlink)
{
	return decide_file(HOOK(path_symlink), OP(path_symlink, file_symlink), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_path_link
/* A further name for a file: the old name is linked, the new one created. */
PROGRAM(path_link)
{
	return decide_two_files(HOOK(path_link), OP(path_link, file_link), ARGUMENT(struct dentry *, 0),
				OP(path_link, file_create), ARGUMENT(struct dentry *, 2), false);
}
#endif

#ifdef DECIDE_path_rename
/* Both names are renamed; the new one is created, and deleted before when it exists; an exchange creates both. */
PROGRAM(path_rename)
{
	struct dentry *from = ARGUMENT(struct dentry *, 1);
	struct dentry *to = PLAIN(dentry, ARGUMENT(struct dentry *, 3));
	bool exchange = ARGUMENT(u32, 4) & RENAME_EXCHANGE;
	u32 ops = OP(path_rename, file_rename);
	u32 other_ops = OP(path_rename, file_rename) | OP(path_rename, file_create);

	if (exchange)
		ops |= OP(path_rename, file_create);
	else if (PRESENT(to->d_inode, to->d_name.name))
		other_ops |= OP(path_rename, file_delete);
	return decide_two_files(HOOK(path_rename), ops, from, other_ops, to, exchange);
}
#endif

#ifdef DECIDE_path_unlink
PROGRAM(path_unlink)
{
	return decide_file(HOOK(path_unlink), OP(path_unlink, file_delete), ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_path_rmdir
PROGRAM(path_rmdir)
{
	return decide_file(HOOK(path_rmdir), OP(path_rmdir, file_rmdir), ARGUMENT(struct dentry *, 1));
}
#endif

/* ---- attributes */

#ifdef DECIDE_path_truncate
/* truncate; on 6.1 also ftruncate and open with O_TRUNC. */
PROGRAM(path_truncate)
{
	return decide_file(HOOK(path_truncate), OP(path_truncate, file_truncate),
			   PLAIN(path, ARGUMENT(struct path *, 0))->dentry);
}
#endif

#ifdef DECIDE_file_truncate
/* Kernel >= 6.2: ftruncate, and open with O_TRUNC. */
PROGRAM(file_truncate)
{
	return decide_file(HOOK(file_truncate), OP(file_truncate, file_truncate),
			   PLAIN(file, ARGUMENT(struct file *, 0))->f_path.dentry);
}
#endif

#ifdef DECIDE_path_chmod
PROGRAM(path_chmod)
{
	return decide_file(HOOK(path_chmod), OP(path_chmod, file_chmod),
			   PLAIN(path, ARGUMENT(struct path *, 0))->dentry);
}
#endif

#ifdef DECIDE_path_chown
PROGRAM(path_chown)
{
	return decide_file(HOOK(path_chown), OP(path_chown, file_chown),
			   PLAIN(path, ARGUMENT(struct path *, 0))->dentry);
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
