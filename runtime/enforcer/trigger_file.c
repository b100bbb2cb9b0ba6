/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Triggers of the class `file`: see enforcer.h.
 */
#include "enforcer.h"

static const char acl[] = "system.posix_acl_access";

/* struct posix_acl_xattr: u::rw- g::r-- o::r-- */
static const struct {
	u32 version;
	struct {
		u16 tag, permissions;
		u32 id;
	} entry[3];
} acl_value = {2, {{1, 6, ~0u}, {4, 4, ~0u}, {32, 4, ~0u}}};

void trigger_file_open(void)
{
	sys(openat, AT_FDCWD, "file", O_RDONLY);
}

void trigger_inode_create(void)
{
	sys(mknodat, AT_FDCWD, "create", S_IFREG | 0600, 0);
}

void trigger_inode_mknod(void)
{
	sys(mknodat, AT_FDCWD, "mknod", S_IFIFO | 0600, 0);
}

void trigger_inode_mkdir(void)
{
	sys(mkdirat, AT_FDCWD, "mkdir", 0700);
}

void trigger_inode_symlink(void)
{
	sys(symlinkat, "file", AT_FDCWD, "symlink");
}

void trigger_inode_link(void)
{
	sys(linkat, AT_FDCWD, "file", AT_FDCWD, "link", 0);
}

void trigger_inode_rename(void)
{
	sys(renameat, AT_FDCWD, "renamed", AT_FDCWD, "rename");
}

void trigger_inode_unlink(void)
{
	sys(unlinkat, AT_FDCWD, "unlinked", 0);
}

void trigger_inode_rmdir(void)
{
	sys(unlinkat, AT_FDCWD, "rmdir", AT_REMOVEDIR);
}

void trigger_inode_setattr(void)
{
	sys(fchmodat, AT_FDCWD, "file", 0600);
}

void trigger_inode_setxattr(void)
{
	sys(setxattr, "file", trigger_xattr, "", 0, 0);
}

void trigger_inode_removexattr(void)
{
	sys(removexattr, "file", trigger_xattr);
}

void trigger_inode_set_acl(void)
{
	sys(setxattr, "file", acl, &acl_value, sizeof(acl_value), 0);
}

void trigger_inode_remove_acl(void)
{
	sys(removexattr, "file", acl);
}

void trigger_inode_file_setattr(void)
{
	static const u64 no_attributes[3]; /* struct file_attr */

	syscall5(NR_FILE_SETATTR, AT_FDCWD, (long)"file", (long)no_attributes, sizeof(no_attributes), 0);
}

void trigger_file_lock(void)
{
	sys(flock, trigger_open_file, LOCK_SH | LOCK_NB);
}

void trigger_inode_getattr(void)
{
	struct statx file;

	sys(statx, AT_FDCWD, "file", 0, STATX_BASIC_STATS, &file);
}
