/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * exec: mounts what is missing, enforces the policy and becomes a program, which as pid 1 is the machine's init. So
 * nothing has run before the policy but the kernel and, where there is one, the initramfs.
 *
 * What was mounted stays: the pins live in it, and an init leaves alone what it finds mounted.
 */
#include <linux/reboot.h>

#include "enforcer.h"

static const struct missing {
	const char *path, *type, *data;
	u32 magic;
} file_systems[] = {
    {"/proc", "proc", 0, PROC_SUPER_MAGIC},
    {"/sys", "sysfs", 0, SYSFS_MAGIC},
    {"/sys/kernel/security", "securityfs", 0, SECURITYFS_MAGIC},
    {STELE_BPFFS, "bpf", "mode=0700", BPF_FS_MAGIC},
};

/* What cannot be mounted is missed by the checks, and named there. */
static void mount_missing(void)
{
	for (u32 i = 0; i < ARRAY_SIZE(file_systems); i++) {
		const struct missing *one = &file_systems[i];
		struct statfs64 fs = {0};

		if (!sys(statfs, one->path, &fs) && fs.type == one->magic)
			continue;
		sys(mkdir, one->path, 0555);
		sys(mount, one->type, one->path, one->type, MS_NOSUID | MS_NODEV | MS_NOEXEC, one->data);
	}
}

/* /dev may not be there yet. */
static void open_kernel_log(void)
{
	long devices = mount_detached("devtmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC);

	kernel_log = sys(openat, devices, "kmsg", O_WRONLY | O_CLOEXEC);
	sys(close, devices);
}

/* The first process cannot end: the machine would panic, with these lines pushed off its console. */
NORETURN static void halt(void)
{
	flush();
	sys0(sync);
	for (;;)
		sys(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_HALT, 0);
}

static int stop(int code, const char *why, const char *program)
{
	if (sys0(getpid) != INIT)
		return problem(code, why, "%s is not started", program);
	problem(code, why, "%s is not started, the machine is halted", program);
	halt();
}

int exec(char **program, char **environment)
{
	long directory = sys(open, ".", O_PATH | O_CLOEXEC), mask = sys(umask, 022), r;
	int code;

	mount_missing();
	open_kernel_log();
	code = apply(0); /* this build may be enforced already: by the initramfs */
	if (code && code != STELE_EXIT_ACTIVE) {
		if (plan->on_failure == STELE_ON_FAILURE_HALT)
			return stop(code, "see above; the policy says `on failure halt`", *program);
		warn("%s is started without the policy, which says `on failure continue`", *program);
	}
	flush();
	sys(fchdir, directory);
	sys(umask, mask);
	r = sys(execve, *program, program, environment);
	problem(STELE_EXIT_SYSTEM, "give the path of a program", "cannot execute %s: %s", *program, errno_name(r));
	return stop(STELE_EXIT_SYSTEM, "see above", *program);
}
