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
	u64 *value = bpf_map_lookup_elem(&counters, &counter);

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

static __always_inline u32 lowest_bit(u32 bits)
{
	for (u32 bit = 0; bit < 32; bit++)
		if (bits >> bit & 1)
			return bit;
	return 0;
}

static __noinline int write_event(u32 rank, u32 hook, u32 ops, u32 where, struct dentry *object)
{
	u64 sequence = count(STELE_COUNTER_EVENTS);
	u32 slot = (u32)(sequence - 1) % STELE_EVENT_SLOTS;
	struct stele_event *event = bpf_map_lookup_elem(&events, &slot);
	struct task_struct *task = bpf_get_current_task_btf();
	u64 pid_tgid = bpf_get_current_pid_tgid();

	if (!event || rank >= CONSTRAINTS)
		return 0;
	event->sequence = 0; /* a reader that meets a half-written record sees it */
	event->time_ns = bpf_ktime_get_boot_ns();
	event->constraint = rank;
	event->hook = hook;
	event->op = lowest_bit(ops & constraints[rank].ops);
	event->verdict = constraints[rank].verdict;
	event->error = constraints[rank].verdict == VERDICT_AUDIT ? 0 : constraints[rank].error;
	event->flags = ((where & WHERE_CLASS) == CLASS_UNRESOLVED ? STELE_EVENT_UNRESOLVED : 0) |
		       (where & WHERE_FOREIGN ? STELE_EVENT_FOREIGN : 0) | (object ? 0 : STELE_EVENT_NO_OBJECT);
	event->pid = (u32)pid_tgid;
	event->tgid = pid_tgid >> 32;
	event->uid = task->real_cred->uid.val;
	event->gid = task->real_cred->gid.val;
	bpf_get_current_comm(event->comm, sizeof(event->comm));
	event->exe_inode = 0;
	event->exe_dev = 0;
	event->exe[0] = 0;
	if (task->mm && task->mm->exe_file) {
		struct file *file = task->mm->exe_file;

		event->exe_inode = file->f_inode->i_ino;
		event->exe_dev = file->f_inode->i_sb->s_dev;
		write_path(event->exe, sizeof(event->exe), file->f_path.dentry);
	}
	event->object_inode = 0;
	event->object_dev = 0;
	event->object[0] = 0;
	if (object) {
		struct inode *inode = object->d_inode;

		event->object_dev = object->d_sb->s_dev;
		if (PRESENT(inode, object->d_name.name))
			event->object_inode = inode->i_ino;
		write_path(event->object, sizeof(event->object), object);
	}
	event->sequence = sequence;
	return 0;
}

/* Acts on the decision of constraint `rank`. Returns what the hook returns: 0, or a negative errno. */
static __noinline int conclude(u32 rank, u32 hook, u32 ops, u32 where, struct dentry *object)
{
	if (rank >= CONSTRAINTS)
		return 0;
	count(STELE_COUNTER_CONSTRAINT + rank);
	if ((where & WHERE_CLASS) == CLASS_UNRESOLVED)
		count(STELE_COUNTER_UNRESOLVED);
	if (constraints[rank].log)
		write_event(rank, hook, ops, where, object);
	if (constraints[rank].verdict == VERDICT_AUDIT)
		return 0;
	if (constraints[rank].verdict == VERDICT_KILL)
		bpf_send_signal(SIGKILL);
	return refuse(constraints[rank].error);
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
