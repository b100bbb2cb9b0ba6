/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls of the class `process`, as the kernel makes them: what is done to another task. `a` and `b` are the dentries of
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

static const struct host_call process_calls[] = {
    {"ptrace", 1, call_ptrace},
};

#endif
