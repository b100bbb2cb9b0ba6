/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls of the class `process`, as the kernel makes them: what is done to a task. `a` and `b` are the dentries of
 * a call's paths, b NULL when there is one. */
#ifndef STELE_HOST_PROCESS_H
#define STELE_HOST_PROCESS_H

static void call_ptrace(struct dentry *a, struct dentry *b)
{
	struct task_struct *target = host_allocate(sizeof(*target));

	(void)b;
	IGNORES(ptrace_access_check, "a kernel thread has no executable", P(target), PTRACE_MODE_ATTACH);
	target->real_cred = host_current->real_cred;
	target->mm = host_allocate(sizeof(*target->mm));
	IGNORES(ptrace_access_check, "it has no executable any more", P(target), PTRACE_MODE_ATTACH);
	target->mm->exe_file = host_file(a, S_IFREG | 0755, FMODE_READ, OPENED_TO_EXECUTE);
	IGNORES(ptrace_access_check, "reading about a task is not tracing it", P(target), 1);
	DECIDES(ptrace_access_check, P(target), PTRACE_MODE_ATTACH);
}

#define PR_SET_NAME	    15u
#define PR_SET_MM_ARG_START 8u
#define PR_SET_MM_MAP_SIZE  15u

/* `a` is no file. The kernel takes the first two for an int. */
static void call_set_exe(struct dentry *a, struct dentry *b)
{
	(void)a;
	(void)b;
	IGNORES(task_prctl, "another option of prctl", PR_SET_NAME, PR_SET_MM_MAP, 0, 0, 0);
	IGNORES(task_prctl, "other members of the memory map", PR_SET_MM, PR_SET_MM_ARG_START, 0, 0, 0);
	IGNORES(task_prctl, "how large the map is", PR_SET_MM, PR_SET_MM_MAP_SIZE, 0, 0, 0);
	DECIDES(task_prctl, PR_SET_MM, PR_SET_MM_MAP, 0, 0, 0);
	DECIDES(task_prctl, PR_SET_MM, PR_SET_MM_MAP | 1ull << 32, 0, 0, 0);
	DECIDES(task_prctl, PR_SET_MM | 1ull << 32, PR_SET_MM_EXE_FILE, 0, 0, 0);
}

static const struct host_call process_calls[] = {
    {"ptrace", 1, call_ptrace},
    {"set_exe", 1, call_set_exe},
};

#endif
