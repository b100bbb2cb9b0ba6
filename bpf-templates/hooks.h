/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One program for each LSM hook that the policy needs. A hook says which operations the call is, on which file;
 * decide_HOOK(), generated from the policy, answers with the strongest constraint that applies; conclude() acts on it.
 *
 * Every hook: kernel >= 6.1 unless its comment says otherwise; first the verdict of programs that ran before ours; on
 * an internal failure a name is unresolved, which a deny treats as one of its own. Arguments are the kernel's, in
 * order, then that verdict.
 *
 * Generated before this file is included, for each hook in use: DECIDE_hook; OPS_hook, the operations that its
 * constraints name; ONLY_hook, 1 when some of them apply to files that no set lists; EXE_hook, 1 when some of them ask
 * for the executable; u32 decide_hook(struct task_struct *task, u32 exe, u32 ops, u32 where).
 */
#ifndef STELE_HOOKS_H
#define STELE_HOOKS_H

#define ARGUMENT(type, number) ((type)ctx[number])
#define EARLIER_VERDICT(number)                                                                                        \
	do {                                                                                                           \
		int earlier_ = (int)ctx[number];                                                                       \
		if (earlier_)                                                                                          \
			return earlier_;                                                                               \
	} while (0)

/* One operation or several on one file. The executable is located only when its name can matter. */
#define DECIDE_ONE(hook, operations, dentry_)                                                                          \
	do {                                                                                                           \
		struct dentry *located_ = (dentry_);                                                                   \
		u32 place_;                                                                                            \
		if (!((operations) & OPS_##hook))                                                                      \
			return 0;                                                                                      \
		place_ = locate(located_);                                                                             \
		if (place_ == CLASS_NONE && !ONLY_##hook)                                                              \
			return 0;                                                                                      \
		DECIDE_AT(hook, operations, located_, place_);                                                         \
	} while (0)

/* The same for a file that has been located. */
#define DECIDE_AT(hook, operations, dentry_, where)                                                                    \
	do {                                                                                                           \
		struct task_struct *task_ = bpf_get_current_task_btf();                                                \
		struct dentry *object_ = (dentry_);                                                                    \
		u32 ops_ = (operations) & OPS_##hook;                                                                  \
		u32 where_ = (where), exe_ = CLASS_UNRESOLVED, rank_;                                                  \
		if (!ops_ || !is_subject(task_))                                                                       \
			return 0;                                                                                      \
		FORGET(ops_, object_->d_name.name);                                                                    \
		FORGET(where_, object_->d_name.name);                                                                  \
		if (EXE_##hook) {                                                                                      \
			exe_ = locate_exe(task_);                                                                      \
			FORGET(exe_, object_->d_name.name);                                                            \
		}                                                                                                      \
		rank_ = decide_##hook(task_, exe_, ops_, where_);                                                      \
		FORGET(rank_, object_->d_name.name);                                                                   \
		if (rank_ == NO_CONSTRAINT)                                                                            \
			return 0;                                                                                      \
		return conclude(rank_, STELE_HOOK_##hook, ops_, where_, object_);                                      \
	} while (0)

/* Two files at once: the stronger verdict, and the file that brought it. */
#define DECIDE_TWO(hook, operations, dentry_, other_operations, other_dentry_)                                         \
	do {                                                                                                           \
		struct task_struct *task_ = bpf_get_current_task_btf();                                                \
		struct dentry *object_ = (dentry_), *other_object_ = (other_dentry_);                                  \
		u32 ops_ = (operations) & OPS_##hook, other_ops_ = (other_operations) & OPS_##hook;                    \
		u32 where_, other_where_, exe_ = CLASS_UNRESOLVED, rank_, other_rank_;                                 \
		FORGET(ops_, object_->d_name.name);                                                                    \
		FORGET(other_ops_, object_->d_name.name);                                                              \
		if (!is_subject(task_))                                                                                \
			return 0;                                                                                      \
		where_ = locate(object_);                                                                              \
		FORGET(where_, object_->d_name.name);                                                                  \
		other_where_ = locate(other_object_);                                                                  \
		FORGET(other_where_, object_->d_name.name);                                                            \
		if (where_ == CLASS_NONE && other_where_ == CLASS_NONE && !ONLY_##hook)                                \
			return 0;                                                                                      \
		if (EXE_##hook) {                                                                                      \
			exe_ = locate_exe(task_);                                                                      \
			FORGET(exe_, object_->d_name.name);                                                            \
		}                                                                                                      \
		rank_ = ops_ ? decide_##hook(task_, exe_, ops_, where_) : NO_CONSTRAINT;                               \
		other_rank_ = other_ops_ ? decide_##hook(task_, exe_, other_ops_, other_where_) : NO_CONSTRAINT;       \
		if (other_rank_ < rank_) {                                                                             \
			rank_ = other_rank_;                                                                           \
			ops_ = other_ops_;                                                                             \
			where_ = other_where_;                                                                         \
			object_ = other_object_;                                                                       \
		}                                                                                                      \
		FORGET(rank_, object_->d_name.name);                                                                   \
		if (rank_ == NO_CONSTRAINT)                                                                            \
			return 0;                                                                                      \
		return conclude(rank_, STELE_HOOK_##hook, ops_, where_, object_);                                      \
	} while (0)

/* ---- opening */

#ifdef DECIDE_file_open
/* Every way to a descriptor that can be read or written (open, openat2, io_uring, reopening through /proc, by handle);
 * not O_PATH. What the kernel opens to execute is `exec`, decided below. */
SEC("lsm/file_open")
int stele_file_open(u64 *ctx)
{
	struct file *file = ARGUMENT(struct file *, 0);
	struct dentry *dentry = file->f_path.dentry;
	u32 mode = file->f_mode, possible = 0, ops = 0, where;

	EARLIER_VERDICT(1);
	if (mode & FMODE_READ)
		possible |= FILE_READ | FILE_LIST;
	if (mode & FMODE_WRITE)
		possible |= FILE_WRITE | FILE_APPEND;
	if (!(possible & OPS_file_open))
		return 0;
	where = locate_inline(dentry);
	if (where == CLASS_NONE && !ONLY_file_open)
		return 0;
	if (file->f_flags & OPENED_TO_EXECUTE)
		return 0;
	if ((file->f_inode->i_mode & S_IFMT) == S_IFDIR) {
		ops = FILE_LIST;
	} else {
		if (mode & FMODE_READ)
			ops |= FILE_READ;
		if (mode & FMODE_WRITE)
			ops |= file->f_flags & O_APPEND ? FILE_APPEND : FILE_WRITE;
	}
	DECIDE_AT(file_open, ops, dentry, where);
}
#endif

/* ---- names: the dentry of a name that does not exist yet has no inode, but a parent and a name like any other */

#ifdef DECIDE_path_mknod
/* open with O_CREAT of a new name, mknod. */
SEC("lsm/path_mknod")
int stele_path_mknod(u64 *ctx)
{
	struct dentry *dentry = ARGUMENT(struct dentry *, 1);
	u32 type = ARGUMENT(u32, 2) & S_IFMT;

	EARLIER_VERDICT(4);
	DECIDE_ONE(path_mknod, !type || type == S_IFREG ? FILE_CREATE : FILE_MKNOD, dentry);
}
#endif

#ifdef DECIDE_path_mkdir
SEC("lsm/path_mkdir")
int stele_path_mkdir(u64 *ctx)
{
	EARLIER_VERDICT(3);
	DECIDE_ONE(path_mkdir, FILE_MKDIR, ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_path_symlink
SEC("lsm/path_symlink")
int stele_path_symlink(u64 *ctx)
{
	EARLIER_VERDICT(3);
	DECIDE_ONE(path_symlink, FILE_SYMLINK, ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_path_link
/* A further name for a file: the old name is linked, the new one created. */
SEC("lsm/path_link")
int stele_path_link(u64 *ctx)
{
	EARLIER_VERDICT(3);
	DECIDE_TWO(path_link, FILE_LINK, ARGUMENT(struct dentry *, 0), FILE_CREATE, ARGUMENT(struct dentry *, 2));
}
#endif

#ifdef DECIDE_path_rename
/* Both names are renamed; the new one is created, and deleted before when it exists; an exchange creates both. */
SEC("lsm/path_rename")
int stele_path_rename(u64 *ctx)
{
	struct dentry *from = ARGUMENT(struct dentry *, 1);
	struct dentry *to = ARGUMENT(struct dentry *, 3);
	bool exchange = ARGUMENT(u32, 4) & RENAME_EXCHANGE;
	u32 ops = FILE_RENAME, other_ops = FILE_RENAME | FILE_CREATE;

	EARLIER_VERDICT(5);
	if (exchange)
		ops |= FILE_CREATE;
	else if (PRESENT(to->d_inode, to->d_name.name))
		other_ops |= FILE_DELETE;
	DECIDE_TWO(path_rename, ops, from, other_ops, to);
}
#endif

#ifdef DECIDE_path_unlink
SEC("lsm/path_unlink")
int stele_path_unlink(u64 *ctx)
{
	EARLIER_VERDICT(2);
	DECIDE_ONE(path_unlink, FILE_DELETE, ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_path_rmdir
SEC("lsm/path_rmdir")
int stele_path_rmdir(u64 *ctx)
{
	EARLIER_VERDICT(2);
	DECIDE_ONE(path_rmdir, FILE_RMDIR, ARGUMENT(struct dentry *, 1));
}
#endif

/* ---- attributes */

#ifdef DECIDE_path_truncate
/* truncate; on 6.1 also ftruncate and open with O_TRUNC. */
SEC("lsm/path_truncate")
int stele_path_truncate(u64 *ctx)
{
	EARLIER_VERDICT(1);
	DECIDE_ONE(path_truncate, FILE_TRUNCATE, ARGUMENT(struct path *, 0)->dentry);
}
#endif

#ifdef DECIDE_file_truncate
/* Kernel >= 6.2: ftruncate, and open with O_TRUNC. */
SEC("lsm/file_truncate")
int stele_file_truncate(u64 *ctx)
{
	EARLIER_VERDICT(1);
	DECIDE_ONE(file_truncate, FILE_TRUNCATE, ARGUMENT(struct file *, 0)->f_path.dentry);
}
#endif

#ifdef DECIDE_path_chmod
SEC("lsm/path_chmod")
int stele_path_chmod(u64 *ctx)
{
	EARLIER_VERDICT(2);
	DECIDE_ONE(path_chmod, FILE_CHMOD, ARGUMENT(struct path *, 0)->dentry);
}
#endif

#ifdef DECIDE_path_chown
SEC("lsm/path_chown")
int stele_path_chown(u64 *ctx)
{
	EARLIER_VERDICT(3);
	DECIDE_ONE(path_chown, FILE_CHOWN, ARGUMENT(struct path *, 0)->dentry);
}
#endif

#ifdef DECIDE_inode_setxattr
/* On 6.1 access control lists too. */
SEC("lsm/inode_setxattr")
int stele_inode_setxattr(u64 *ctx)
{
	EARLIER_VERDICT(6);
	DECIDE_ONE(inode_setxattr, FILE_XATTR, ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_removexattr
SEC("lsm/inode_removexattr")
int stele_inode_removexattr(u64 *ctx)
{
	EARLIER_VERDICT(3);
	DECIDE_ONE(inode_removexattr, FILE_XATTR, ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_set_acl
/* Kernel >= 6.2. */
SEC("lsm/inode_set_acl")
int stele_inode_set_acl(u64 *ctx)
{
	EARLIER_VERDICT(4);
	DECIDE_ONE(inode_set_acl, FILE_XATTR, ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_remove_acl
/* Kernel >= 6.2. */
SEC("lsm/inode_remove_acl")
int stele_inode_remove_acl(u64 *ctx)
{
	EARLIER_VERDICT(3);
	DECIDE_ONE(inode_remove_acl, FILE_XATTR, ARGUMENT(struct dentry *, 1));
}
#endif

#ifdef DECIDE_inode_file_setattr
/* Kernel >= 6.17: flags such as immutable, by file_setattr and ioctl. */
SEC("lsm/inode_file_setattr")
int stele_inode_file_setattr(u64 *ctx)
{
	EARLIER_VERDICT(2);
	DECIDE_ONE(inode_file_setattr, FILE_XATTR, ARGUMENT(struct dentry *, 0));
}
#endif

#ifdef DECIDE_inode_getattr
/* stat in all its forms, also of an open descriptor. */
SEC("lsm/inode_getattr")
int stele_inode_getattr(u64 *ctx)
{
	EARLIER_VERDICT(1);
	DECIDE_ONE(inode_getattr, FILE_STAT, ARGUMENT(struct path *, 0)->dentry);
}
#endif

/* ---- code */

#if defined(DECIDE_mmap_file) || defined(DECIDE_file_mprotect)
/* Executable memory that has no file: listed nowhere. */
#define DECIDE_NO_FILE(hook)                                                                                           \
	do {                                                                                                           \
		struct task_struct *task_ = bpf_get_current_task_btf();                                                \
		u32 exe_ = CLASS_UNRESOLVED, rank_;                                                                    \
		if (!ONLY_##hook || !is_subject(task_))                                                                \
			return 0;                                                                                      \
		if (EXE_##hook)                                                                                        \
			exe_ = locate_exe(task_);                                                                      \
		rank_ = decide_##hook(task_, exe_, FILE_MAP_EXEC, WHERE_NOWHERE);                                      \
		if (rank_ == NO_CONSTRAINT)                                                                            \
			return 0;                                                                                      \
		return conclude(rank_, STELE_HOOK_##hook, FILE_MAP_EXEC, WHERE_NOWHERE, NULL);                         \
	} while (0)
#endif

#ifdef DECIDE_mmap_file
/* mmap with PROT_EXEC, also by the kernel for the program that it starts. */
SEC("lsm/mmap_file")
int stele_mmap_file(u64 *ctx)
{
	struct file *file = ARGUMENT(struct file *, 0);

	EARLIER_VERDICT(4);
	if (!(ARGUMENT(u64, 2) & PROT_EXEC))
		return 0;
	if (!PRESENT(file, ctx[1]))
		DECIDE_NO_FILE(mmap_file);
	DECIDE_ONE(mmap_file, FILE_MAP_EXEC, file->f_path.dentry);
}
#endif

#ifdef DECIDE_file_mprotect
SEC("lsm/file_mprotect")
int stele_file_mprotect(u64 *ctx)
{
	struct file *file = ARGUMENT(struct vm_area_struct *, 0)->vm_file;

	EARLIER_VERDICT(3);
	if (!(ARGUMENT(u64, 2) & PROT_EXEC))
		return 0;
	if (!file)
		DECIDE_NO_FILE(file_mprotect);
	DECIDE_ONE(file_mprotect, FILE_MAP_EXEC, file->f_path.dentry);
}
#endif

#ifdef DECIDE_bprm_check_security
/* execve: the program, or the script and then its interpreter. A task that is traced hands what it runs to its tracer.
 */
SEC("lsm/bprm_check_security")
int stele_bprm_check_security(u64 *ctx)
{
	struct linux_binprm *bprm = ARGUMENT(struct linux_binprm *, 0);
	u32 ops = EXEC;

	EARLIER_VERDICT(1);
	if (bpf_get_current_task_btf()->ptrace)
		ops |= PROCESS_PTRACE;
	DECIDE_ONE(bprm_check_security, ops, bprm->file->f_path.dentry);
}
#endif

#ifdef DECIDE_ptrace_access_check
/* Tracing a task, writing to its memory, taking its descriptors. The object is the executable that the task runs. */
SEC("lsm/ptrace_access_check")
int stele_ptrace_access_check(u64 *ctx)
{
	struct task_struct *target = ARGUMENT(struct task_struct *, 0);
	struct mm_struct *mm = target->mm;
	struct file *file;

	EARLIER_VERDICT(2);
	if (!(ARGUMENT(u32, 1) & PTRACE_MODE_ATTACH) || !mm)
		return 0;
	file = mm->exe_file;
	if (!file)
		return 0;
	DECIDE_ONE(ptrace_access_check, PROCESS_PTRACE, file->f_path.dentry);
}
#endif

/* ---- mounts */

#ifdef DECIDE_sb_mount
/* mount(2), but not a remount or a change of propagation. */
SEC("lsm/sb_mount")
int stele_sb_mount(u64 *ctx)
{
	EARLIER_VERDICT(5);
	if (ARGUMENT(u64, 3) & (MS_REMOUNT | MS_PROPAGATION))
		return 0;
	DECIDE_ONE(sb_mount, FILE_MOUNT_OVER, ARGUMENT(struct path *, 1)->dentry);
}
#endif

#ifdef DECIDE_move_mount
/* move_mount(2): every mount made with the file descriptor interface comes this way. */
SEC("lsm/move_mount")
int stele_move_mount(u64 *ctx)
{
	EARLIER_VERDICT(2);
	DECIDE_ONE(move_mount, FILE_MOUNT_OVER, ARGUMENT(struct path *, 1)->dentry);
}
#endif

#endif
