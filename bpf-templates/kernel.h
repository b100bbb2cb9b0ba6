/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The kernel as our programs see it: its types, cut to the members that are read, and the helpers that are called.
 *
 * preserve_access_index makes every access a CO-RE record: the enforcer moves it to where the running kernel has the
 * member, or refuses. Only typed loads are used on the way to a decision (lockdown=confidentiality still loads them).
 * Compiled for the host (STELE_HOST), the same names are a model of the kernel: see host/host.h.
 */
#ifndef STELE_KERNEL_H
#define STELE_KERNEL_H

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef u32 dev_t;
typedef u16 umode_t;
#ifndef __cplusplus
typedef _Bool bool;
#define true  1
#define false 0
#endif
#ifndef NULL
#define NULL ((void *)0)
#endif

#define __always_inline inline __attribute__((always_inline))
/* Of the templates, of which a policy needs some; and generated, of which it needs all. */
#define __noinline __attribute__((noinline, unused))
#define __decision __attribute__((noinline))

#ifdef STELE_HOST
#define KERNEL_TYPES_BEGIN
#define KERNEL_TYPES_END
#else
#define KERNEL_TYPES_BEGIN _Pragma("clang attribute push(__attribute__((preserve_access_index)), apply_to = record)")
#define KERNEL_TYPES_END   _Pragma("clang attribute pop")
#endif

KERNEL_TYPES_BEGIN

typedef struct {
	u32 val;
} kuid_t;
typedef struct {
	u32 val;
} kgid_t;

struct group_info {
	int ngroups;
	kgid_t gid[];
};

struct binfmt_misc;
struct user_namespace {
	struct user_namespace *parent;
	struct binfmt_misc *binfmt_misc; /* from 6.7 */
};

struct cred {
	kuid_t uid;
	kgid_t gid;
	kuid_t euid;
	kgid_t egid;
	struct user_namespace *user_ns;
	struct group_info *group_info;
};

struct qstr {
	u32 len;
	const unsigned char *name;
};

struct list_head {
	struct list_head *next;
};

struct super_block {
	dev_t s_dev;
	unsigned long s_flags;
	unsigned long s_magic;
	struct dentry *s_root;
	struct list_head s_mounts;
};
/* From 6.18 the mounts of a super block are a plain chain. */
struct super_block___chain {
	struct mount___chain *s_mounts;
};

struct hlist_node {
	struct hlist_node *next;
};
struct hlist_head {
	struct hlist_node *first;
};

struct inode {
	umode_t i_mode;
	kuid_t i_uid;
	u64 i_ino;
	u32 i_generation;
	struct super_block *i_sb;
	struct hlist_head i_dentry; /* its names */
};

struct seqcount {
	u32 sequence; /* odd while somebody writes */
};
struct seqcount_spinlock {
	struct seqcount seqcount;
};

struct dentry {
	struct seqcount_spinlock d_seq;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	unsigned char d_iname[32];
	struct super_block *d_sb;
	union {
		struct hlist_node d_alias;
	} d_u;
};
/* The inline name was renamed on the way to 7.2. */
union shortname_store {
	unsigned char string[40];
};
struct dentry___shortname {
	union shortname_store d_shortname;
};

struct ns_common {
	u32 inum;
};
struct mnt_namespace {
	struct ns_common ns;
	struct mount *root;
};

struct vfsmount {
	struct dentry *mnt_root;
	struct super_block *mnt_sb;
	int mnt_flags;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
	struct list_head mnt_instance;
	struct list_head mnt_share;	 /* peers, in a circle */
	struct list_head mnt_slave_list; /* from 6.17 a list that ends with NULL */
	struct mnt_namespace *mnt_ns;
	int mnt_group_id; /* of its peers; 0: it is not shared */
};
struct mount___chain {
	struct mount___chain *mnt_next_for_sb;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct iattr {
	u32 ia_valid;
};

struct file {
	u32 f_mode;
	u32 f_flags;
	struct inode *f_inode;
	struct path f_path;
	void *private_data;
	long f_count; /* before 6.13 */
};
struct backing_file { /* from 6.5 */
	struct file file;
};

struct vm_area_struct {
	struct file *vm_file;
};

struct mm_struct {
	struct file *exe_file;
};

struct nsproxy {
	struct mnt_namespace *mnt_ns;
};

struct notification;
struct seccomp_filter {
	struct seccomp_filter *prev;
	struct notification *notif; /* somebody listens */
};
struct seccomp {
	struct seccomp_filter *filter;
};

struct task_struct {
	u32 flags;
	u32 ptrace;
	struct seccomp seccomp;
	u32 tgid;
	struct mm_struct *mm;
	const struct cred *real_cred;
	const struct cred *cred;
	struct nsproxy *nsproxy;
};

struct linux_binprm {
	struct file *file;
};

struct seq_file;
struct bpf_iter_meta {
	struct seq_file *seq;
};
struct bpf_iter__bpf_map_elem {
	struct bpf_iter_meta *meta;
	void *key;
	void *value;
};

KERNEL_TYPES_END

/* ---- constants of the kernel's ABI and of its internals that have not moved since 6.1 */
#define PF_EXITING	      0x00000004u
#define PF_KTHREAD	      0x00200000u
#define FMODE_READ	      0x1u
#define FMODE_WRITE	      0x2u
#define OPENED_TO_EXECUTE     0x20u /* __FMODE_EXEC in f_flags; user space cannot set it */
#define O_APPEND	      02000u
#define S_IFMT		      0170000u
#define S_IFREG		      0100000u
#define S_IFDIR		      0040000u
#define PROT_EXEC	      0x4u
#define MNT_SHARED	      0x1000u
#define ATTR_MODE	      0x1u
#define ATTR_UID	      0x2u
#define ATTR_GID	      0x4u
#define ATTR_SIZE	      0x8u
#define ATTR_ATIME	      0x10u
#define ATTR_MTIME	      0x20u
#define ATTR_FORCE	      0x200u
#define PTRACE_MODE_ATTACH    0x2u
#define PR_SET_MM	      35u
#define PR_SET_MM_EXE_FILE    13u
#define PR_SET_MM_MAP	      14u
#define SB_NOUSER	      0x80000000u /* kernel-internal: memfd, pipes, sockets */
#define PROC_SUPER_MAGIC      0x9fa0u
#define SYSFS_MAGIC	      0x62656572u
#define OVERLAYFS_SUPER_MAGIC 0x794c7630u
#define NSFS_MAGIC	      0x6e736673u /* may be mounted, and still has no tree of names */
#define PID_FS_MAGIC	      0x50494446u /* likewise, from 6.14 */
#define MS_REMOUNT	      0x20u
#define MS_BIND		      0x1000u
#define MS_PROPAGATION	      0x001e0000u /* shared, private, slave, unbindable: alone, no mount is made */
#define SIGKILL		      9
#define BPF_F_BPRM_SECUREEXEC 0x1u

#ifdef STELE_HOST
#include "host/host.h"
#else

#define SEC(name) __attribute__((section(name), used))

#define BPF_MAP_TYPE_ARRAY	  2
/* A map definition as the packer reads it: numbers and types as pointer types, nothing is allocated. */
#define MAP_NUMBER(member, value) int(*member)[value]
#define MAP_TYPE(member, type)	  type *member

static void *(*const bpf_map_lookup_elem)(void *map, const void *key) = (void *)1;
static u64 (*const bpf_get_current_pid_tgid)(void) = (void *)14;
static long (*const bpf_get_current_comm)(void *buf, u32 size) = (void *)16;
static long (*const bpf_send_signal)(u32 sig) = (void *)109;
static long (*const bpf_probe_read_kernel)(void *dst, u32 size, const void *src) = (void *)113;
static u64 (*const bpf_ktime_get_boot_ns)(void) = (void *)125;
static long (*const bpf_bprm_opts_set)(struct linux_binprm *bprm, u64 flags) = (void *)159;
static long (*const bpf_seq_write)(struct seq_file *m, const void *data, u32 len) = (void *)127;
static struct task_struct *(*const bpf_get_current_task_btf)(void) = (void *)158;
static long (*const bpf_snprintf)(char *str, u32 size, const char *fmt, u64 *data, u32 data_len) = (void *)165;

/* ---- what kernels and machines have: the enforcer answers, and drops what is dead then */

/* 1 or 0, from the enforcer. Asked anew each time, so that what is dead then is found. */
#define ANSWER(question)                                                                                               \
	({                                                                                                             \
		u64 answer_;                                                                                           \
		asm volatile("%0 = " #question " ll" : "=r"(answer_));                                                 \
		answer_;                                                                                               \
	})

/* From 6.2: the pointer as one that need not be valid. Behind it nothing is searched in the kernel's types at each
 * verification, and NULL reads as 0. No call is left of it. */
extern void *bpf_rdonly_cast(const void *address, u32 type) __attribute__((section(".ksyms"), weak));
#define CAN_CAST ANSWER(bpf_rdonly_cast)
#define CAST(type, address)                                                                                            \
	((struct type *)bpf_rdonly_cast((const void *)(address), __builtin_btf_type_id(*(struct type *)0, 1)))

/* Does this machine mount directories of file systems (parts.h)? Pieces of the longest name on the way to one; 0: each
 * has one piece only. */
#define HAS_PARTS	   ANSWER(has_parts)
#define LONG_PARTS	   ANSWER(long_parts)
/* Are there files whose other names are decided like the protected one (links.h)? */
#define HAS_LINKED	   ANSWER(has_linked)
/* Is a layer of an overlay named like the overlay? */
#define HAS_LAYERS	   ANSWER(has_layers)

/* How many arguments does the kernel give this hook? Where they are not the same in all, each is fetched by itself. */
#define TAKES(hook, count) (ANSWER(arguments_of_##hook) == (count))
#define FETCH(ctx, number)                                                                                             \
	({                                                                                                             \
		u64 fetched_;                                                                                          \
		asm volatile("%0 = *(u64 *)(%1 + %2)" : "=r"(fetched_) : "r"(ctx), "i"(8 * (number)));                 \
		fetched_;                                                                                              \
	})

/* From 6.9: leaves a loop that has gone on for millions of rounds, so that the verifier need not count them. */
#define MAY_GOTO(label) asm volatile goto("may_goto %l[" #label "]" : : : : label)
#define HAS_MAY_GOTO	ANSWER(may_goto)
#define COUNTED		(1 - (u32)HAS_MAY_GOTO) /* 1 where the verifier must count the rounds */
/* In such a loop, behind MAY_GOTO: the number is forgotten where the rounds need not be counted. */
#define UNCOUNT(variable)                                                                                              \
	do {                                                                                                           \
		if (HAS_MAY_GOTO)                                                                                      \
			PASS_STACK(variable);                                                                          \
	} while (0)

/* CO-RE's answers are loads to Clang, which are done early; the enforcer sees only near a branch that they decide it.
 */
#define ASK_HERE() asm volatile("" : : : "memory")

#define KERNEL_READ(to, from) bpf_probe_read_kernel(&(to), sizeof(to), (const void *)(from))
/* A member of what lies at an address, 0 behind NULL. PROBE for kernels that cannot cast. */
#define PROBE(address, type, member)                                                                                   \
	({                                                                                                             \
		typeof(((struct type *)0)->member) probed_ = 0;                                                        \
		KERNEL_READ(probed_, (u64)(address) + FIELD_OFFSET(type, member));                                     \
		probed_;                                                                                               \
	})
#define READ(address, type, member)                                                                                    \
	({                                                                                                             \
		typeof(((struct type *)0)->member) value_;                                                             \
		if (CAN_CAST) {                                                                                        \
			value_ = CAST(type, address)->member;                                                          \
		} else {                                                                                               \
			ASK_HERE(); /* and the offset above stays in the load */                                       \
			value_ = PROBE(address, type, member);                                                         \
		}                                                                                                      \
		value_;                                                                                                \
	})

/* The word at an offset, where a member has another shape in other kernels; not in the load, which has a size. */
#define READ_WORD(address, type, offset)                                                                               \
	({                                                                                                             \
		u64 offset_ = offset, word_ = 0;                                                                       \
		KEEP(offset_);                                                                                         \
		if (CAN_CAST)                                                                                          \
			word_ = *(u64 *)((char *)CAST(type, address) + offset_);                                       \
		else                                                                                                   \
			KERNEL_READ(word_, (u64)(address) + offset_);                                                  \
		word_;                                                                                                 \
	})

/* Before 6.5 the file that an overlay opens beneath one of its own says that it has the overlay's path. */
#define FAKES_PATHS	 (!FIELD_EXISTS(backing_file, file))

/* From 6.7 user namespaces may have a binfmt_misc of their own. */
#define OWN_INTERPRETERS FIELD_EXISTS(user_namespace, binfmt_misc)

#define FIELD_EXISTS(type, member) __builtin_preserve_field_info(((struct type *)0)->member, 2)
#define FIELD_OFFSET(type, member) __builtin_preserve_field_info(((struct type *)0)->member, 0)
#define atomic_increment(counter)  __sync_fetch_and_add(counter, 1)

/* Makes Clang use the register whose bounds it tests: 6.1 forgets the bounds of what was spilled. */
#define KEEP(variable)		   asm volatile("" : "+r"(variable))

/* Makes the verifier forget what it knows of a number, so that paths through a loop or a switch that differ only in it
 * are one: `unknown`, 64 bits that it knows nothing of, is added and taken away. */
#define FORGET(variable, unknown)                                                                                      \
	do {                                                                                                           \
		u64 forgotten_ = (variable);                                                                           \
		asm volatile("%0 += %1; %0 -= %1" : "+r"(forgotten_) : "r"((u64)(unknown)));                           \
		(variable) = forgotten_;                                                                               \
	} while (0)

/* A branch that the verifier takes last: first it follows the way on. */
#define GOTO_UNLESS_SAME(a, b, label)                                                                                  \
	asm volatile goto("if %0 != %1 goto %l[" #label "]" : : "r"(a), "r"(b) : "memory" : label)

/* The same for 32 bits. */
#define FORGET32(variable, unknown) asm volatile("%0 += %1; %0 -= %1" : "+w"(variable) : "w"((u32)(unknown)))
/* A number that is not known to be 0, in two instructions: by the stack, not at a multiple of 8. */
#define PASS_STACK(variable)                                                                                           \
	do {                                                                                                           \
		volatile struct {                                                                                      \
			u32 pad, value;                                                                                \
		} __attribute__((aligned(8))) passed_;                                                                 \
		passed_.value = (variable);                                                                            \
		(variable) = passed_.value;                                                                            \
	} while (0)

/* Ends what 6.1 follows back from a table's index. When it comes to a call it takes every number for one that matters,
 * and then no two paths are alike. Stored where 6.1 does not mark what is stored, read by another register than r10. */
#define CUT(variable)                                                                                                  \
	do {                                                                                                           \
		if (!CAN_CAST) {                                                                                       \
			struct {                                                                                       \
				u32 pad, value;                                                                        \
			} __attribute__((aligned(8))) slot_;                                                           \
			u32 *cut_ = &slot_.value;                                                                      \
			KEEP(cut_);                                                                                    \
			*(volatile u32 *)cut_ = (variable);                                                            \
			(variable) = *(volatile u32 *)cut_;                                                            \
		}                                                                                                      \
	} while (0)

/* A function that the verifier follows once in a program, not at each call. To it three numbers go in and one comes
 * out, whatever it knew of them: pointers are given as NUMBER, and are PLAIN within. So they have a type only where
 * they can be cast; elsewhere such a function is followed at each call. `numbers_only`: it has no typed pointers, so
 * once everywhere. Weak: Clang takes nothing for granted, neither. */
#define __followed_once __attribute__((noinline, weak, section(".text")))
#define __numbers_only	__attribute__((noinline, weak, section(".text.numbers")))
/* The bytes of a pointer in another order are a number; in this machine's own order they are what they were, and no
 * instruction is left of it. Where pointers cannot be cast the enforcer drops it. */
#define NUMBER(pointer)                                                                                                \
	({                                                                                                             \
		typeof(pointer) number_ = (pointer);                                                                   \
		asm volatile("%0 = le64 %0" : "+r"(number_));                                                          \
		number_;                                                                                               \
	})
/* The same everywhere. */
#define ADDRESS(pointer)                                                                                               \
	({                                                                                                             \
		u64 address_ = (u64)(pointer);                                                                         \
		asm volatile("%0 = be64 %0; %0 = be64 %0" : "+r"(address_));                                           \
		address_;                                                                                              \
	})

/* A pointer that the hook got, see bpf_rdonly_cast. */
#define PLAIN(type, pointer) (CAN_CAST ? CAST(type, pointer) : (struct type *)(pointer))

/* Is there something behind the pointer? 6.12 believes that some pointers are never NULL and drops a test against 0
 * (and then faults); 7.2 asks for that test. So both: against a zero that the verifier does not know, and against 0. */
#define PRESENT(pointer, unknown)                                                                                      \
	({                                                                                                             \
		u64 zero_ = 0;                                                                                         \
		FORGET(zero_, unknown);                                                                                \
		(u64)(pointer) != zero_ && (pointer) != NULL;                                                          \
	})

/* A literal errno that Clang cannot fold into arithmetic: the verifier checks the range of what a hook returns. */
#define LITERAL(number)                                                                                                \
	({                                                                                                             \
		long literal_;                                                                                         \
		asm volatile("%0 = %1" : "=r"(literal_) : "i"(number));                                                \
		(int)literal_;                                                                                         \
	})
#endif

/* Where in a sorted table the last entry lies whose `member` is at most `wanted`, or 0. size: entries, a power of two;
 * the numbers have 63 bits. The sign of a difference is a step without a branch: the verifier would follow a comparison
 * both ways, at each step. */
#define LAST_UP_TO(table, size, member, wanted)                                                                        \
	({                                                                                                             \
		u32 at_ = 0;                                                                                           \
		for (u32 stride_ = (size) / 2; stride_; stride_ /= 2) {                                                \
			u32 middle_ = at_ + stride_;                                                                   \
			u64 beyond_;                                                                                   \
			KEEP(middle_);                                                                                 \
			beyond_ = (u64)(table)[middle_ & ((size) - 1)].member - (wanted) - 1;                          \
			KEEP(beyond_);                                                                                 \
			at_ += (u32)(beyond_ >> 63) * stride_;                                                         \
		}                                                                                                      \
		KEEP(at_);                                                                                             \
		at_ &((size) - 1);                                                                                     \
	})

#endif
