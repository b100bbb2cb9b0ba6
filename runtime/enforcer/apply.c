/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * All or nothing. The stages run in order and the first problem ends the process: what was created so far is held by
 * descriptors alone and goes with them. The links are pinned in a bpf file system that is mounted nowhere, and one
 * move_mount() makes it the policy's: killed before that, nothing is enforced; after it, everything is.
 *
 * preflight runs the same stages as far as they change nothing, and goes on after a problem.
 */
#include <linux/bpf.h>

#include "enforcer.h"

static struct stele_late late;
static struct stele_devices devices;
static long own_bpffs = -1;  /* our bpf file system, not yet mounted */
static u32 own_device;	     /* its s_dev */
static long pin_target = -1; /* the directory on which it will be mounted */

static int name_files(void)
{
	return name_devices(&late, &devices, own_device);
}

static int name_links(void)
{
	return find_hard_links(&late);
}

static int make_maps(void)
{
	return create_maps(&late, &devices);
}

static int bpffs_failed(long error)
{
	return problem(STELE_EXIT_SYSTEM, "report this with `uname -r`", "cannot make a bpf file system: %s",
		       errno_name(error));
}

/* A bpf file system of our own, that no path leads to yet. It holds the plan's mark before anything is attached. */
static int make_bpffs(void)
{
	struct statx root;
	long r = own_bpffs = mount_detached("bpf", MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);

	if (r >= 0)
		r = sys(statx, own_bpffs, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &root);
	if (!r)
		r = sys(mkdirat, own_bpffs, plan_mark(), 0700);
	if (r)
		return bpffs_failed(r);
	own_device = device_number(root.stx_dev_major, root.stx_dev_minor);
	return 0;
}

/* Before anything is attached: a policy may forbid making directories. */
static int make_pin_directory(void)
{
	long r = sys(mkdir, pin_directory(), 0700);

	if (!r || r == -EEXIST)
		r = pin_target = sys(open, pin_directory(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (r >= 0)
		return 0;
	return problem(STELE_EXIT_SYSTEM, is_denied(r) ? DENIED_HELP : "mount -o remount,rw " STELE_BPFFS,
		       "cannot make %s: %s", pin_directory(), errno_name(r));
}

static int attach_and_prove(u32 index)
{
	const struct stele_plan_program *program = &plan_programs()[index];
	int r = has_program(index) ? attach_program(index) : 0;

	if (r || !has_program(index) || program->kind == STELE_PROGRAM_ITER_MAP)
		return r;
	return prove_called(index);
}

static int comes_last(u32 index)
{
	const struct stele_plan_program *program = &plan_programs()[index];

	return program->kind == STELE_PROGRAM_LSM && attaches_last(program->hook);
}

/* Each program is proved as soon as it is attached. Some come last: one that it denied to open a file would never reach
 * another hook. */
static int attach_all(void)
{
	int r = 0;

	for (u32 last = 0; last < 2; last++)
		for (u32 i = 0; !r && i < plan->programs.count; i++)
			if (comes_last(i) == (int)last)
				r = attach_and_prove(i);
	return r;
}

static int pin_all(void)
{
	long r = sys(fchdir, own_bpffs);

	if (r)
		return bpffs_failed(r);
	sys(umask, 0377); /* pins are 0400 */
	return pin_links();
}

static int publish(void)
{
	long r = sys(move_mount, own_bpffs, "", pin_target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);

	return r ? problem(STELE_EXIT_SYSTEM, "let the policy permit root to mount on the pin directory",
			   "cannot mount on %s: %s", pin_directory(), errno_name(r))
		 : 0;
}

static const struct stage {
	const char *name;
	int (*run)(void);
	u8 in_preflight;
	u8 needs_privilege;
	u8 ends_preflight; /* a problem here makes what follows meaningless */
} stages[] = {
    /* who and where */
    {"privileges", check_privileges, 1, 0, 0},
    {"kernel version", check_kernel_version, 1, 0, 0},
    {"bpf security module", check_bpf_lsm, 1, 0, 0},
    {"process and mounts", check_proc, 1, 0, 0},
    {"bpf file system, lock", check_bpffs, 1, 0, 0},
    {"not enforced yet", check_not_active, 1, 1, 1},
    {"foreign programs", check_foreign_programs, 1, 1, 0},
    /* what the policy's names mean here */
    {"kernel types", open_kernel_types, 1, 0, 1},
    {"own bpf file system", make_bpffs, 0, 1, 0},
    {"mounted file systems", name_files, 1, 1, 0},
    {"hard links", name_links, 1, 1, 0},
    {"symbolic links", warn_of_symlinks, 1, 1, 0},
    /* the programs */
    {"maps", make_maps, 1, 1, 1},
    {"programs", load_programs, 1, 1, 0},
    {"pin directory", make_pin_directory, 0, 1, 0},
    {"private file system", prepare_proof, 0, 1, 0},
    {"attach and prove", attach_all, 0, 1, 0},
    /* from here to the mount nothing may fail but the kernel */
    {"pin", pin_all, 0, 1, 0},
    {"publish", publish, 0, 1, 0},
};

/* At most an empty directory stays, when the kernel or a policy about to vanish does not let it go. */
static int give_up(int code)
{
	if (pin_target >= 0) {
		close_everything();
		sys(rmdir, pin_directory());
	}
	return code;
}

int apply(int verbose)
{
	u64 start = now_us(), before = start;

	for (u32 i = 0; i < ARRAY_SIZE(stages); i++) {
		int r = stages[i].run();
		u64 now = now_us();

		if (r)
			return give_up(r);
		if (verbose)
			print("%6llu.%03llu ms  %s\n", (now - before) / 1000, (now - before) % 1000, stages[i].name);
		before = now;
	}
	print("stele: %s %s is enforced (%u constraints, %u programs, %llu ms)\n",
	      (const char *)plan_at(plan->policy_name), (const char *)plan_at(plan->policy_version),
	      plan->constraints.count, plan->programs.count, (now_us() - start) / 1000);
	return 0;
}

int preflight(void)
{
	int first = 0, privileged = 1, ended = 0;

	output_mode = OUTPUT_PREFLIGHT;
	for (u32 i = 0; i < ARRAY_SIZE(stages); i++) {
		const struct stage *stage = &stages[i];
		int r;

		if (!stage->in_preflight)
			continue;
		if (ended || (stage->needs_privilege && !privileged)) {
			print("skipped  %s\n", stage->name);
			continue;
		}
		r = stage->run();
		if (!r)
			print("ok       %s\n", stage->name);
		first = first ? first : r;
		privileged &= r != STELE_EXIT_PRIVILEGE;
		ended |= r && stage->ends_preflight;
	}
	if (!first)
		print("nothing was changed; that the hooks are called is proved by `apply`\n");
	return first;
}
