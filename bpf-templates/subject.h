/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Who asks: the task that runs the hook. Ids are the real credentials' (an overlay's mounter or a service that borrows
 * others does not change who asks), as the initial user namespace counts them. io_uring workers are tasks of their
 * process.
 *
 * Where something about the subject cannot be known, `unsure` is the answer that makes a constraint apply: true below
 * `for`, false below `unless`.
 */
#ifndef STELE_SUBJECT_H
#define STELE_SUBJECT_H

#define MAX_GROUPS 64 /* supplementary groups that are looked at; a task with more is unsure */

/* Kernel threads are not subjects. */
static __always_inline bool is_subject(struct task_struct *task)
{
	return !(task->flags & PF_KTHREAD);
}

#define USER_NAMESPACES 33 /* one in another, with the initial one */

/* Does somebody's user namespace say how files are executed? Such an interpreter may be handed what it runs for. */
static __always_inline bool has_own_interpreters(struct task_struct *task)
{
	struct user_namespace *namespace = PLAIN(user_namespace, task->real_cred->user_ns);

	ASK_HERE();
	if (!OWN_INTERPRETERS)
		return false;
#pragma clang loop unroll(disable)
	for (u32 i = 0; i < USER_NAMESPACES; i++) {
		struct user_namespace *parent = namespace->parent;

		if (!parent)
			return false;
		if (namespace->binfmt_misc)
			return true;
		namespace = parent;
	}
	return true;
}

/* What the kernel starts for itself, from the fork to the exec: modprobe, a pipe for core dumps. A task that ends has
 * no memory either. */
static __always_inline bool is_by_kernel(struct task_struct *task)
{
	return !task->mm && !(task->flags & PF_EXITING);
}

/* ---- tests of the subject: 1 or 0. They have no branches: of many rules' tests, one after the other, the verifier
 * would follow every combination. KEEP where Clang would make a branch of what it knows to be one bit. */

static __always_inline u32 negated(u32 test)
{
	return test ^ 1;
}

static __always_inline u32 in_range(u32 id, u32 first, u32 last)
{
	u64 beyond = (u64)(id - first) - (last - first) - 1;

	KEEP(beyond);
	beyond >>= 63;
	KEEP(beyond);
	return beyond;
}

struct id_range {
	u32 first, last;
};

/* Lies `id` in a range of a sorted table? size: entries, a power of two; the last range fills it up. */
static __always_inline u32 in_table(const struct id_range *table, u32 size, u32 id)
{
	u32 at = LAST_UP_TO(table, size, first, id);

	return in_range(id, table[at].first, table[at].last);
}

/* What a group says: the bits of the conditions that it is in, from `first` on. */
struct group_bits {
	u32 first, bits;
};

/* A bit of group_word: the task has more groups than were looked at. */
#define MORE_GROUPS 31

static __always_inline u32 bits_of_group(const struct group_bits *table, u32 size, u32 id)
{
	return table[LAST_UP_TO(table, size, first, id)].bits;
}

/* A bit for each condition that the real group or a supplementary one is in. The table is sorted, from group 0 on.
 */
static __always_inline u32 group_word(struct task_struct *task, const struct group_bits *table, u32 size)
{
	const struct cred *cred = task->real_cred;
	struct group_info *groups = cred->group_info;
	u32 count = groups->ngroups, word = bits_of_group(table, size, cred->gid.val);

	for (u32 i = 0; i < MAX_GROUPS; i++) {
		if (i >= count)
			return word;
		word |= bits_of_group(table, size, groups->gid[i].val);
	}
	return count > MAX_GROUPS ? word | 1u << MORE_GROUPS : word;
}

static __always_inline u32 in_groups(u32 word, u32 condition, bool unsure)
{
	KEEP(word); /* else Clang looks at all conditions first, and has no room for what it finds */
	word = (word >> condition | (unsure ? word >> MORE_GROUPS : 0)) & 1;
	KEEP(word);
	return word;
}

/* Where the executable of the task lies. */
static __always_inline u32 locate_exe(struct task_struct *task)
{
	struct mm_struct *mm = task->mm;
	struct file *file;

	if (!mm)
		return CLASS_NAMELESS;
	file = mm->exe_file;
	if (!file)
		return CLASS_NAMELESS;
	return locate_sure(file->f_path.dentry);
}

/* ---- what is known of the object beside its name: the class of the name that it gets, and */
#define IS_PLAIN    (1u << 31) /* it is known to be no directory */
#define IS_OWNED    (1u << 30) /* its owner is the task's real uid */
#define HAS_NO_FILE (1u << 29) /* it is no file, and nobody's */
#define NO_TRAITS   0u

static __always_inline bool is_plain(u32 traits)
{
	return traits & IS_PLAIN;
}

static __always_inline u32 plain_bit(struct dentry *object)
{
	return (object->d_inode->i_mode & S_IFMT) == S_IFDIR ? 0 : IS_PLAIN;
}

static __always_inline u32 is_owned(u32 traits, bool unsure)
{
	u32 test = traits >> 30;

	test = (unsure ? test | traits >> 29 : test) & 1;
	KEEP(test);
	return test;
}

/* Is what lies at `where` in set `set` of those that tests name? By a table for each answer to what is not known. */
static __always_inline u32 name_in(u32 where, u32 set, bool unsure)
{
#if NAME_SETS
	const u32 *sets = unsure ? name_sets_unsure[where & (CLASS_SLOTS - 1)] : name_sets[where & (CLASS_SLOTS - 1)];

	u32 test = sets[set / 32] >> (set % 32) & 1;

	KEEP(test);
	return test;
#else
	return unsure;
#endif
}

#endif
