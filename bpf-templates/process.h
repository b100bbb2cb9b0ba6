/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs of the class `process`: what is done to another task. Every hook: kernel >= 6.1. */
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

#endif
