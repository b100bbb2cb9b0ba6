/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Calls of the class `exec`, as the kernel makes them: whose code runs. `a` and `b` are the dentries of a call's paths,
 * b NULL when there is one. */
#ifndef STELE_HOST_EXEC_H
#define STELE_HOST_EXEC_H

static void host_map_exec(struct file *file)
{
	struct vm_area_struct *area = host_allocate(sizeof(*area));

	area->vm_file = file;
	IGNORES(mmap_file, "memory is not mapped to execute", P(file), PROT_EXEC, 1, 2);
	IGNORES(file_mprotect, "memory is not made executable", P(area), PROT_EXEC, 1);
	DECIDES(mmap_file, P(file), PROT_EXEC, PROT_EXEC, 2);
	DECIDES(file_mprotect, P(area), PROT_EXEC, PROT_EXEC);
}

/* Under a name of an overlay's user, which no list has. */
static void host_map_layer(struct dentry *a)
{
#if defined(DECIDE_mmap_file) && !ONLY_mmap_file
	struct vm_area_struct *area = host_allocate(sizeof(*area));

	area->vm_file = host_file(a, S_IFREG | 0755, FMODE_READ, 0);
	DECIDES(mmap_file, P(host_over(area->vm_file)), PROT_EXEC, PROT_EXEC, 2);
	DECIDES(file_mprotect, P(area), PROT_EXEC, PROT_EXEC);
	DECIDES(mmap_file, P(host_over(host_over(host_file(a, S_IFREG | 0755, FMODE_READ, 0)))), PROT_EXEC, PROT_EXEC,
		2);
#else
	(void)a;
#endif
}

#if defined(DECIDE_mmap_file)
#define HOST_ASKS_OWNER OWNER_mmap_file
#else
#define HOST_ASKS_OWNER 0
#endif

/* Memory without a name can be anonymous, which is nobody's, or of a memfd, which is somebody's. */
static void call_map_exec(struct dentry *a, struct dentry *b)
{
	(void)b;
	if (host_is_layer(a) || host_owners_told || !HOST_ASKS_OWNER)
		host_map_exec(host_file(a, S_IFREG | 0755, FMODE_READ, 0));
	if (host_is_layer(a))
		host_map_layer(a);
	else if (!host_owners_told || !HOST_ASKS_OWNER)
		host_map_exec(NULL);
}

/* The program that has just been executed. */
static void call_map_itself(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_current->mm = host_allocate(sizeof(*host_current->mm));
	host_current->mm->exe_file = host_file(a, S_IFREG | 0755, FMODE_READ, OPENED_TO_EXECUTE);
	call_map_exec(a, b);
}

static void call_exec(struct dentry *a, struct dentry *b)
{
	struct linux_binprm *bprm = host_allocate(sizeof(*bprm));

	(void)b;
	bprm->file = host_file(a, S_IFREG | 0755, FMODE_READ, OPENED_TO_EXECUTE);
	DECIDES(bprm_check_security, P(bprm));
#if defined(DECIDE_bprm_check_security) && !ONLY_bprm_check_security
	if (!host_is_layer(a))
		return;
	bprm->file = host_over(bprm->file);
	DECIDES(bprm_check_security, P(bprm));
	bprm->file = host_over(host_over(host_file(a, S_IFREG | 0755, FMODE_READ, OPENED_TO_EXECUTE)));
	DECIDES(bprm_check_security, P(bprm));
#endif
}

static void call_traced_exec(struct dentry *a, struct dentry *b)
{
	host_current->ptrace = 1;
	call_exec(a, b);
	host_current->ptrace = 0;
}

static const struct host_call exec_calls[] = {
    {"map_exec", 1, call_map_exec},
    {"map_itself", 1, call_map_itself},
    {"exec", 1, call_exec},
    {"traced_exec", 1, call_traced_exec},
};

#endif
