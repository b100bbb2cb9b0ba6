/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Proof that a hook calls its program. Without `bpf` in lsm=, or with kernel.ftrace_enabled=0, programs load and attach
 * and are never run. So each hook is triggered by something harmless, and the program's run count must have grown; what
 * the program decides does not matter.
 *
 * A child does it, because a `kill` policy may kill it, in a tmpfs that is mounted nowhere and gone with this process.
 */
#include <linux/bpf.h>

#include "enforcer.h"

#define AT(name)    AT_FDCWD, name
#define PROOF_TRIES 3

static long tmpfs = -1;	    /* root directory of the private file system */
static long open_file = -1; /* opened for writing before anything was attached */
static char page[4096] __attribute__((aligned(4096)));
static const char xattr[] = "trusted.stele";
static const char acl[] = "system.posix_acl_access";

/* struct posix_acl_xattr: u::rw- g::r-- o::r-- */
static const struct {
	u32 version;
	struct {
		u16 tag, permissions;
		u32 id;
	} entry[3];
} acl_value = {2, {{1, 6, ~0u}, {4, 4, ~0u}, {32, 4, ~0u}}};

/* ---- one for each hook; in the child, in the root of the private file system */

static void trigger_file_open(void)
{
	sys(openat, AT_FDCWD, "file", O_RDONLY);
}

static void trigger_path_mknod(void)
{
	sys(mknodat, AT_FDCWD, "mknod", S_IFREG | 0600, 0);
}

static void trigger_path_mkdir(void)
{
	sys(mkdirat, AT_FDCWD, "mkdir", 0700);
}

static void trigger_path_symlink(void)
{
	sys(symlinkat, "file", AT_FDCWD, "symlink");
}

static void trigger_path_link(void)
{
	sys(linkat, AT_FDCWD, "file", AT_FDCWD, "link", 0);
}

static void trigger_path_rename(void)
{
	sys(renameat, AT_FDCWD, "renamed", AT_FDCWD, "rename");
}

static void trigger_path_unlink(void)
{
	sys(unlinkat, AT_FDCWD, "unlinked", 0);
}

static void trigger_path_rmdir(void)
{
	sys(unlinkat, AT_FDCWD, "rmdir", AT_REMOVEDIR);
}

static void trigger_path_truncate(void)
{
	sys(truncate, "file", 0);
}

static void trigger_file_truncate(void)
{
	sys(ftruncate, open_file, 0);
}

static void trigger_path_chmod(void)
{
	sys(fchmodat, AT_FDCWD, "file", 0600);
}

static void trigger_path_chown(void)
{
	sys(fchownat, AT_FDCWD, "file", 0, 0, 0);
}

static void trigger_inode_setxattr(void)
{
	sys(setxattr, "file", xattr, "", 0, 0);
}

static void trigger_inode_removexattr(void)
{
	sys(removexattr, "file", xattr);
}

static void trigger_inode_set_acl(void)
{
	sys(setxattr, "file", acl, &acl_value, sizeof(acl_value), 0);
}

static void trigger_inode_remove_acl(void)
{
	sys(removexattr, "file", acl);
}

static void trigger_inode_file_setattr(void)
{
	static const u64 no_attributes[3]; /* struct file_attr */

	syscall5(NR_FILE_SETATTR, AT_FDCWD, (long)"file", (long)no_attributes, sizeof(no_attributes), 0);
}

static void trigger_inode_getattr(void)
{
	struct statx file;

	sys(statx, AT_FDCWD, "file", 0, STATX_BASIC_STATS, &file);
}

static void trigger_mmap_file(void)
{
	sys(mmap, 0, sizeof(page), PROT_READ | PROT_EXEC, MAP_ANONYMOUS_PRIVATE, -1, 0);
}

static void trigger_file_mprotect(void)
{
	sys(mprotect, page, sizeof(page), PROT_READ | PROT_EXEC);
}

/* Not a program: the kernel says ENOEXEC, and asks for no module because the text is printable. */
static void trigger_bprm_check_security(void)
{
	static const char *const empty[] = {0};

	sys(execve, "not_a_program", empty, empty);
}

/* Neither of these two is at a mount's root: refused after the hook. */
static void trigger_sb_mount(void)
{
	sys(mount, 0, "directory", 0, MS_REMOUNT | MS_BIND, 0);
}

static void trigger_move_mount(void)
{
	sys(move_mount, AT_FDCWD, "directory", AT_FDCWD, "directory", 0);
}

/* Asks for no more than to look at the parent. */
static void trigger_ptrace_access_check(void)
{
	u64 head, length;

	sys(get_robust_list, sys0(getppid), &head, &length);
}

static void (*const triggers[])(void) = {
#define TRIGGER(name) [STELE_HOOK_##name] = trigger_##name,
    STELE_HOOKS(TRIGGER)
#undef TRIGGER
};

/* ---- */

static int cannot_prepare(const char *what, long error)
{
	return problem(STELE_EXIT_SYSTEM, "use a kernel with CONFIG_TMPFS=y", "cannot prepare the proof (%s): %s", what,
		       errno_name(error));
}

static long make_file(const char *name, u32 mode)
{
	static const char text[] = "stele\n";
	long fd = sys(openat, tmpfs, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode);

	if (fd >= 0)
		sys(write, fd, text, sizeof(text) - 1);
	return fd;
}

static int fill_tmpfs(void)
{
	static const char *const files[] = {"renamed", "unlinked"};
	static const char *const directories[] = {"directory", "rmdir"};
	long r;

	open_file = make_file("file", 0600);
	if (open_file < 0)
		return cannot_prepare("create", open_file);
	for (u32 i = 0; i < ARRAY_SIZE(files); i++)
		sys(close, make_file(files[i], 0600));
	sys(close, make_file("not_a_program", 0700));
	for (u32 i = 0; i < ARRAY_SIZE(directories); i++)
		sys(mkdirat, tmpfs, directories[i], 0700);
	sys(fsetxattr, open_file, xattr, "", 0, 0);
	r = sys(fchdir, tmpfs);
	return r < 0 ? cannot_prepare("fchdir", r) : 0;
}

int prepare_proof(void)
{
	union bpf_attr attr = {.enable_stats = {.type = BPF_STATS_RUN_TIME}};
	long fs = sys(fsopen, "tmpfs", FSOPEN_CLOEXEC);
	long r = fs < 0 ? fs : sys(fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0, 0);

	if (r < 0)
		return cannot_prepare("tmpfs", r);
	tmpfs = sys(fsmount, fs, FSMOUNT_CLOEXEC, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	sys(close, fs);
	if (tmpfs < 0)
		return cannot_prepare("fsmount", tmpfs);
	r = sys(bpf, BPF_ENABLE_STATS, &attr, sizeof(attr)); /* counting lasts as long as this descriptor is open */
	if (r < 0)
		return cannot_prepare("BPF_ENABLE_STATS", r);
	return fill_tmpfs();
}

/* The triggers' errors are of no interest: a denied one has called its hook too. */
static long trigger_in_child(u32 hook)
{
	long child = sys0(fork);
	int status;

	if (child < 0)
		return child;
	if (!child) {
		triggers[hook]();
		for (;;)
			sys(exit_group, 0);
	}
	while (sys(wait4, child, &status, 0, 0) == -EINTR)
		;
	return 0;
}

int prove_called(u32 index)
{
	const struct stele_plan_program *program = &plan_programs()[index];

	for (u32 i = 0; i < PROOF_TRIES; i++) {
		s64 before = run_count(index), after;
		long r = before < 0 ? before : trigger_in_child(program->hook);

		after = run_count(index);
		if (r < 0 || after < 0)
			return cannot_prepare("run count", r < 0 ? r : after);
		if (after > before)
			return 0;
	}
	return problem(STELE_EXIT_NOT_CALLED,
		       "add `bpf` to lsm= on the kernel's command line; set kernel.ftrace_enabled=1",
		       "hook `%s` does not call its program", hook_name(program->hook));
}
