/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the programs of all rooms share. A program says which operations the call is, on which file; its hook's decide()
 * answers with the strongest constraint that applies; conclude_*() acts on it.
 *
 * Generated before this file is included, for each hook in use: DECIDE_hook; OP_hook_operation, the bit of each
 * operation of its row in hooks.def, 0 where no constraint is about it; u16 operations_hook[], the index in the plan
 * for each of these bits; ONLY_hook, 1 when some constraints apply to files that no set lists; EXE_hook, 1 when some
 * ask for the executable; u32 decide_hook(struct task_struct *task, u32 exe, u32 ops, u32 where).
 */
#ifndef STELE_HOOK_H
#define STELE_HOOK_H

/* What the policy makes of a hook. Always a constant that Clang folds: nothing of it is left in a program. */
struct hook {
	u32 number; /* enum stele_hook */
	bool only;
	bool exe;
	u32 operation_count;
	const u16 *operations; /* in the plan, for each bit; NO_OPERATION where no constraint is about it */
	u32 (*decide)(struct task_struct *task, u32 exe, u32 ops, u32 where);
};
#define HOOK(name)                                                                                                     \
	((const struct hook){.number = STELE_HOOK_##name,                                                              \
			     .only = ONLY_##name,                                                                      \
			     .exe = EXE_##name,                                                                        \
			     .operation_count = sizeof(operations_##name) / sizeof(operations_##name[0]),              \
			     .operations = operations_##name,                                                          \
			     .decide = decide_##name})

/* The arguments of a hook before the verdict of the programs that ran earlier. */
enum {
#define STELE_HOOK(room, name, arguments, since, before, attach, object, operations, sees) ARGUMENTS_##name = arguments,
#include "hooks.def"
#undef STELE_HOOK
};

/* The program of a hook: first the verdict of programs that ran before ours, then the body. `ctx` holds the kernel's
 * arguments, in order. */
#define PROGRAM(name)                                                                                                  \
	static __always_inline int on_##name(u64 *ctx);                                                                \
	SEC("lsm/" #name) int stele_##name(u64 *ctx)                                                                   \
	{                                                                                                              \
		int earlier = (int)ctx[ARGUMENTS_##name];                                                              \
                                                                                                                       \
		return earlier ? earlier : on_##name(ctx);                                                             \
	}                                                                                                              \
	static __always_inline int on_##name(u64 *ctx)

#define ARGUMENT(type, number) ((type)ctx[number])

/* ---- deciding; on an internal failure a name is unresolved, which a deny treats as one of its own */

/* The executable of the task, located only when its name can matter. `unknown`: see FORGET. */
static __always_inline u32 exe_for(const struct hook hook, struct task_struct *task, const void *unknown)
{
	u32 exe = CLASS_UNRESOLVED;

	if (hook.exe) {
		exe = locate_exe(task);
		FORGET(exe, unknown);
	}
	return exe;
}

/* The first operation that was raised and that the constraint is about. Mostly there is one only, which is a constant.
 */
static __always_inline u32 call_of(const struct hook hook, u32 rank, u32 ops)
{
	u32 meant = NO_OPERATION;

#pragma unroll
	for (int bit = (int)hook.operation_count - 1; bit >= 0; bit--) {
		u32 operation = hook.operations[bit];

		if (operation == NO_OPERATION)
			continue;
		if (meant == NO_OPERATION ||
		    (rank < CONSTRAINTS &&
		     ops >> bit & constraints[rank].operations[operation / 32] >> operation % 32 & 1))
			meant = operation;
	}
	return CALL(hook.number, meant);
}

/* One operation or several on one file that has been located. */
static __always_inline int decide_at(const struct hook hook, u32 ops, struct dentry *object, u32 where)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const void *unknown = object->d_name.name;
	u32 rank;

	if (!ops || !is_subject(task))
		return 0;
	FORGET(ops, unknown);
	FORGET(where, unknown);
	rank = hook.decide(task, exe_for(hook, task, unknown), ops, where);
	FORGET(rank, unknown);
	if (rank == NO_CONSTRAINT)
		return 0;
	return conclude_file(rank, call_of(hook, rank, ops), where, object, NULL);
}

/* The same for a file that has not. */
static __always_inline int decide_file(const struct hook hook, u32 ops, struct dentry *object)
{
	u32 where;

	if (!ops)
		return 0;
	where = locate(object);
	if (where == CLASS_NONE && !hook.only)
		return 0;
	return decide_at(hook, ops, object, where);
}

/* Two files at once: the stronger verdict, and the file that brought it. */
static __always_inline int decide_two_files(const struct hook hook, u32 ops, struct dentry *object, u32 other_ops,
					    struct dentry *other)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct dentry *beside = other;
	u32 where, other_where, exe, rank, other_rank;

	FORGET(ops, object->d_name.name);
	FORGET(other_ops, object->d_name.name);
	if (!is_subject(task))
		return 0;
	where = locate(object);
	FORGET(where, object->d_name.name);
	other_where = locate(other);
	FORGET(other_where, object->d_name.name);
	if (where == CLASS_NONE && other_where == CLASS_NONE && !hook.only)
		return 0;
	exe = exe_for(hook, task, object->d_name.name);
	rank = ops ? hook.decide(task, exe, ops, where) : NO_CONSTRAINT;
	other_rank = other_ops ? hook.decide(task, exe, other_ops, other_where) : NO_CONSTRAINT;
	if (other_rank < rank) {
		rank = other_rank;
		ops = other_ops;
		where = other_where;
		beside = object;
		object = other;
	}
	FORGET(rank, object->d_name.name);
	if (rank == NO_CONSTRAINT)
		return 0;
	return conclude_file(rank, call_of(hook, rank, ops), where, object, beside);
}

/* What has no file: listed nowhere. */
static __always_inline int decide_no_file(const struct hook hook, u32 ops)
{
	struct task_struct *task = bpf_get_current_task_btf();
	u32 rank;

	if (!hook.only || !ops || !is_subject(task))
		return 0;
	rank = hook.decide(task, exe_for(hook, task, NULL), ops, WHERE_NOWHERE);
	if (rank == NO_CONSTRAINT)
		return 0;
	return conclude_file(rank, call_of(hook, rank, ops), WHERE_NOWHERE, NULL, NULL);
}

/* Another task, by the file that it executes. */
static __always_inline int decide_task(const struct hook hook, u32 ops, struct task_struct *target, struct dentry *runs)
{
	struct task_struct *task = bpf_get_current_task_btf();
	const void *unknown = runs->d_name.name;
	u32 where, rank;

	if (!ops)
		return 0;
	where = locate(runs);
	if (where == CLASS_NONE && !hook.only)
		return 0;
	if (!is_subject(task))
		return 0;
	FORGET(where, unknown);
	rank = hook.decide(task, exe_for(hook, task, unknown), ops, where);
	FORGET(rank, unknown);
	if (rank == NO_CONSTRAINT)
		return 0;
	return conclude_task(rank, call_of(hook, rank, ops), where, target, runs);
}

#endif
