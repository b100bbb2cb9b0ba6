/* SPDX-License-Identifier: Apache-2.0
 *
 * Pid 1 of the benchmark's machine. Counts what operations cost: with nothing attached, with an LSM program on
 * file_open that only returns 0 (the floor of every BPF LSM design), without it again, and under the enforcer, all in
 * one boot. Under QEMU's -icount shift=0 a difference of time stamps is a number of executed guest instructions.
 *
 * Reports on the second serial port, one line each:
 *   count PHASE OPERATION INSTRUCTIONS RESULT   PHASE: base, empty, again, enforced; RESULT: 0 or an errno
 *   hook PHASE HOOK INSTRUCTIONS RESULT         an operation that calls it; PHASE: base, enforced
 *   apply STATUS MICROSECONDS                   how `enforcer apply` ended (wait status)
 *   output TEXT                                 what the enforcer said
 *   program NAME VERIFIED TRANSLATED JITED      every loaded program: instructions, instructions, bytes
 *   failed WHAT ERRNO                           the run is void
 *   done
 */
#define _GNU_SOURCE
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/fs.h>
#include <linux/mount.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WARM_UPS 20
#define SAMPLES	 301 /* odd: the median is one of them */

static FILE *report;

static void __attribute__((noreturn)) power_off(void)
{
	fflush(report);
	sync();
	reboot(RB_POWER_OFF);
	for (;;)
		pause();
}

static void __attribute__((noreturn)) fail(const char *what)
{
	fprintf(report, "failed %s %d\n", what, errno);
	power_off();
}

/* ---- counting */

static inline uint64_t instructions(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high)::"memory");
	return (uint64_t)high << 32 | low;
}

/* One operation; path or, where there is none, NULL. Returns 0 or an errno. */
typedef int operation(const char *path);

static int open_and_close(const char *path)
{
	long fd = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY, 0);

	if (fd < 0)
		return errno;
	syscall(SYS_close, fd);
	return 0;
}

static int get_pid(const char *path)
{
	(void)path;
	syscall(SYS_getpid);
	return 0;
}

static int read_byte(const char *path)
{
	static int fd = -1;
	char byte;

	if (fd < 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	return syscall(SYS_read, fd, &byte, 1) == 1 ? 0 : errno;
}

static int get_status(const char *path)
{
	struct stat status;

	return syscall(SYS_newfstatat, AT_FDCWD, path, &status, 0) ? errno : 0;
}

static int get_status_of_open(const char *path)
{
	static int fd = -1;
	struct stat status;

	if (fd < 0)
		fd = open(path, O_RDONLY | O_CLOEXEC);
	return syscall(SYS_newfstatat, fd, "", &status, AT_EMPTY_PATH) ? errno : 0;
}

/* What is counted. A path's lookup can grow by the few instructions of a longer chain in the kernel's table of names,
 * when the enforcer's start has added a name to it; what takes a descriptor cannot. */
static const struct {
	const char *name;
	operation *run;
	const char *path;
} operations[] = {
    {"open_depth_2", open_and_close, "/etc/other"},
    {"open_depth_8", open_and_close, "/usr/a/b/c/d/e/f/g"},
    {"open_near_depth_4", open_and_close, "/srv/app1/conf1/other.key"},
    {"open_without_rules", open_and_close, "/data/other"},
    {"open_denied", open_and_close, "/etc/shadow"},
    {"getpid", get_pid, NULL},
    {"read", read_byte, "/dev/zero"},
    {"stat", get_status, "/etc/other"},
    {"stat_of_open", get_status_of_open, "/etc/other"},
};

static int by_size(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void count(const char *phase, const char *name, operation *run, const char *path)
{
	static uint64_t samples[SAMPLES];
	int result = 0;

	for (int i = -WARM_UPS; i < SAMPLES; i++) {
		uint64_t start = instructions();

		result = run(path);
		if (i >= 0)
			samples[i] = instructions() - start;
		else
			(void)instructions();
	}
	qsort(samples, SAMPLES, sizeof(samples[0]), by_size);
	fprintf(report, "count %s %s %llu %d\n", phase, name, (unsigned long long)samples[SAMPLES / 2], result);
}

static void count_all(const char *phase)
{
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		count(phase, operations[i].name, operations[i].run, operations[i].path);
}

static void make_file(const char *path)
{
	char part[256];
	int fd;

	for (size_t i = 0; path[i]; i++) {
		if (path[i] == '/' && i) {
			part[i] = 0;
			mkdir(part, 0755);
		}
		part[i] = path[i];
	}
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	if (fd < 0)
		fail(path);
	close(fd);
}

/* ---- an operation for each hook, on files at depth 2 that no rule names */

#define FILE_AT	   "/etc/plain"
#define OTHER_AT   "/etc/spare"
#define FOLDER_AT  "/etc/place"
#define LINK_AT	   "/etc/later"
#define PROGRAM_AT "/etc/words" /* of no format that the kernel executes: refused after all hooks were asked */
#define PAGE	   4096
#define ACL	   "system.posix_acl_access"

static int plain_fd, tree_fd;
static pid_t sleeper;
static void *page;

static int done(long result)
{
	return result < 0 ? errno : 0;
}

static int make_node(void)
{
	return done(syscall(SYS_mknodat, AT_FDCWD, LINK_AT, S_IFREG | 0644, 0));
}
static int make_pipe(void)
{
	return done(syscall(SYS_mknodat, AT_FDCWD, LINK_AT, S_IFIFO | 0644, 0));
}
static int remove_name(void)
{
	return done(syscall(SYS_unlinkat, AT_FDCWD, LINK_AT, 0));
}
static int make_folder(void)
{
	return done(syscall(SYS_mkdirat, AT_FDCWD, LINK_AT, 0755));
}
static int remove_folder(void)
{
	return done(syscall(SYS_unlinkat, AT_FDCWD, LINK_AT, AT_REMOVEDIR));
}
static int make_symlink(void)
{
	return done(syscall(SYS_symlinkat, "plain", AT_FDCWD, LINK_AT));
}
static int make_link(void)
{
	return done(syscall(SYS_linkat, AT_FDCWD, FILE_AT, AT_FDCWD, LINK_AT, 0));
}
static int rename_away(void)
{
	return done(syscall(SYS_renameat2, AT_FDCWD, OTHER_AT, AT_FDCWD, LINK_AT, 0));
}
static int rename_back(void)
{
	return done(syscall(SYS_renameat2, AT_FDCWD, LINK_AT, AT_FDCWD, OTHER_AT, 0));
}
static int change_mode(void)
{
	return done(syscall(SYS_fchmodat, AT_FDCWD, FILE_AT, 0644));
}
static int set_attribute(void)
{
	return done(syscall(SYS_setxattr, FILE_AT, "trusted.a", "b", 1, 0));
}
static int remove_attribute(void)
{
	return done(syscall(SYS_removexattr, FILE_AT, "trusted.a"));
}

/* Three entries that say what the mode says (posix_acl_xattr). */
static int set_list(void)
{
	static const uint16_t list[] = {2, 0, 1, 6, 0xffff, 0xffff, 4, 4, 0xffff, 0xffff, 32, 4, 0xffff, 0xffff};

	return done(syscall(SYS_setxattr, FILE_AT, ACL, list, sizeof(list), 0));
}
static int remove_list(void)
{
	return done(syscall(SYS_removexattr, FILE_AT, ACL));
}

static int set_flags(void)
{
	int flags = 0;

	return done(syscall(SYS_ioctl, plain_fd, FS_IOC_SETFLAGS, &flags));
}
static int get_stat(void)
{
	struct stat status;

	return done(syscall(SYS_newfstatat, plain_fd, "", &status, AT_EMPTY_PATH));
}
static int lock_open(void)
{
	return done(syscall(SYS_flock, plain_fd, LOCK_EX));
}
static int unlock_open(void)
{
	return done(syscall(SYS_flock, plain_fd, LOCK_UN));
}
static int map_code(void)
{
	page = (void *)syscall(SYS_mmap, NULL, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE, plain_fd, 0);
	return page == MAP_FAILED ? errno : 0;
}
static int map_data(void)
{
	page = (void *)syscall(SYS_mmap, NULL, PAGE, PROT_READ, MAP_PRIVATE, plain_fd, 0);
	return page == MAP_FAILED ? errno : 0;
}
static int make_code(void)
{
	return done(syscall(SYS_mprotect, page, PAGE, PROT_READ | PROT_EXEC));
}
static int unmap(void)
{
	return done(syscall(SYS_munmap, page, PAGE));
}
static int mount_over(void)
{
	return done(syscall(SYS_mount, FOLDER_AT, FOLDER_AT, NULL, MS_BIND, NULL));
}
static int unmount(void)
{
	return done(syscall(SYS_umount2, FOLDER_AT, MNT_DETACH));
}
static int take_tree(void)
{
	tree_fd = (int)syscall(SYS_open_tree, AT_FDCWD, FOLDER_AT, OPEN_TREE_CLONE | O_CLOEXEC);
	return done(tree_fd);
}
static int move_tree(void)
{
	return done(syscall(SYS_move_mount, tree_fd, "", AT_FDCWD, FOLDER_AT, MOVE_MOUNT_F_EMPTY_PATH));
}
static int unmount_tree(void)
{
	close(tree_fd);
	return unmount();
}
static int read_memory(void)
{
	char byte;
	struct iovec here = {&byte, 1}, there = {&sleeper, 1};

	return done(syscall(SYS_process_vm_readv, sleeper, &here, 1, &there, 1, 0));
}

/* Another request than those that the program is about. */
static int ask_flag(void)
{
	return done(syscall(SYS_prctl, PR_GET_DUMPABLE, 0, 0, 0, 0));
}

static int execute(void)
{
	static const char *const none[] = {NULL};

	return done(syscall(SYS_execve, PROGRAM_AT, none, none));
}

/* Not to where a mount begins: refused behind the hook. */
static int pivot(void)
{
	return done(syscall(SYS_pivot_root, FOLDER_AT, FOLDER_AT));
}

/* `prepare` and `undo` are not counted. */
static const struct {
	const char *name; /* of the hook, also where an older kernel has another */
	int (*prepare)(void), (*run)(void), (*undo)(void);
} hooks[] = {
    {"inode_create", NULL, make_node, remove_name},
    {"inode_mknod", NULL, make_pipe, remove_name},
    {"inode_mkdir", NULL, make_folder, remove_folder},
    {"inode_symlink", NULL, make_symlink, remove_name},
    {"inode_link", NULL, make_link, remove_name},
    {"inode_rename", NULL, rename_away, rename_back},
    {"inode_unlink", make_node, remove_name, NULL},
    {"inode_rmdir", make_folder, remove_folder, NULL},
    {"inode_setattr", NULL, change_mode, NULL},
    {"inode_setxattr", NULL, set_attribute, NULL},
    {"inode_removexattr", set_attribute, remove_attribute, NULL},
    {"inode_set_acl", NULL, set_list, NULL},
    {"inode_remove_acl", set_list, remove_list, NULL},
    {"inode_file_setattr", NULL, set_flags, NULL},
    {"inode_getattr", NULL, get_stat, NULL},
    {"file_lock", NULL, lock_open, unlock_open},
    {"bprm_check_security", NULL, execute, NULL}, /* and file_open */
    {"mmap_file", NULL, map_code, unmap},
    {"file_mprotect", map_data, make_code, unmap},
    {"sb_mount", NULL, mount_over, unmount},
    {"move_mount", take_tree, move_tree, unmount_tree},
    {"sb_pivotroot", NULL, pivot, NULL},
    {"ptrace_access_check", NULL, read_memory, NULL},
    {"task_prctl", NULL, ask_flag, NULL},
};

static void prepare_hooks(void)
{
	int words;

	make_file(FILE_AT);
	make_file(OTHER_AT);
	make_file(PROGRAM_AT);
	words = open(PROGRAM_AT, O_WRONLY | O_CLOEXEC);
	if (words < 0 || write(words, "words\n", 6) != 6 || fchmod(words, 0755))
		fail("words");
	close(words);
	mkdir(FOLDER_AT, 0755);
	plain_fd = open(FILE_AT, O_RDWR | O_CLOEXEC);
	sleeper = fork();
	if (sleeper == 0)
		for (;;)
			pause();
	if (plain_fd < 0 || sleeper < 0)
		fail("hooks");
}

/* The least of all: what is mounted or mapped takes now and then a page more, in either phase. */
static void count_hooks(const char *phase)
{
	for (size_t i = 0; i < sizeof(hooks) / sizeof(hooks[0]); i++) {
		static uint64_t samples[SAMPLES];
		int result = 0;

		for (int k = -WARM_UPS; k < SAMPLES; k++) {
			uint64_t start;

			if (hooks[i].prepare)
				hooks[i].prepare();
			start = instructions();
			result = hooks[i].run();
			start = instructions() - start;
			if (hooks[i].undo)
				hooks[i].undo();
			if (k >= 0)
				samples[k] = start;
		}
		qsort(samples, SAMPLES, sizeof(samples[0]), by_size);
		fprintf(report, "hook %s %s %llu %d\n", phase, hooks[i].name, (unsigned long long)samples[0], result);
	}
}

/* ---- the floor */

/* Attaches `return 0` to file_open; closing the descriptor takes it away. */
static int attach_empty(void)
{
	const struct bpf_insn code[] = {
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	LIBBPF_OPTS(bpf_prog_load_opts, options, .expected_attach_type = BPF_LSM_MAC);
	int id = libbpf_find_vmlinux_btf_id("file_open", BPF_LSM_MAC), program, link;

	if (id < 0)
		fail("file_open");
	options.attach_btf_id = (uint32_t)id;
	program = bpf_prog_load(BPF_PROG_TYPE_LSM, "empty", "GPL", code, 2, &options);
	if (program < 0)
		fail("load_empty");
	link = bpf_raw_tracepoint_open(NULL, program);
	if (link < 0)
		fail("attach_empty");
	close(program);
	return link;
}

/* ---- the enforcer */

static void run_enforcer(void)
{
	struct timespec before, after;
	int ends[2], status;
	char text[256];
	FILE *output;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		fail("pipe");
	fflush(report);
	clock_gettime(CLOCK_MONOTONIC, &before);
	pid = fork();
	if (pid == 0) {
		dup2(ends[1], 1);
		dup2(ends[1], 2);
		execl("/enforcer", "enforcer", "apply", "--root", "/", "--verbose", NULL);
		_exit(127);
	}
	close(ends[1]);
	output = fdopen(ends[0], "r");
	if (pid < 0 || !output)
		fail("fork");
	while (fgets(text, sizeof(text), output))
		fprintf(report, "output %s", text);
	fclose(output);
	if (waitpid(pid, &status, 0) < 0)
		fail("wait");
	clock_gettime(CLOCK_MONOTONIC, &after);
	fprintf(report, "apply %d %lld\n", status,
		(after.tv_sec - before.tv_sec) * 1000000ll + (after.tv_nsec - before.tv_nsec) / 1000);
	if (status)
		power_off();
}

static void list_programs(void)
{
	for (uint32_t id = 0; !bpf_prog_get_next_id(id, &id);) {
		struct bpf_prog_info info = {0};
		uint32_t size = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size))
			fail("program");
		fprintf(report, "program %s %u %u %u\n", info.name, info.verified_insns, info.xlated_prog_len / 8,
			info.jited_prog_len);
		close(fd);
	}
}

/* ---- the machine */

static void mount_at(const char *type, const char *path)
{
	mkdir(path, 0755);
	if (mount(type, path, type, 0, strcmp(type, "bpf") ? NULL : "mode=0700"))
		fail(path);
}

int main(void)
{
	/* The image says so: the figures of the rest stay the same. */
	const int with_hooks = !access("/hooks", F_OK), only_apply = !access("/only-apply", F_OK);
	int empty;

	mkdir("/dev", 0755);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	report = fopen("/dev/ttyS1", "we");
	if (!report)
		reboot(RB_POWER_OFF);
	mount_at("proc", "/proc");
	mount_at("sysfs", "/sys");
	mount_at("bpf", "/sys/fs/bpf");
	mount_at("tmpfs", "/data");
	for (size_t i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (operations[i].run == open_and_close)
			make_file(operations[i].path);
	sleep(1); /* the kernel's own start is over */

	if (only_apply) {
		close(attach_empty()); /* the first program of a boot takes more: see docs/performance.md */
		sleep(1);
		run_enforcer();
		list_programs();
		fprintf(report, "done\n");
		power_off();
	}
	count_all("base");
	empty = attach_empty();
	count_all("empty");
	close(empty);
	sleep(1); /* a program goes after a grace period */
	count_all("again");
	if (with_hooks) {
		prepare_hooks();
		count_hooks("base");
	}
	run_enforcer();
	sleep(1);
	count_all("enforced");
	if (with_hooks)
		count_hooks("enforced");
	mount_at("tmpfs", "/late"); /* the enforcer has not seen this one: it is named by its mounts, at every open */
	make_file("/late/other");
	count("enforced", "open_mounted_later", open_and_close, "/late/other");
	list_programs();
	fprintf(report, "done\n");
	power_off();
}
