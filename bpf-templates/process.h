/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs of the class `process`: what is done to another task, and to what a task is. Every hook: kernel >= 6.1. */
#ifndef STELE_PROCESS_H
#define STELE_PROCESS_H

#ifdef DECIDE_ptrace_access_check
/* Tracing a task, writing to its memory, taking its descriptors. The object is the executable that the task runs. */
PROGRAM(ptrace_access_check)
{
	struct task_struct *target = PLAIN(task_struct, ARGUMENT(struct task_struct *, 0));
	struct mm_struct *mm = target->mm;
	struct file *file;

	if (!(ARGUMENT(u32, 1) & PTRACE_MODE_ATTACH) || !mm)
		return 0;
	file = mm->exe_file;
	if (!file)
		return 0;
	return decide_task(HOOK(ptrace_access_check), OP(ptrace_access_check, process_ptrace), target,
			   file->f_path.dentry);
}
#endif

#ifdef DECIDE_task_prctl
/* Becoming another executable without executing it. What PR_SET_MM_MAP asks for lies in memory of the caller, where it
 * can change until the kernel reads it: so all of it is refused. Every other call goes on by 0, behind which the kernel
 * asks older programs and then takes the hook's default, -ENOSYS: "not handled" (bpf_lsm_task_prctl). */
PROGRAM(task_prctl)
{
	u32 member = ARGUMENT(u32, 1); /* the kernel takes it for an int: what stands above is nothing */

	if (ARGUMENT(u32, 0) != PR_SET_MM || (member != PR_SET_MM_MAP && member != PR_SET_MM_EXE_FILE))
		return 0;
	return decide_itself(HOOK(task_prctl), OP(task_prctl, process_set_exe));
}
#endif

#endif
