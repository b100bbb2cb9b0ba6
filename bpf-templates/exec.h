/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs of the class `exec`: whose code runs. Every hook: kernel >= 6.1. */
#ifndef STELE_EXEC_H
#define STELE_EXEC_H

#ifdef DECIDE_mmap_file
/* mmap with PROT_EXEC, also by the kernel for the program that it starts. */
PROGRAM(mmap_file)
{
	struct file *file = ARGUMENT(struct file *, 0);

	if (!(ARGUMENT(u64, 2) & PROT_EXEC))
		return 0;
	if (!PRESENT(file, ctx[1]))
		return decide_no_file(HOOK(mmap_file), OP(mmap_file, file_map_exec));
	return decide_content(HOOK(mmap_file), OP(mmap_file, file_map_exec), file);
}
#endif

#ifdef DECIDE_file_mprotect
PROGRAM(file_mprotect)
{
	struct file *file = PLAIN(vm_area_struct, ARGUMENT(struct vm_area_struct *, 0))->vm_file;

	if (!(ARGUMENT(u64, 2) & PROT_EXEC))
		return 0;
	if (!file)
		return decide_no_file(HOOK(file_mprotect), OP(file_mprotect, file_map_exec));
	ASK_HERE();
	if (FAKES_PATHS)
		return decide_content(HOOK(file_mprotect), OP(file_mprotect, file_map_exec), file);
	return decide_file(HOOK(file_mprotect), OP(file_mprotect, file_map_exec), file->f_path.dentry);
}
#endif

#ifdef DECIDE_bprm_check_security
#define MAX_FILTERS 64 /* of a task, that are looked at; one with more is taken for answered */

/* Does somebody answer the task's system calls for the kernel? A filter of seccomp with a listener stays at an exec. */
static __noinline bool is_answered(struct task_struct *task)
{
	struct seccomp_filter *filter = task->seccomp.filter;

	for (u32 i = 0; i < MAX_FILTERS; i++) {
		if (!filter)
			return false;
		if (filter->notif)
			return true;
		filter = filter->prev;
	}
	return true;
}

/* execve: the program, or the script and then its interpreter. A task that is traced, or whose system calls somebody
 * answers, hands what it runs to them. An excepted program that the task may not trace starts with AT_SECURE: the
 * loader takes no orders from the environment. */
PROGRAM(bprm_check_security)
{
	struct linux_binprm *bprm = PLAIN(linux_binprm, ARGUMENT(struct linux_binprm *, 0));
	struct task_struct *task = PLAIN(task_struct, bpf_get_current_task_btf());
	u32 ops = OP(bprm_check_security, exec);
	bool is_secured = false;
	int denied;

	if (HOOK(bprm_check_security).ops & OP(bprm_check_security, process_ptrace) &&
	    (task->ptrace || is_answered(task)))
		ops |= OP(bprm_check_security, process_ptrace);
	denied = decide_content_beside(HOOK(bprm_check_security), ops, bprm->file,
				       OP(bprm_check_security, process_ptrace), &is_secured);
	if (is_secured)
		bpf_bprm_opts_set(ARGUMENT(struct linux_binprm *, 0), BPF_F_BPRM_SECUREEXEC);
	return denied;
}
#endif

#endif
