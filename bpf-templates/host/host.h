/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * What kernel.h gives the programs on BPF, on the host: maps are plain arrays, helpers read and write a model of the
 * kernel's structures (model.h), whose members lie where kernel.h has them. Nothing here decides anything.
 *
 * With STELE_HOST_72 the model is laid out as a kernel from 6.18 on: the inline name has its new name, the mounts of a
 * super block are a chain.
 */
#ifndef STELE_HOST_H
#define STELE_HOST_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEC(name) __attribute__((used))

/* A map: its numbers as the sizes of arrays, its values allocated when they are first asked for. */
#define BPF_MAP_TYPE_ARRAY	  2
#define MAP_NUMBER(member, value) char member[value]
#define MAP_TYPE(member, type)	  type *member
#define bpf_map_lookup_elem(map, key)                                                                                  \
	host_lookup((void **)&(map)->value, sizeof((map)->max_entries), sizeof(*(map)->value), *(key))

/* Every question is whether the running kernel still has the older form; the newer form is another name for the same
 * member of the model. */
#ifdef STELE_HOST_72
#define FIELD_EXISTS(type, member) 0
#else
#define FIELD_EXISTS(type, member) 1
#endif
#define dentry___shortname	   dentry
#define d_shortname		   d_iname
#define super_block___chain	   super_block
#define mount___chain		   mount
#define mnt_next_for_sb		   mnt_instance.next
#define FIELD_OFFSET(type, member) __builtin_offsetof(struct type, member)
#define atomic_increment(counter)  ((*(counter))++)

#define OWN_INTERPRETERS 1

#define HAS_PARTS  1
#define HAS_LAYERS 1
#define LONG_PARTS 8
#define HAS_LINKED 1

#define TAKES(hook, count) 1 /* as in runtime/hooks.def */
#define FETCH(ctx, number) ((ctx)[number])

/* What younger kernels have. A loop whose rounds nobody counts ends by itself. */
#ifdef STELE_HOST_72
#define CAN_CAST    1
#define COUNTED	    0
#define FAKES_PATHS 0
#else
#define CAN_CAST    0
#define COUNTED	    1
#define FAKES_PATHS 1
#endif
#define CAST(type, address)		 ((struct type *)(address))
#define KERNEL_READ(to, from)		 bpf_probe_read_kernel(&(to), sizeof(to), (const void *)(from))
#define PROBE(address, type, member)	 READ(address, type, member)
#define READ_WORD(address, type, offset) (*(u64 *)((char *)(address) + (offset)))
#define READ(address, type, member)                                                                                    \
	((address) ? ((struct type *)(address))->member : (__typeof__(((struct type *)0)->member))0)
#define ASK_HERE()	  ((void)0)
#define UNCOUNT(variable) ((void)(variable))
#define MAY_GOTO(label)                                                                                                \
	do {                                                                                                           \
		if (0)                                                                                                 \
			goto label;                                                                                    \
	} while (0)

/* For the verifier only. */
#define PLAIN(type, pointer) ((struct type *)(pointer))
#define NUMBER(pointer)	     (pointer)
#define ADDRESS(pointer)     ((u64)(pointer))
#define __followed_once	     static __attribute__((noinline, unused))
#define __numbers_only	     static __attribute__((noinline, unused))
#define CUT(variable)	     ((void)(variable))
#define GOTO_UNLESS_SAME(a, b, label)                                                                                  \
	if ((a) != (b))                                                                                                \
	goto label
#define PASS_STACK(variable)	    ((void)(variable))
#define FORGET32(variable, unknown) ((void)(variable), (void)(unknown))
#define PRESENT(pointer, unknown)   ((void)(unknown), (pointer) != NULL)
#define KEEP(variable)		    ((void)(variable))
#define FORGET(variable, unknown)   ((void)(variable), (void)(unknown))
#define LITERAL(number)		    (number)

#define HOST_STRINGS 512 /* bytes of all strings that one bpf_snprintf can take */

/* Defined by the model: the task that runs the hook, and what the programs did. */
struct seq_file {
	char bytes[1024];
	u32 length;
};
static struct task_struct *host_current;
static u32 host_signal;
static bool host_secure; /* the program that is executed starts with AT_SECURE */

static void host_fault(const char *what)
{
	fprintf(stderr, "the program does what a kernel would refuse: %s\n", what);
	abort();
}

static inline void *host_lookup(void **values, u32 entries, u64 size, u32 key)
{
	if (!*values)
		*values = calloc(entries, size);
	return key < entries ? (char *)*values + key * size : NULL;
}

static inline struct task_struct *bpf_get_current_task_btf(void)
{
	return host_current;
}

static inline u64 bpf_get_current_pid_tgid(void)
{
	return 100ull << 32 | 101;
}

static inline long bpf_get_current_comm(void *to, u32 size)
{
	memset(to, 0, size);
	snprintf(to, size, "host");
	return 0;
}

static inline u64 bpf_ktime_get_boot_ns(void)
{
	return 1000000000;
}

static inline long bpf_bprm_opts_set(struct linux_binprm *bprm, u64 flags)
{
	host_secure = bprm && flags == BPF_F_BPRM_SECUREEXEC;
	return 0;
}

static inline long bpf_send_signal(u32 signal)
{
	host_signal = signal;
	return 0;
}

static inline long bpf_probe_read_kernel(void *to, u32 size, const void *from)
{
	if (!from) {
		memset(to, 0, size);
		return -14;
	}
	memcpy(to, from, size);
	return 0;
}

static inline long bpf_seq_write(struct seq_file *seq, const void *data, u32 length)
{
	if (length > sizeof(seq->bytes) - seq->length)
		host_fault("more than the model's buffer is written to a file");
	memcpy(seq->bytes + seq->length, data, length);
	seq->length += length;
	return 0;
}

/* %s only. Returns the length with its NUL, also when that is more than `size`; -ENOSPC when the strings are too many
 * bytes together, as the kernel does. */
static inline long bpf_snprintf(char *to, u32 size, const char *format, u64 *data, u32 data_length)
{
	u32 at = 0, argument = 0, strings = 0;

	for (const char *c = format; *c; c++) {
		const char *text = c;
		u64 length = 1;

		if (*c == '%') {
			if (*++c != 's' || (argument + 1) * sizeof(*data) > data_length)
				host_fault("bpf_snprintf without an argument for each %s");
			text = (const char *)data[argument++];
			if (strings >= HOST_STRINGS)
				return -28;
			length = 0;
			while (length < HOST_STRINGS - strings - 1 && text[length])
				length++;
			strings += length + 1;
		}
		for (u64 i = 0; i < length; i++, at++)
			if (at + 1 < size)
				to[at] = text[i];
	}
	if (size)
		to[at < size ? at : size - 1] = 0;
	return at + 1;
}

#endif
