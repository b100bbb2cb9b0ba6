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

#define PROOF_TRIES 3

static long tmpfs = -1; /* root directory of the private file system */

const char trigger_xattr[] = "trusted.stele";
long trigger_open_file = -1;

static void (*const triggers[])(void) = {
#define STELE_HOOK(room, name, arguments, since, before, attach, object, operations, sees) trigger_##name,
#include "../hooks.def"
#undef STELE_HOOK
};

/* A file system comes and goes. */
static void trigger_end(void)
{
	sys(close, mount_detached("tmpfs", 0));
}

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

	trigger_open_file = make_file("file", 0600);
	if (trigger_open_file < 0)
		return cannot_prepare("create", trigger_open_file);
	for (u32 i = 0; i < ARRAY_SIZE(files); i++)
		sys(close, make_file(files[i], 0600));
	sys(close, make_file("not_a_program", 0700));
	for (u32 i = 0; i < ARRAY_SIZE(directories); i++)
		sys(mkdirat, tmpfs, directories[i], 0700);
	sys(fsetxattr, trigger_open_file, trigger_xattr, "", 0, 0);
	r = sys(fchdir, tmpfs);
	return r < 0 ? cannot_prepare("fchdir", r) : 0;
}

int prepare_proof(void)
{
	union bpf_attr attr = {.enable_stats = {.type = BPF_STATS_RUN_TIME}};
	long r;

	tmpfs = mount_detached("tmpfs", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	if (tmpfs < 0)
		return cannot_prepare("tmpfs", tmpfs);
	r = sys(bpf, BPF_ENABLE_STATS, &attr, sizeof(attr)); /* counting lasts as long as this descriptor is open */
	if (r < 0)
		return cannot_prepare("BPF_ENABLE_STATS", r);
	return fill_tmpfs();
}

/* The triggers' errors are of no interest: a denied one has called its hook too. */
static long trigger_in_child(void (*trigger)(void))
{
	long child = sys0(fork);
	int status;

	if (child < 0)
		return child;
	if (!child) {
		trigger();
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
	const int is_end = program->kind == STELE_PROGRAM_END;

	for (u32 i = 0; i < PROOF_TRIES; i++) {
		s64 before = run_count(index), after;
		long r = before < 0 ? before : trigger_in_child(is_end ? trigger_end : triggers[program->hook]);

		after = run_count(index);
		if (r < 0 || after < 0)
			return cannot_prepare("run count", r < 0 ? r : after);
		if (after > before)
			return 0;
	}
	return problem(STELE_EXIT_NOT_CALLED,
		       "add `bpf` to lsm= on the kernel's command line; set kernel.ftrace_enabled=1",
		       "hook `%s` does not call its program", is_end ? "sb_delete" : hook_name(program->hook));
}
