/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What a decision leaves behind: a count, an event, a signal, and the errno for the caller.
 *
 * Counters and events are array maps that are frozen for user space before the first program is loaded: only these
 * programs write them, and nothing reads them for a decision. `rank` is the constraint that decided (0 is the
 * strongest).
 *
 * Generated before this file is included: struct constraint constraints[CONSTRAINTS], and int refuse(u32 error), which
 * returns -error as a literal for each errno in use.
 */
#ifndef STELE_EVENT_H
#define STELE_EVENT_H

struct {
	MAP_NUMBER(type, BPF_MAP_TYPE_ARRAY);
	MAP_NUMBER(max_entries, STELE_COUNTER_CONSTRAINT + CONSTRAINTS);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, u64);
} counters SEC(".maps");

struct {
	MAP_NUMBER(type, BPF_MAP_TYPE_ARRAY);
	MAP_NUMBER(max_entries, STELE_EVENT_SLOTS);
	MAP_TYPE(key, u32);
	MAP_TYPE(value, struct stele_event);
} events SEC(".maps");

/* Adds one; returns the new value, 0 when there is no such counter. */
static __noinline u64 count(u32 counter)
{
	u64 *value;

	CUT(counter); /* 6.1 follows a 0 that is stored, too */
	value = bpf_map_lookup_elem(&counters, &counter);

	return value ? atomic_increment(value) + 1 : 0;
}

/* The last 12 components of a path, joined. Above the root the root stands again ("/"): readers collapse leading
 * slashes. */
static __noinline long write_path(char *to, u32 size, struct dentry *dentry)
{
	u64 name[12];

#pragma unroll
	for (int i = 11; i >= 0; i--) {
		name[i] = (u64)dentry->d_name.name;
		dentry = dentry->d_parent;
	}
	return bpf_snprintf(to, size, "%s/%s/%s/%s/%s/%s/%s/%s/%s/%s/%s/%s", name, sizeof(name));
}

/* What was decided in one number: functions of BPF have five arguments. operation: index in the plan. */
#define CALL(hook, operation) ((u32)(hook) << 16 | (operation))
#define CALL_HOOK(call)	      ((call) >> 16)
#define CALL_OPERATION(call)  ((call) & 0xffff)

/* A file, or an executable, which has the same members; size: bytes of its name. */
static __noinline int write_file(struct stele_file *to, u32 size, struct dentry *dentry)
{
	struct inode *inode = dentry->d_inode;

	to->dev = dentry->d_sb->s_dev;
	to->inode = PRESENT(inode, dentry->d_name.name) ? inode->i_ino : 0;
	write_path(to->name, size, dentry);
	return 0;
}

/* Everything but the object and, at the end, the sequence. */
static __noinline int write_subject(struct stele_event *event, u32 rank, u32 call, u32 where)
{
	struct task_struct *task = PLAIN(task_struct, bpf_get_current_task_btf());
	u64 pid_tgid = bpf_get_current_pid_tgid();

	CUT(rank);
	if (rank >= CONSTRAINTS)
		return 0;
	event->sequence = 0; /* a reader that meets a half-written record sees it */
	event->time_ns = bpf_ktime_get_boot_ns();
	event->constraint = rank;
	event->hook = CALL_HOOK(call);
	event->op = CALL_OPERATION(call);
	event->verdict = constraints[rank].verdict;
	event->error = constraints[rank].verdict == VERDICT_AUDIT ? 0 : constraints[rank].error;
	event->flags = where == CLASS_UNRESOLVED ? STELE_EVENT_UNRESOLVED
		       : where == CLASS_NAMELESS ? STELE_EVENT_NAMELESS
						 : 0;
	event->pid = (u32)pid_tgid;
	event->tgid = pid_tgid >> 32;
	event->uid = task->real_cred->uid.val;
	event->gid = task->real_cred->gid.val;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	event->exe.inode = 0;
	event->exe.dev = 0;
	__builtin_memset(event->exe.name, 0, 8);
	if (is_by_kernel(task))
		__builtin_memcpy(event->exe.name, "kernel\0", 8); /* no path: it has no slash */
	if (task->mm && task->mm->exe_file)
		write_file((struct stele_file *)&event->exe, STELE_EVENT_EXE, task->mm->exe_file->f_path.dentry);
	return 0;
}

/* The slot of the event with that number. */
static __always_inline struct stele_event *event_at(u64 sequence)
{
	u32 slot = (u32)(sequence - 1) % STELE_EVENT_SLOTS;

	return bpf_map_lookup_elem(&events, &slot);
}

/* Counts the decision of constraint `rank`. */
static __always_inline void count_decision(u32 rank, u32 where)
{
	count(STELE_COUNTER_CONSTRAINT + rank);
	if (where == CLASS_UNRESOLVED)
		count(STELE_COUNTER_UNRESOLVED);
}

/* What the hook returns: 0, or a negative errno. */
static __always_inline int enforce(u32 rank)
{
	if (constraints[rank].verdict == VERDICT_AUDIT)
		return 0;
	if (constraints[rank].verdict == VERDICT_KILL)
		bpf_send_signal(SIGKILL);
	return refuse(constraints[rank].error);
}

/* ---- acting on the decision of constraint `rank`, one function for each shape of object */

static __always_inline void write_file_event(u32 rank, u32 call, u32 where, struct dentry *object, struct dentry *other)
{
	u64 sequence = count(STELE_COUNTER_EVENTS);
	struct stele_event *event = event_at(sequence);

	if (!event)
		return;
	write_subject(event, rank, call, where);
	event->object_kind = other ? STELE_OBJECT_paths : object ? STELE_OBJECT_path : STELE_OBJECT_none;
	if (object)
		write_file(&event->object.path, STELE_EVENT_FILE, object);
	if (other)
		write_file(&event->other, STELE_EVENT_FILE, other);
	event->sequence = sequence;
}

/* A file, or NULL for memory that has no name; `other` is the second one of a call on two, or NULL. */
static __noinline int conclude_file(u32 rank, u32 call, u32 where, struct dentry *object, struct dentry *other)
{
	CUT(rank);
	if (rank >= CONSTRAINTS)
		return 0;
	count_decision(rank, where);
	if (constraints[rank].log)
		write_file_event(rank, call, where, object, other);
	return enforce(rank);
}

static __always_inline void write_task_event(u32 rank, u32 call, u32 where, struct task_struct *target,
					     struct dentry *exe)
{
	u64 sequence = count(STELE_COUNTER_EVENTS);
	struct stele_event *event = event_at(sequence);

	if (!event)
		return;
	write_subject(event, rank, call, where);
	event->object_kind = STELE_OBJECT_task;
	event->object.task.tgid = target->tgid;
	event->object.task.uid = target->real_cred->uid.val;
	event->object.task.gid = target->real_cred->gid.val;
	write_file(&event->object.task.exe, STELE_EVENT_FILE, exe);
	event->sequence = sequence;
}

/* Another task, which executes the file at `exe`. */
static __noinline int conclude_task(u32 rank, u32 call, u32 where, struct task_struct *target, struct dentry *exe)
{
	CUT(rank);
	if (rank >= CONSTRAINTS)
		return 0;
	count_decision(rank, where);
	if (constraints[rank].log)
		write_task_event(rank, call, where, target, exe);
	return enforce(rank);
}

SEC("iter/bpf_map_elem")
int show_events(struct bpf_iter__bpf_map_elem *ctx)
{
	struct stele_event *event = ctx->value;

	if (event)
		bpf_seq_write(ctx->meta->seq, event, sizeof(*event));
	return 0;
}

SEC("iter/bpf_map_elem")
int show_counters(struct bpf_iter__bpf_map_elem *ctx)
{
	u64 *value = ctx->value;

	if (value)
		bpf_seq_write(ctx->meta->seq, value, sizeof(*value));
	return 0;
}

#endif
