/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * What the compiler, the enforcer and the BPF programs agree on: the load plan, the late constants, counters and
 * events. The one header that all of them share, with its table of hooks. C11 and C++20. Little endian, x86-64 only.
 *
 * All offsets are in bytes from the start of the plan and 8-aligned unless they point to strings. A span is an array of
 * `count` records at `offset`. Strings end in NUL.
 */
#ifndef STELE_ABI_H
#define STELE_ABI_H

typedef unsigned char stele_u8;
typedef unsigned short stele_u16;
typedef unsigned int stele_u32;
typedef int stele_s32;
typedef unsigned long long stele_u64;

#define STELE_PLAN_MAGIC  "STELEPL1"
#define STELE_ABI_VERSION 8

#define STELE_MAX_PROGRAMS 64
#define STELE_MAX_MAPS	   16
#define STELE_MAX_PLAN	   (64u << 20)
#define STELE_NO_MAP	   0xffffffffu

/* ---- the packed data: the last PT_LOAD segment of an enforcer
 * The stub's constants (its texts and tables) and behind them the plan, as one raw LZMA1 stream. The stub unpacks them
 * to STELE_DATA_ADDRESS, for which its constants are linked, and makes them read-only before it uses any. In a stub
 * without a plan the last segment holds the constants themselves, at that address.
 */
#define STELE_PACKED_MAGIC 0x314b50454c455453ull /* "STELEPK1" */
#define STELE_DATA_ADDRESS 0x10000000
/* The page in which the packed segment begins, as far into it as its offset in the file is into a page. */
#define STELE_PACKED_ADDRESS 0x20000000
#define STELE_PAGE	     4096u

/* Properties of the stream. */
#define STELE_LZMA_LC 3
#define STELE_LZMA_LP 0
#define STELE_LZMA_PB 3

struct stele_packed {
	stele_u64 magic;
	stele_u32 abi;
	stele_u32 packed_size;	  /* bytes of the stream behind this header */
	stele_u32 constants_size; /* bytes unpacked, a multiple of 16 */
	stele_u32 plan_size;	  /* bytes unpacked */
	stele_u64 checksum;	  /* FNV-1a 64 of constants and plan, unpacked */
};

/* ---- hooks: see hooks.def. STELE_HOOK_none stands for no hook at all. */
#define STELE_KERNEL(major, minor) ((major) << 16 | (minor) << 8)

enum stele_hook {
#define STELE_HOOK(room, name, arguments, since, before, attach, object, operations, sees) STELE_HOOK_##name,
#include "hooks.def"
#undef STELE_HOOK
	STELE_HOOK_COUNT,
	STELE_HOOK_none = STELE_HOOK_COUNT
};

/* ---- late constants: the one thing filled in on the machine, before the freeze. Section .rodata.late. */
#define STELE_DEVICE_SLOTS 256 /* power of two */

/* Automaton states. */
#define STELE_STATE_DEAD 0u /* no pattern can match any more */
#define STELE_STATE_ROOT 1u /* the directory "/" */
#define STELE_STATE_TOP	 2u /* a directory that may be renamed and is above every path; nothing is found below it */
#define STELE_STATE_PART                                                                                               \
	0x00fe0000u /* + a node: on the way to a mounted directory, see below; no automaton is so large */
#define STELE_STATE_ELSEWHERE 0x00fffffau /* no mount of the start shows the file; perhaps a later one does */

/* A file system that was mounted at the start. dev is the kernel's s_dev: major << 20 | minor; 0 = empty slot. state:
 * of the file system's root; STELE_STATE_PART + a node where the host mounts directories of it. */
struct stele_device {
	stele_u32 dev;
	stele_u32 state;
};

/* A device d lies in slot[(stele_u32)(d * late.device_multiplier) >> 24], or is unknown (mounted after the start).
 * The enforcer chooses a multiplier without collisions among the devices that have rules; others fill what is free.
 * Section .data.devices: frozen for user space. One program writes it, and only to empty a slot: when a file system
 * ends, its number is free for others. */
struct stele_devices {
	struct stele_device slot[STELE_DEVICE_SLOTS];
};

/* Of a file system whose directories the host mounts, such as subvolumes: a tree of the components that lead from its
 * root to those directories. An edge lies in edge[hash * part_multiplier >> 56], hash and key as in the automaton, with
 * nodes in the place of states. A name of more than 31 bytes is a chain of 32-byte pieces through nodes of its own. */
#define STELE_PART_SLOTS 256 /* power of two */
#define STELE_PART_NODES 128
#define STELE_PART_DEPTH 8 /* components of a mounted directory's path */

struct stele_part_edge {
	stele_u64 word[4];
	stele_u32 key;	/* 0: no edge */
	stele_u32 next; /* STELE_STATE_PART + a node */
};
/* self: state of the directory itself; below: where what has no edge goes on. */
struct stele_part_node {
	stele_u32 self;
	stele_u32 below;
};

/* A file of which the policy protects one name and the machine has others: it is decided like the protected one, under
 * each of its names. Sorted by key; places that are left have the key STELE_NO_LINKED. */
#define STELE_LINKED_FILES 1024 /* power of two */
#define STELE_NO_LINKED	   0x7fffffffffffffff

struct stele_linked_file {
	stele_u64 key; /* LINKED_KEY */
	stele_u64 inode;
	stele_u32 dev; /* s_dev */
	stele_u32 generation;
	stele_u32 generation_mask; /* 0 where the file system tells no generation, else ~0 */
	stele_u32 path_class;
};

struct stele_late {
	stele_u32 device_multiplier;
	stele_u32 mount_namespace; /* inode number of pid 1's mount namespace */
	stele_u32 can_probe;	   /* 1 when bpf_probe_read_kernel is permitted (lockdown below confidentiality) */
	stele_u32 proc_state;	   /* where a procfs begins, whichever instance; the dead state: the host mounts none */
	stele_u32 sysfs_state;	   /* likewise a sysfs */
	stele_u32 reserved;
	stele_u64 part_multiplier;
	struct stele_part_node node[STELE_PART_NODES];
	struct stele_part_edge edge[STELE_PART_SLOTS];
	struct stele_linked_file linked[STELE_LINKED_FILES];
};

/* ---- counters: array map of u64, frozen for user space, written by the programs */
#define STELE_COUNTER_EVENTS	 0 /* events ever written = sequence number of the newest */
#define STELE_COUNTER_UNRESOLVED 1 /* names that could not be resolved and were denied for that */
#define STELE_COUNTER_CONSTRAINT 2 /* + constraint index: decisions by this constraint */

/* ---- events: array map of STELE_EVENT_SLOTS records, frozen for user space; event n lies in slot (n - 1) % slots.
 * The newest overwrite the oldest; a reader knows the loss from the sequence numbers. */
#define STELE_EVENT_SLOTS  1024
#define STELE_EVENT_EXE	   168
#define STELE_EVENT_FILE   240
#define STELE_EVENT_SOCKET 112

#define STELE_EVENT_UNRESOLVED 1u /* the object's name could not be resolved */
#define STELE_EVENT_NAMELESS   2u /* the object has no name: memory, what the host's mount namespace does not mount */

/* Names are the last 12 components below the file system's root, joined by '/', led by one '/' for each that is
 * missing; cut at the field's size with a NUL. Reader: collapse the leading slashes, put the mount point of dev before
 * it. dev is s_dev; inode is 0 for a name that does not exist yet. */
struct stele_file {
	stele_u64 inode;
	stele_u32 dev;
	stele_u32 reserved;
	char name[STELE_EVENT_FILE];
};

/* The subject's executable: the same with a shorter name. */
struct stele_exe {
	stele_u64 inode;
	stele_u32 dev;
	stele_u32 reserved;
	char name[STELE_EVENT_EXE];
};

struct stele_socket {
	stele_u32 family;
	stele_u32 type;
	stele_u32 protocol;
	stele_u32 port;		       /* host byte order */
	stele_u8 address[16];	       /* IPv6; IPv4 as ::ffff:a.b.c.d */
	char path[STELE_EVENT_SOCKET]; /* of a unix socket */
};

/* Ids as the initial namespaces count them, the real ones. */
struct stele_task {
	stele_u32 tgid;
	stele_u32 uid;
	stele_u32 gid;
	stele_u32 reserved;
	struct stele_file exe;
};

struct stele_call {
	stele_u32 number;
	stele_u32 table; /* 0 x86-64, 1 ia32, 2 x32 */
	stele_u64 argument[6];
};

/* What a decision is about, X(kind, type): `object` of an event by `object_kind`, STELE_OBJECT_kind. */
#define STELE_OBJECTS(X)                                                                                               \
	X(none, stele_u32)	    /* nothing that has a name: anonymous memory, the task itself */                   \
	X(path, struct stele_file)  /* a file */                                                                       \
	X(paths, struct stele_file) /* two: `paths`, the one that was decided, and `other` */                          \
	X(socket, struct stele_socket)                                                                                 \
	X(task, struct stele_task)                                                                                     \
	X(capability, stele_u32) /* its number */                                                                      \
	X(call, struct stele_call)

/* What an object of each kind consists of, X(kind, name, member, type): `name` in what people read, `member` of struct
 * stele_event, type file (struct stele_file), number (32 bits), wide (64 bits), address (16 bytes) or text (a string of
 * STELE_EVENT_SOCKET bytes). Every reader prints an event from these rows. */
#define STELE_OBJECT_MEMBERS(X)                                                                                        \
	X(path, object, object.path, file)                                                                             \
	X(paths, object, object.paths, file)                                                                           \
	X(paths, other, other, file)                                                                                   \
	X(socket, family, object.socket.family, number)                                                                \
	X(socket, type, object.socket.type, number)                                                                    \
	X(socket, protocol, object.socket.protocol, number)                                                            \
	X(socket, address, object.socket.address, address)                                                             \
	X(socket, port, object.socket.port, number)                                                                    \
	X(socket, path, object.socket.path, text)                                                                      \
	X(task, object, object.task.exe, file)                                                                         \
	X(task, object_tgid, object.task.tgid, number)                                                                 \
	X(task, object_uid, object.task.uid, number)                                                                   \
	X(task, object_gid, object.task.gid, number)                                                                   \
	X(capability, capability, object.capability, number)                                                           \
	X(call, call, object.call.number, number)                                                                      \
	X(call, table, object.call.table, number)                                                                      \
	X(call, arg0, object.call.argument[0], wide)                                                                   \
	X(call, arg1, object.call.argument[1], wide)                                                                   \
	X(call, arg2, object.call.argument[2], wide)                                                                   \
	X(call, arg3, object.call.argument[3], wide)                                                                   \
	X(call, arg4, object.call.argument[4], wide)                                                                   \
	X(call, arg5, object.call.argument[5], wide)

enum stele_member_type {
	STELE_MEMBER_file,
	STELE_MEMBER_number,
	STELE_MEMBER_wide,
	STELE_MEMBER_address,
	STELE_MEMBER_text
};

enum stele_object_kind {
#define STELE_OBJECT_KIND(kind, type) STELE_OBJECT_##kind,
	STELE_OBJECTS(STELE_OBJECT_KIND)
#undef STELE_OBJECT_KIND
	    STELE_OBJECT_COUNT
};

union stele_object {
#define STELE_OBJECT_MEMBER(kind, type) type kind;
	STELE_OBJECTS(STELE_OBJECT_MEMBER)
#undef STELE_OBJECT_MEMBER
};

struct stele_event {
	stele_u64 sequence; /* from 1, without gaps; 0 = slot never written; written last */
	stele_u64 time_ns;  /* CLOCK_BOOTTIME */
	stele_u64 reserved; /* 0 */
	stele_u32 constraint;
	stele_u16 op;	      /* operation, index into the plan's op names */
	stele_u16 hook;	      /* enum stele_hook */
	stele_u8 verdict;     /* 0 audit, 1 deny, 2 kill */
	stele_u8 flags;	      /* STELE_EVENT_* */
	stele_u8 object_kind; /* enum stele_object_kind */
	stele_u8 padding;
	stele_u32 error; /* errno returned, positive; 0 for audit */
	stele_u32 pid;	 /* thread, as the initial pid namespace counts */
	stele_u32 tgid;
	stele_u32 uid; /* real ids, initial user namespace */
	stele_u32 gid;
	char comm[16];
	struct stele_exe exe;
	union stele_object object;
	struct stele_file other; /* paths: the second one */
};

/* ---- the plan */
struct stele_span {
	stele_u32 offset;
	stele_u32 count;
};

struct stele_plan {
	char magic[8];
	stele_u32 abi;
	stele_u32 size;	       /* of the whole plan, bytes */
	stele_u64 checksum;    /* FNV-1a 64 of the bytes behind this field */
	stele_u32 policy_name; /* string: also the pin directory */
	stele_u32 policy_version;
	stele_u32 min_kernel;		   /* major << 16 | minor << 8, inclusive */
	stele_u32 max_kernel;		   /* inclusive */
	stele_u32 license;		   /* string given to the kernel */
	stele_u32 late_map;		   /* index of the map that holds struct stele_late, or STELE_NO_MAP */
	stele_u32 on_failure;		   /* enum stele_on_failure */
	stele_u32 device_map;		   /* index of the map that holds struct stele_devices, or STELE_NO_MAP */
	struct stele_span maps;		   /* struct stele_plan_map */
	struct stele_span insns;	   /* struct bpf_insn (8 bytes each), function after function */
	struct stele_span relocs;	   /* struct stele_plan_reloc, function after function */
	struct stele_span functions;	   /* struct stele_plan_function */
	struct stele_span programs;	   /* struct stele_plan_program */
	struct stele_span constraints;	   /* struct stele_plan_constraint */
	struct stele_span edges;	   /* struct stele_plan_edge, sorted by (from, name bytes) */
	struct stele_span states;	   /* struct stele_plan_state, index = state */
	struct stele_span operations;	   /* stele_u32 each: string "file read" */
	struct stele_span protected_paths; /* struct stele_plan_protected */
	struct stele_span manifest;	   /* bytes: JSON text, no NUL */
};

/* What becomes of a machine whose init is started by `exec` when the policy cannot be enforced. */
enum stele_on_failure { STELE_ON_FAILURE_HALT, STELE_ON_FAILURE_CONTINUE };

enum stele_map_role { STELE_MAP_CONSTANTS, STELE_MAP_COUNTERS, STELE_MAP_EVENTS, STELE_MAP_DEVICES };

struct stele_plan_map {
	char name[16];
	stele_u32 role; /* enum stele_map_role; every map is frozen before any program is loaded */
	stele_u32 type; /* bpf_map_type; array for all roles */
	stele_u32 key_size;
	stele_u32 value_size;
	stele_u32 max_entries;
	stele_u32 flags;	/* BPF_F_RDONLY_PROG for constants */
	struct stele_span data; /* bytes: first value; empty = zeroes */
};

/* END: on sb_delete, which every file system meets before its device number is free. */
enum stele_program_kind { STELE_PROGRAM_LSM, STELE_PROGRAM_ITER_MAP, STELE_PROGRAM_END };

#define STELE_PROGRAM_IF_HOOK_EXISTS 1u /* kernels without the hook do the same through another one of this plan */

/* A function that programs share. Map references are BPF_PSEUDO_MAP_IDX(_VALUE): index into the plan's maps, given as
 * fd_array. A call (BPF_PSEUDO_CALL) has the index of the function in imm. once: the kernel verifies it once in a
 * program and not at each call; three numbers go in, one comes out. */
enum stele_once { STELE_AT_EACH_CALL, STELE_ONCE_WITH_CASTS /* where it has bpf_rdonly_cast */, STELE_ONCE };
struct stele_plan_function {
	stele_u32 first_insn; /* index into the plan's instructions */
	stele_u32 insn_count;
	stele_u32 first_reloc; /* index into the plan's relocations */
	stele_u32 reloc_count;
	stele_u32 once; /* enum stele_once */
};

/* A program is its functions one behind the other, the entry first, with the calls made relative. */
struct stele_plan_program {
	char name[16]; /* kernel name. Pinned as "link_" HOOK, or for iterators NAME itself */
	stele_u32 kind;
	stele_u32 flags;
	stele_u32 hook;		     /* enum stele_hook; for ITER_MAP the index of the map that it shows; for END 0 */
	struct stele_span functions; /* stele_u32 each: index; every function that these call is among them, once */
};

/* CO-RE, resolved against the running kernel's BTF. Path: "dentry:d_name.len", array elements as "#3", enums
 * "lockdown_reason:NAME"; anonymous members are searched; `___flavour` is stripped. */
enum stele_reloc_kind {
	STELE_RELOC_FIELD_OFFSET = 0, /* bytes; also patches loads and stores */
	STELE_RELOC_FIELD_SIZE = 1,
	STELE_RELOC_FIELD_EXISTS = 2,
	STELE_RELOC_TYPE_ID = 7,
	STELE_RELOC_TYPE_EXISTS = 8,
	STELE_RELOC_TYPE_SIZE = 9,
	STELE_RELOC_ENUM_EXISTS = 10,
	STELE_RELOC_ENUM_VALUE = 11,
	/* Not CO-RE's. Path: a function of the kernel. On a call: calls it; on a constant: does it exist? */
	STELE_RELOC_FUNCTION = 64,
	/* Of constants, without a path: is any device in state STELE_STATE_PART or above? Pieces of the longest name of
	 * `edge`, 0 when each has one. Is there any of `linked`? */
	STELE_RELOC_HAS_PARTS = 65,
	STELE_RELOC_LONG_PARTS = 66,
	STELE_RELOC_HAS_LINKED = 67,
	/* Of a constant. Path: an LSM hook. How many arguments does this kernel give it? */
	STELE_RELOC_ARGUMENTS = 68,
	/* Of a constant, without a path: is a layer of an overlay named like the overlay? */
	STELE_RELOC_HAS_LAYERS = 69
};
/* may_goto has ENUM_EXISTS of BPF_MAY_GOTO: it becomes a goto +0 where the kernel does not know it. Otherwise:
 * A field that is missing poisons the instruction (call 0xbad2310), so that only live code refuses to load. */
struct stele_plan_reloc {
	stele_u32 gap; /* instructions from the one before it in its function, or from the function's first */
	stele_u32 kind;
	stele_u32 path; /* string */
	stele_u32 size; /* FIELD_OFFSET on a load or store: bytes of the field at compile time; another size is refused.
			   else 0 */
};

struct stele_plan_constraint {
	stele_u32 rule;	  /* string */
	stele_u32 source; /* string "policy.stele:14" */
	stele_u32 part;	  /* string: closure part, or "" when the author wrote it */
	stele_u8 verdict; /* 0 audit, 1 deny, 2 kill */
	stele_u8 log;	  /* 0 none, 1 event, 2 alert */
	stele_u16 error;  /* errno, positive */
};

/* The automaton again, for mount points: state `from` and component `name` lead to `to`. */
struct stele_plan_edge {
	stele_u32 from;
	stele_u32 to;
	stele_u32 name; /* string */
	stele_u32 name_length;
};
/* other: where any component without an edge leads (`*`, `**`), or STELE_STATE_DEAD. */
struct stele_plan_state {
	stele_u32 other;
	stele_u32 flags;
	stele_u32 path_class; /* what is of one class is decided alike */
};
#define STELE_STATE_ABSORBING 1u /* everything below is decided alike */
#define STELE_STATE_UNLINKED  2u /* the policy permits nobody, or not everybody, to link such a file */
#define STELE_STATE_ABOVE     4u /* that is so here or somewhere below */

/* A name that the policy protects, for looking whether a symbolic link is on its way. */
struct stele_plan_protected {
	stele_u32 path; /* string, absolute, literal */
	stele_u32 tree; /* 1: everything beneath it (a pattern that ends in two stars), 0: the file itself */
};

#ifdef __cplusplus
#define STELE_ASSERT static_assert
#else
#define STELE_ASSERT _Static_assert
#endif
STELE_ASSERT(sizeof(struct stele_file) == 256, "files are 256 bytes");
STELE_ASSERT(sizeof(union stele_object) == 272, "objects are 272 bytes");
STELE_ASSERT(sizeof(struct stele_event) == 784, "events are 784 bytes");
STELE_ASSERT(sizeof(struct stele_late) == 32 + 8 * STELE_PART_NODES + 40 * STELE_PART_SLOTS + 32 * STELE_LINKED_FILES,
	     "late constants are packed");
STELE_ASSERT(sizeof(struct stele_plan_map) == 48, "plan maps are packed");
STELE_ASSERT(sizeof(struct stele_plan_program) == 36, "plan programs are packed");
STELE_ASSERT(sizeof(struct stele_packed) == 32, "the packed header is packed");
#undef STELE_ASSERT

/* ---- exit codes of an enforcer; documented in docs/enforcer.md */
enum stele_exit {
	STELE_EXIT_OK = 0,
	STELE_EXIT_USAGE = 2,
	STELE_EXIT_PRIVILEGE = 10,  /* not root, or capabilities missing */
	STELE_EXIT_NO_BPF_LSM = 11, /* `bpf` is not among the active LSMs */
	STELE_EXIT_NO_BPFFS = 12,   /* /sys/fs/bpf is not a bpf file system */
	STELE_EXIT_ACTIVE = 13,	    /* this very build is already enforced */
	STELE_EXIT_TARGET = 14,	    /* kernel outside the policy's target */
	STELE_EXIT_KERNEL = 15,	    /* hook, type or field missing in this kernel */
	STELE_EXIT_REFUSED = 16,    /* the kernel refused a map, program or link */
	STELE_EXIT_NOT_CALLED = 17, /* attached, but a hook does not call its program */
	STELE_EXIT_FOREIGN = 18,    /* foreign LSM, tracing or extension programs are loaded */
	STELE_EXIT_MOUNTS = 19,	    /* mounts on which the policy's paths are ambiguous */
	STELE_EXIT_HARD_LINKS = 20, /* protected files have further names */
	STELE_EXIT_DAMAGED = 21,    /* the enforcer's own plan is damaged */
	STELE_EXIT_INACTIVE = 22,   /* status, events: this policy is not enforced here */
	STELE_EXIT_SYSTEM = 23,	    /* another system call failed */
	STELE_EXIT_OTHER = 24	    /* another enforcer's policy of this name is enforced here */
};

/* Where an enforced policy lives: a bpf file system of its own, mounted at STELE_PIN_PREFIX POLICY (bpffs refuses names
 * with a dot). Holds a pinned link for each program, and two iterators for plain reads: */
#define STELE_BPFFS	   "/sys/fs/bpf"
#define STELE_PIN_PREFIX   STELE_BPFFS "/stele_"
#define STELE_PIN_EVENTS   "events"   /* struct stele_event of every slot, in slot order */
#define STELE_PIN_COUNTERS "counters" /* stele_u64 of every counter, in order */

#endif
