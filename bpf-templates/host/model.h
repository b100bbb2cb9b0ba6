/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * A model of the kernel's structures, enough of it for every hook: file systems with their mounts, dentries, inodes,
 * open files, one task. Every object is an allocation of its own, so that AddressSanitizer sees each byte that a
 * program reads beyond one; bytes behind a short name are garbage, as in the kernel.
 *
 * File systems last for the whole run; dentries and all else that a question needs are freed behind it.
 */
#ifndef STELE_HOST_MODEL_H
#define STELE_HOST_MODEL_H

#define HOST_FILE_SYSTEMS 64
#define HOST_ALLOCATIONS  65536
#define HOST_NAMESPACE	  4026531841u /* inode number of the host's mount namespace */
#define HOST_SHMEM	  0x1000ffu   /* s_dev of the file system of memory without a name */
#define HOST_OVERLAY	  0x1000feu   /* s_dev of overlays */
#define HOST_GARBAGE	  0xa5

struct host_file_system {
	char *at; /* path of the mount point */
	struct super_block *sb;
	struct mount *mount;
};

static struct host_file_system host_file_systems[HOST_FILE_SYSTEMS];
static u32 host_file_system_count;
static struct mnt_namespace host_namespace = {.ns = {HOST_NAMESPACE}};

static void *host_allocations[HOST_ALLOCATIONS];
static u32 host_allocation_count;
static struct dentry *host_dentries[HOST_ALLOCATIONS]; /* those that have a name, to be found again */
static u32 host_dentry_count;

/* Dentries that have another inode in this question, or none, and what they had. */
static struct {
	struct dentry *dentry;
	struct inode *inode;
} host_changed[16];
static u32 host_changed_count;

/* Zeroed memory that lasts until host_free(). */
static void *host_allocate(u64 size)
{
	void *memory = calloc(1, size);

	if (!memory || host_allocation_count == HOST_ALLOCATIONS)
		host_fault("the model is too large");
	return host_allocations[host_allocation_count++] = memory;
}

/* Frees what was allocated behind the first `from` objects and found behind the first `dentries` names. */
static void host_free(u32 from, u32 dentries)
{
	while (host_changed_count > 0) {
		host_changed_count--;
		host_changed[host_changed_count].dentry->d_inode = host_changed[host_changed_count].inode;
	}
	while (host_allocation_count > from)
		free(host_allocations[--host_allocation_count]);
	host_dentry_count = dentries;
}

static struct inode *host_new_inode(struct super_block *sb, u32 mode)
{
	static u64 number = 1000;
	struct inode *inode = host_allocate(sizeof(*inode));

	*inode = (struct inode){.i_mode = mode, .i_ino = ++number, .i_sb = sb};
	return inode;
}

static struct dentry *host_new_dentry(struct super_block *sb, struct dentry *parent, const char *name, u64 length)
{
	struct dentry *dentry = host_allocate(sizeof(*dentry));

	dentry->d_parent = parent ? parent : dentry;
	dentry->d_sb = sb;
	dentry->d_inode = host_new_inode(sb, S_IFDIR | 0755);
	dentry->d_name.len = length;
	memset(dentry->d_iname, HOST_GARBAGE, sizeof(dentry->d_iname));
	if (length < sizeof(dentry->d_iname)) {
		memcpy(dentry->d_iname, name, length);
		dentry->d_iname[length] = 0;
		dentry->d_name.name = dentry->d_iname;
	} else {
		unsigned char *copy = host_allocate(length + 1);

		memcpy(copy, name, length);
		dentry->d_name.name = copy;
	}
	return dentry;
}

static struct dentry *host_child(struct dentry *parent, const char *name, u64 length)
{
	struct dentry *dentry;

	for (u32 i = 0; i < host_dentry_count; i++) {
		dentry = host_dentries[i];
		if (dentry->d_parent == parent && dentry->d_name.len == length &&
		    !memcmp(dentry->d_name.name, name, length))
			return dentry;
	}
	dentry = host_new_dentry(parent->d_sb, parent, name, length);
	return host_dentries[host_dentry_count++] = dentry;
}

/* Does `path` lie at or below the directory `at`? */
static bool host_is_beneath(const char *path, const char *at)
{
	u64 length = strlen(at);

	return !strcmp(at, "/") || (!strncmp(path, at, length) && (!path[length] || path[length] == '/'));
}

/* The file system on which the file `path` lies; a mount point itself is the root of what is mounted there. */
static struct host_file_system *host_file_system_of(const char *path)
{
	struct host_file_system *found = NULL;

	for (u32 i = 0; i < host_file_system_count; i++)
		if (host_is_beneath(path, host_file_systems[i].at) &&
		    (!found || strlen(host_file_systems[i].at) >= strlen(found->at)))
			found = &host_file_systems[i];
	return found;
}

/* The dentry of an absolute path. What no kernel can name (no path from a root, a component over 255 bytes) becomes
 * what a kernel opens by handle: a dentry without a way to its file system's root. */
static struct dentry *host_dentry(const char *path)
{
	struct host_file_system *fs = host_file_system_of(path);
	struct dentry *dentry = fs->sb->s_root;
	const char *at = strcmp(fs->at, "/") ? path + strlen(fs->at) : path;

	while (*path == '/' && *at) {
		u64 length = 0;

		while (at[length] && at[length] != '/')
			length++;
		if (length > 255)
			break;
		if (length)
			dentry = host_child(dentry, at, length);
		at += length + (at[length] == '/');
	}
	return *path != '/' || *at ? host_new_dentry(fs->sb, NULL, "adrift", 6) : dentry;
}

/* The dentry with another inode, until host_free(). */
static struct dentry *host_with_inode(struct dentry *dentry, struct inode *inode)
{
	host_changed[host_changed_count].dentry = dentry;
	host_changed[host_changed_count++].inode = dentry->d_inode;
	dentry->d_inode = inode;
	return dentry;
}

/* Does the question say whose the files are? */
static bool host_owners_told;

/* The file belongs to `uid`, until host_free(). */
static void host_give(struct dentry *dentry, u32 uid)
{
	struct inode *inode = host_new_inode(dentry->d_sb, dentry->d_inode->i_mode);

	inode->i_uid.val = uid;
	host_with_inode(dentry, inode);
}

/* The dentry of a name that does not exist. */
static struct dentry *host_negative(struct dentry *dentry)
{
	return host_with_inode(dentry, NULL);
}

/* The dentry of a file that is no directory. */
static struct dentry *host_plain(struct dentry *dentry)
{
	struct inode *inode = host_new_inode(dentry->d_sb, S_IFREG | 0644);

	inode->i_uid = dentry->d_inode->i_uid;
	return host_with_inode(dentry, inode);
}

/* A file of memory that has no name: memfd. */
static struct dentry *host_nameless(void)
{
	static struct super_block shmem = {.s_dev = HOST_SHMEM, .s_flags = SB_NOUSER};

	return host_new_dentry(&shmem, NULL, "memfd:", 6);
}

static struct file *host_file(struct dentry *dentry, u32 mode, u32 f_mode, u32 flags)
{
	struct file *file = host_allocate(sizeof(*file));

	file->f_inode = host_new_inode(dentry->d_sb, mode);
	file->f_inode->i_uid = dentry->d_inode->i_uid;
	file->f_mode = f_mode;
	file->f_flags = flags;
	file->f_path.dentry = dentry;
	return file;
}

/* Memory without a name is in no layer. */
static bool host_is_layer(struct dentry *dentry)
{
	return !(dentry->d_sb->s_flags & SB_NOUSER);
}

/* A file of an overlay that nobody but its user sees, with the other file beneath it, which belongs to somebody else.
 * The file beneath is also what is mapped, or opened: as a kernel shows it. */
static struct file *host_over(struct file *beneath)
{
	static struct super_block overlay = {
	    .s_dev = HOST_OVERLAY, .s_flags = SB_NOUSER, .s_magic = OVERLAYFS_SUPER_MAGIC};
	struct dentry *below = beneath->f_path.dentry, *dentry = host_allocate(sizeof(*dentry));
	struct file *file = host_allocate(sizeof(*file));

	*dentry = *below;
	dentry->d_sb = &overlay;
	dentry->d_inode = host_new_inode(&overlay, beneath->f_inode->i_mode);
	dentry->d_inode->i_uid.val = below->d_inode->i_uid.val == real_uid() ? real_uid() + 1 : real_uid();
	file->f_inode = dentry->d_inode;
	file->f_mode = beneath->f_mode;
	file->f_flags = beneath->f_flags;
	file->f_path.dentry = dentry;
	host_with_inode(below, beneath->f_inode);
	if (FAKES_PATHS) {
		beneath->f_inode->i_dentry.first = &below->d_u.d_alias;
		beneath->f_path.dentry = dentry;
		file->private_data = beneath;
	} else {
		file->private_data = host_allocate(sizeof(struct file *));
		*(struct file **)file->private_data = beneath;
	}
	return file;
}

static void host_list_mount(struct super_block *sb, struct mount *mount)
{
#ifdef STELE_HOST_72
	sb->s_mounts.next = (struct list_head *)mount;
	mount->mnt_instance.next = NULL;
#else
	sb->s_mounts.next = &mount->mnt_instance;
	mount->mnt_instance.next = &sb->s_mounts;
#endif
}

/* Mounts a file system at `at`, the root first. Everything so far lasts for the whole run. */
static void host_mount(u32 dev, const char *at)
{
	struct host_file_system *fs = &host_file_systems[host_file_system_count];
	struct host_file_system *above;

	if (host_file_system_count == HOST_FILE_SYSTEMS)
		host_fault("too many file systems for the model");
	fs->sb = host_allocate(sizeof(*fs->sb));
	fs->sb->s_dev = dev;
	fs->sb->s_root = host_new_dentry(fs->sb, NULL, "/", 1);
	fs->mount = host_allocate(sizeof(*fs->mount));
	fs->mount->mnt.mnt_sb = fs->sb;
	fs->mount->mnt.mnt_root = fs->sb->s_root;
	fs->mount->mnt_ns = &host_namespace;
	if (!host_file_system_count)
		host_namespace.root = fs->mount;
	above = host_file_system_count ? host_file_system_of(at) : fs;
	fs->mount->mnt_parent = above->mount;
	fs->mount->mnt_mountpoint = host_file_system_count ? host_dentry(at) : fs->sb->s_root;
	host_list_mount(fs->sb, fs->mount);
	fs->at = strcpy(host_allocate(strlen(at) + 1), at);
	host_file_system_count++;
}

/* Where a file system is mounted in the host's namespace; a mount that is attached nowhere when it is not. */
static struct vfsmount *host_mount_of(const struct super_block *sb)
{
	static struct mount detached;

	for (u32 i = 0; i < host_file_system_count; i++)
		if (host_file_systems[i].sb == sb)
			return &host_file_systems[i].mount->mnt;
	return &detached.mnt;
}

/* The task: ids as the kernel's credentials hold them; `exe` NULL: it runs memory without a name; `by_kernel`: it runs
 * nothing yet. */
struct host_subject {
	u32 uid, euid, gid, egid;
	u32 group_count;
	u32 *groups;
	const char *exe;
	bool by_kernel;
};

static struct task_struct *host_task(const struct host_subject *subject)
{
	struct task_struct *task = host_allocate(sizeof(*task));
	static struct user_namespace initial;
	struct cred *cred = host_allocate(sizeof(*cred));
	struct group_info *groups = host_allocate(sizeof(*groups) + subject->group_count * sizeof(groups->gid[0]));
	struct dentry *exe = subject->exe ? host_dentry(subject->exe) : host_nameless();

	*cred = (struct cred){.uid = {subject->uid},
			      .euid = {subject->euid},
			      .gid = {subject->gid},
			      .egid = {subject->egid},
			      .group_info = groups};
	groups->ngroups = subject->group_count;
	for (u32 i = 0; i < subject->group_count; i++)
		groups->gid[i].val = subject->groups[i];
	cred->user_ns = &initial;
	task->real_cred = cred;
	task->cred = cred;
	if (subject->by_kernel)
		return task;
	task->mm = host_allocate(sizeof(*task->mm));
	task->mm->exe_file = host_file(exe, S_IFREG | 0755, FMODE_READ, OPENED_TO_EXECUTE);
	return task;
}

#endif
