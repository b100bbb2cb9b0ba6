/* SPDX-License-Identifier: Apache-2.0
 *
 * Pid 1 of the benchmark's machine. Counts what operations cost: with nothing attached, with an LSM program on
 * file_open that only returns 0 (the floor of every BPF LSM design), without it again, and under the enforcer, all in
 * one boot. Under QEMU's -icount shift=0 a difference of time stamps is a number of executed guest instructions.
 *
 * Reports on the second serial port, one line each:
 *   count PHASE OPERATION INSTRUCTIONS RESULT   PHASE: base, empty, again, enforced; RESULT: 0 or an errno
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
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
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

int main(void)
{
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

	count_all("base");
	empty = attach_empty();
	count_all("empty");
	close(empty);
	sleep(1); /* a program goes after a grace period */
	count_all("again");
	run_enforcer();
	sleep(1);
	count_all("enforced");
	mount_at("tmpfs", "/late"); /* the enforcer has not seen this one: it is named by its mounts, at every open */
	make_file("/late/other");
	count("enforced", "open_mounted_later", open_and_close, "/late/other");
	list_programs();
	fprintf(report, "done\n");
	power_off();
}
