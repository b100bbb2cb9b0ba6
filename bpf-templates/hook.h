/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What the programs of all rooms share. A program says which operations the call is, on which file; its hook's decide()
 * answers with the strongest constraint that applies (DECIDED in shared.h); conclude_*() acts on it.
 *
 * Generated before this file is included, for each hook in use: DECIDE_hook; OP_hook_operation, the bit of each
 * operation of its row in hooks.def; OPS_hook, those that constraints are about; u16 operations_hook[], the index in
 * the plan for each of these bits; ONLY_hook, 1 when some constraints apply to files that no set lists; BECOMES_hook, 1
 * when some permit what keeps its file in a set; OWNER_hook, 1 when some ask whose the file is; EXE_hook, 1 when some
 * ask for the executable; u32 decide_hook(struct task_struct *task, u32 exe, u32 ops, u32 where, u32 traits).
 */
#ifndef STELE_HOOK_H
#define STELE_HOOK_H

/* What the policy makes of a hook. Always a constant that Clang folds: nothing of it is left in a program. */
struct hook {
	u32 number; /* enum stele_hook */
	u32 ops;    /* bits that constraints are about; the others decide nothing */
	bool only;
	bool becomes;
	bool owner;
	bool exe;
	u32 operation_count;
	const u16 *operations; /* in the plan, for each bit; NO_OPERATION where no constraint is about it */
	u32 (*decide)(struct task_struct *task, u32 exe, u32 ops, u32 where, u32 traits);
};
#define HOOK(name)                                                                                                     \
	((const struct hook){.number = STELE_HOOK_##name,                                                              \
			     .ops = OPS_##name,                                                                        \
			     .only = ONLY_##name,                                                                      \
			     .becomes = BECOMES_##name,                                                                \
			     .owner = OWNER_##name,                                                                    \
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

/* The executable of the task, located only when its name can matter. `object`: for what the verifier does not know. */
static __always_inline u32 exe_for(const struct hook hook, struct task_struct *task, struct dentry *object)
{
	u32 exe = CLASS_UNRESOLVED;

	if (hook.exe) {
		exe = locate_exe(task);
		FORGET32(exe, object->d_name.len);
	}
	return exe;
}

/* Where an object lies. A list permits what it names. */
static __always_inline u32 locate_for(const struct hook hook, struct dentry *object)
{
	return hook.only ? locate_sure(object) : locate(object);
}

static __always_inline u32 locate_opened(const struct hook hook, struct file *file)
{
	struct dentry *dentry = file->f_path.dentry;
	u64 before;

	if (!hook.only)
		return locate_inline(dentry, file);
	before = chain_number(NUMBER(dentry), ~1ull, 0);
	return if_unchanged(locate_inline(dentry, file), dentry, before);
}

/* The call with the first operation that was raised and that the constraint is about. Where there is one only, it is a
 * constant. */
static __always_inline u32 call_of(const struct hook hook, u32 decided, u32 ops)
{
	u32 meant = NO_OPERATION, about = decided >> RANK_BITS;

	if (about)
		ops &= about;
#pragma unroll
	for (int bit = (int)hook.operation_count - 1; bit >= 0; bit--) {
		if (hook.operations[bit] == NO_OPERATION)
			continue;
		if (meant == NO_OPERATION || ops >> bit & 1)
			meant = hook.operations[bit];
	}
	return CALL(hook.number, meant);
}

static __always_inline u32 real_uid(void)
{
	return PLAIN(task_struct, bpf_get_current_task_btf())->real_cred->uid.val;
}

/* Is the file, which `object` names, the subject's? A name that is not there yet will be. */
static __always_inline u32 owned_inode_bit(const struct hook hook, struct inode *inode, struct dentry *object)
{
	u32 bit = IS_OWNED;

	if (!hook.owner)
		return 0;
	if (PRESENT(inode, object->d_name.len) && inode->i_uid.val != real_uid())
		bit = 0;
	FORGET32(bit, object->d_name.len);
	return bit;
}

static __always_inline u32 owned_bit(const struct hook hook, struct dentry *object)
{
	return owned_inode_bit(hook, object->d_inode, object);
}

/* Is the file beneath a file of an overlay the subject's? The overlay may show another owner. Before 6.5 a kernel that
 * does not let us read it does not say. */
static __noinline u32 owned_beneath_bit(u64 file)
{
	u32 owner;

	ASK_HERE();
	if (!FAKES_PATHS)
		owner = CAST(file, file)->f_inode->i_uid.val;
	else if (late.can_probe)
		owner = PROBE(PROBE(file, file, f_inode), inode, i_uid.val);
	else
		return HAS_NO_FILE;
	return owner == real_uid() ? IS_OWNED : 0;
}

/* One operation or several on one file that has been located. */
static __always_inline int decide_at_as(const struct hook hook, u32 ops, struct dentry *object, u32 where, u32 traits)
{
	struct task_struct *task = PLAIN(task_struct, bpf_get_current_task_btf());
	u32 exe, decided;

	ops &= hook.ops;
	if (!ops || !is_subject(task))
		return 0;
	FORGET32(ops, object->d_name.len);
	FORGET32(where, object->d_name.len);
	exe = exe_for(hook, task, object);
	decided = hook.decide(task, exe, ops, where, traits);
	FORGET32(decided, object->d_name.len);
	if (RANK(decided) == NO_CONSTRAINT)
		return 0;
	return conclude_file(RANK(decided), call_of(hook, decided, ops), where, object, NULL);
}

static __always_inline int decide_at(const struct hook hook, u32 ops, struct dentry *object, u32 where)
{
	return decide_at_as(hook, ops, object, where, owned_bit(hook, object));
}

/* The place of a mount: the directory, or the plain file, that is mounted over. */
static __always_inline int decide_place(const struct hook hook, u32 ops, struct dentry *place)
{
	u32 where;

	if (!(ops & hook.ops))
		return 0;
	place = PLAIN(dentry, place);
	where = locate_for(hook, place);
	if (IN_NO_SET(where) && !hook.only)
		return 0;
	return decide_at_as(hook, ops, place, where, plain_bit(place) | owned_bit(hook, place));
}

/* A file that has not been located. */
static __always_inline int decide_file(const struct hook hook, u32 ops, struct dentry *object)
{
	u32 where;

	if (!(ops & hook.ops))
		return 0;
	object = PLAIN(dentry, object);
	where = locate_for(hook, object);
	if (IN_NO_SET(where) && !hook.only)
		return 0;
	return decide_at(hook, ops, object, where);
}

/* What is in an open file, which is not changed: by its name and, when it is a file of an overlay, by that of the file
 * beneath it; the stronger verdict. A list (`only`) asks for the name that the caller uses, no other.
 * *ret_secured: nothing applies, but to `other_ops`, which are not under way, a constraint that secures would. */
static __always_inline int decide_content_beside(const struct hook hook, u32 ops, struct file *file, u32 other_ops,
						 bool *ret_secured)
{
	struct task_struct *task = PLAIN(task_struct, bpf_get_current_task_btf());
	struct dentry *object;
	u64 layers;
	u32 where, beneath, exe, traits, decided, decided_beneath;

	ops &= hook.ops;
	other_ops &= hook.ops;
	if (!ops && !other_ops)
		return 0;
	file = PLAIN(file, file);
	object = PLAIN(dentry, file->f_path.dentry);
	where = locate_for(hook, object);
	layers = file_beneath(file);
	beneath = layers ? locate_beneath(layers) : CLASS_NAMELESS;
	if (IN_NO_SET(where) && IN_NO_SET(beneath) && !hook.only)
		return 0;
	if (!is_subject(task))
		return 0;
	FORGET32(ops, object->d_name.len);
	FORGET32(where, object->d_name.len);
	FORGET32(beneath, object->d_name.len);
	exe = exe_for(hook, task, object);
	traits = owned_bit(hook, object);
	decided = ops ? hook.decide(task, exe, ops, where, traits) : NO_CONSTRAINT;
	if (ops && !IN_NO_SET(beneath)) {
		decided_beneath = hook.decide(task, exe, ops, beneath, hook.owner ? owned_beneath_bit(layers) : 0);
		if (RANK(decided_beneath) < RANK(decided)) {
			decided = decided_beneath;
			where = beneath;
			ASK_HERE();
			if (!FAKES_PATHS)
				object = CAST(file, layers)->f_path.dentry;
		}
	}
	FORGET32(decided, object->d_name.len);
	if (RANK(decided) != NO_CONSTRAINT)
		return conclude_file(RANK(decided), call_of(hook, decided, ops), where, object, NULL);
	if (other_ops) {
		decided = RANK(hook.decide(task, exe, other_ops, where, traits));
		KEEP(decided);
		*ret_secured = decided < CONSTRAINTS && constraints[decided].secures;
	}
	return 0;
}

static __always_inline int decide_content(const struct hook hook, u32 ops, struct file *file)
{
	return decide_content_beside(hook, ops, file, 0, NULL);
}

/* The stronger verdict of two names; *ret_is_other: it is the second one's. `becomes`: what the file of the first gets,
 * and whether it is plain. */
static __always_inline u32 decide_names(const struct hook hook, struct dentry *object, u32 exe, u32 ops, u32 where,
					u32 owned, u32 other_ops, u32 other_where, u32 other_owned, u32 becomes,
					bool *ret_is_other)
{
	struct task_struct *task = PLAIN(task_struct, bpf_get_current_task_btf());
	u32 decided = ops ? hook.decide(task, exe, ops, where, becomes | owned) : NO_CONSTRAINT, other_decided;

	FORGET32(decided, object->d_name.len);
	other_decided =
	    other_ops ? hook.decide(task, exe, other_ops, other_where, becomes | other_owned) : NO_CONSTRAINT;
	*ret_is_other = RANK(other_decided) < RANK(decided);
	return *ret_is_other ? other_decided : decided;
}

/* Two names at once: the stronger verdict, and the name that brought it. The file of the first gets the second name.
 * Where that permits something it must have been true at one moment (walk.h), else it is decided again. Asked last:
 * sooner, and 6.1 would follow all that comes behind it several times. */
static __always_inline int decide_two_files(const struct hook hook, u32 ops, struct dentry *object, u32 other_ops,
					    struct dentry *other)
{
	const bool permits = hook.becomes && !hook.only; /* with lists, names are sure already */
	struct dentry *beside;
	u32 where, other_where, owned, other_owned, becomes, exe, decided;
	bool is_other;
	u64 before = 0;

	object = PLAIN(dentry, object);
	other = beside = PLAIN(dentry, other);

	ops &= hook.ops;
	other_ops &= hook.ops;
	FORGET32(ops, object->d_name.len);
	FORGET32(other_ops, object->d_name.len);
	if (!is_subject(PLAIN(task_struct, bpf_get_current_task_btf())))
		return 0;
	if (permits)
		before = chain_number(NUMBER(other), ~1ull, 0);
	where = locate_for(hook, object);
	other_where = locate_for(hook, other);
	if (IN_NO_SET(where) && IN_NO_SET(other_where) && !hook.only)
		return 0;
	FORGET32(where, object->d_name.len);
	FORGET32(other_where, object->d_name.len);
	becomes = other_where | plain_bit(object);
	FORGET32(becomes, object->d_name.len);
	exe = exe_for(hook, PLAIN(task_struct, bpf_get_current_task_btf()), object);
	owned = owned_bit(hook, object);
	other_owned = owned_bit(hook, other);
	decided =
	    decide_names(hook, object, exe, ops, where, owned, other_ops, other_where, other_owned, becomes, &is_other);
	if (permits && chain_number(NUMBER(other), ~0ull, 0) != before) {
		other_where = CLASS_UNRESOLVED;
		decided = decide_names(hook, object, exe, ops, where, owned, other_ops, other_where, other_owned,
				       CLASS_UNRESOLVED, &is_other);
	}
	if (is_other) {
		ops = other_ops;
		where = other_where;
		beside = object;
		object = other;
	}
	FORGET32(decided, object->d_name.len);
	if (RANK(decided) == NO_CONSTRAINT)
		return 0;
	return conclude_file(RANK(decided), call_of(hook, decided, ops), where, object, beside);
}

/* What is in no set, and so listed nowhere; `ops` are bits of hook.ops. where: CLASS_NAMELESS or CLASS_NONE. */
static __always_inline int decide_unlisted(const struct hook hook, u32 ops, u32 where)
{
	struct task_struct *task = PLAIN(task_struct, bpf_get_current_task_btf());
	u32 exe = CLASS_NAMELESS, decided;

	if (!hook.only || !is_subject(task))
		return 0;
	if (hook.exe)
		exe = locate_exe(task);
	FORGET32(exe, task->flags);
	FORGET32(where, task->flags);
	decided = hook.decide(task, exe, ops, where, HAS_NO_FILE);
	if (RANK(decided) == NO_CONSTRAINT)
		return 0;
	return conclude_file(RANK(decided), call_of(hook, decided, ops), where, NULL, NULL);
}

/* Memory that has no file. */
static __always_inline int decide_no_file(const struct hook hook, u32 ops)
{
	return decide_unlisted(hook, ops, CLASS_NAMELESS);
}

/* What is about the task itself, and no object. */
static __always_inline int decide_itself(const struct hook hook, u32 ops)
{
	return decide_unlisted(hook, ops, CLASS_NONE);
}

/* Another task, by the file that it executes. */
static __always_inline int decide_task(const struct hook hook, u32 ops, struct task_struct *target, struct dentry *runs)
{
	struct task_struct *task = PLAIN(task_struct, bpf_get_current_task_btf());
	u32 where, exe, decided;

	ops &= hook.ops;
	if (!ops)
		return 0;
	where = locate_for(hook, runs);
	if (IN_NO_SET(where) && !hook.only)
		return 0;
	if (!is_subject(task))
		return 0;
	FORGET32(where, runs->d_name.len);
	exe = exe_for(hook, task, runs);
	decided = hook.decide(task, exe, ops, where, NO_TRAITS);
	FORGET32(decided, runs->d_name.len);
	if (RANK(decided) == NO_CONSTRAINT)
		return 0;
	return conclude_task(RANK(decided), call_of(hook, decided, ops), where, target, runs);
}

#endif
