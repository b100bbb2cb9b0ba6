/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls of the class `file`, as the kernel makes them: opening, names, attributes. `a` and `b` are the dentries of a
 * call's paths, b NULL when there is one. */
#ifndef STELE_HOST_FILE_H
#define STELE_HOST_FILE_H

static void host_open(struct dentry *a, u32 mode, u32 f_mode, u32 flags)
{
	IGNORES(file_open, "opening to execute is exec", P(host_file(a, mode, f_mode, flags | OPENED_TO_EXECUTE)));
	DECIDES(file_open, P(host_file(a, mode, f_mode, flags)));
	if ((mode & S_IFMT) == S_IFREG && host_is_layer(a)) {
		struct file *beneath = host_file(a, mode, f_mode, flags);

		host_over(beneath);
		DECIDES(file_open, P(beneath));
	}
}

/* Executed where an interpreter of somebody's own may be handed it. */
static void host_execute_below(struct user_namespace *namespace, struct dentry *a)
{
	struct cred own = *host_current->real_cred;
	const struct cred *initial = host_current->real_cred;

	own.user_ns = namespace;
	host_current->real_cred = &own;
	DECIDES(file_open, P(host_file(a, S_IFREG | 0755, FMODE_READ, OPENED_TO_EXECUTE)));
	host_current->real_cred = initial;
}

static void call_read(struct dentry *a, struct dentry *b)
{
	static struct user_namespace initial;
	static struct user_namespace outer = {&initial, (struct binfmt_misc *)&outer}, inner = {&outer, NULL};

	(void)b;
	host_open(a, S_IFREG | 0644, FMODE_READ, 0);
	host_execute_below(&outer, a);
	host_execute_below(&inner, a);
}

static void call_write(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFREG | 0644, FMODE_WRITE, 0);
}

static void call_read_write(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFREG | 0644, FMODE_READ | FMODE_WRITE, 0);
}

static void call_append(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFREG | 0644, FMODE_WRITE, O_APPEND);
}

static void call_read_append(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFREG | 0644, FMODE_READ | FMODE_WRITE, O_APPEND);
}

static void call_list(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFDIR | 0755, FMODE_READ, 0);
}

static void call_create(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_negative(a);
	DECIDES(inode_create, P(host_parent(a)), P(a), S_IFREG | 0644);
}

static void call_mknod(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_negative(a);
	DECIDES(inode_mknod, P(host_parent(a)), P(a), 0010000 | 0644, 0);
	DECIDES(inode_mknod, P(host_parent(a)), P(a), 0020000 | 0644, 0x103);
}

static void call_mkdir(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(inode_mkdir, P(host_parent(a)), P(host_negative(a)), 0755);
}

static void call_symlink(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(inode_symlink, P(host_parent(a)), P(host_negative(a)), P("target"));
}

static void call_link(struct dentry *a, struct dentry *b)
{
	host_plain(a);
	DECIDES(inode_link, P(a), P(host_parent(b)), P(host_negative(b)));
}

static void call_rename(struct dentry *a, struct dentry *b)
{
	DECIDES(inode_rename, P(host_parent(a)), P(a), P(host_parent(b)), P(host_negative(b)));
}

static void call_replace(struct dentry *a, struct dentry *b)
{
	DECIDES(inode_rename, P(host_parent(a)), P(a), P(host_parent(b)), P(b));
}

static void call_rename_plain(struct dentry *a, struct dentry *b)
{
	call_rename(host_plain(a), b);
}

static void call_replace_plain(struct dentry *a, struct dentry *b)
{
	call_replace(host_plain(a), b);
}

static void call_delete(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(inode_unlink, P(host_parent(a)), P(a));
}

static void call_rmdir(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(inode_rmdir, P(host_parent(a)), P(a));
}

static void host_setattr(struct dentry *dentry, u32 valid)
{
	struct iattr *attributes = host_allocate(sizeof(*attributes));

	attributes->ia_valid = valid;
	DECIDES(inode_setattr, 0, P(dentry), P(attributes));
}

static void call_truncate(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_setattr(a, ATTR_SIZE);
	host_setattr(a, ATTR_SIZE | ATTR_MTIME | ATTR_FORCE | ATTR_MODE); /* set-id bits go with it */
}

static void call_chmod(struct dentry *a, struct dentry *b)
{
	static const struct iattr without_set_id = {ATTR_FORCE | ATTR_MODE};

	(void)b;
	IGNORES(inode_setattr, "writing takes set-id bits away", 0, P(a), P(&without_set_id));
	host_setattr(a, ATTR_MODE);
}

static void call_chown(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_setattr(a, ATTR_UID);
	host_setattr(a, ATTR_GID | ATTR_MODE);
}

static void call_utime(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_setattr(a, ATTR_ATIME | ATTR_MTIME);
	host_setattr(a, ATTR_MTIME);
}

static void call_xattr(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(inode_setxattr, 0, P(a), P("user.a"), P("v"), 1, 0);
	DECIDES(inode_removexattr, 0, P(a), P("user.a"));
	DECIDES(inode_set_acl, 0, P(a), P("system.posix_acl_access"), 0);
	DECIDES(inode_remove_acl, 0, P(a), P("system.posix_acl_access"));
	DECIDES(inode_file_setattr, P(a), 0);
}

static void call_stat(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(inode_getattr, P(host_path(a)));
}

static void call_lock(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(file_lock, P(host_file(a, S_IFREG | 0644, FMODE_READ, 0)), 1);
}

static const struct host_call file_calls[] = {
    {"read", 1, call_read},
    {"write", 1, call_write},
    {"read_write", 1, call_read_write},
    {"append", 1, call_append},
    {"read_append", 1, call_read_append},
    {"list", 1, call_list},
    {"create", 1, call_create},
    {"mknod", 1, call_mknod},
    {"mkdir", 1, call_mkdir},
    {"symlink", 1, call_symlink},
    {"link", 2, call_link},
    {"rename", 2, call_rename},
    {"rename_plain", 2, call_rename_plain},
    {"replace", 2, call_replace},
    {"replace_plain", 2, call_replace_plain},
    {"delete", 1, call_delete},
    {"rmdir", 1, call_rmdir},
    {"truncate", 1, call_truncate},
    {"chmod", 1, call_chmod},
    {"chown", 1, call_chown},
    {"utime", 1, call_utime},
    {"xattr", 1, call_xattr},
    {"stat", 1, call_stat},
    {"lock", 1, call_lock},
};

#endif
