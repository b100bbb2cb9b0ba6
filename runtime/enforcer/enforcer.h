/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * What the parts of the enforcer share. Every check returns 0, or one of STELE_EXIT_* after it has said what is wrong
 * through problem(). There is no heap: buffers are static, or mapped once by map_pages().
 */
#ifndef STELE_ENFORCER_H
#define STELE_ENFORCER_H

#include "sys.h"

/* ---- output.c */

enum output_mode {
	OUTPUT_APPLY,	 /* problems and warnings go to stderr, one line each and a line of help */
	OUTPUT_PREFLIGHT /* they go to stdout, as the result of the check under way */
};

extern enum output_mode output_mode;

/* Formats: %s %.*s %c %d %u %x with l or ll, zero padding and width. Output is buffered until flush(). */
void print(const char *format, ...) PRINTF_LIKE(1, 2);
void flush(void);
/* Where problems and warnings are written, too: a descriptor of /dev/kmsg, or -1. */
extern long kernel_log;

/* Says that the policy cannot be enforced, why, and the one thing to do. Returns code. */
int problem(int code, const char *help, const char *format, ...) PRINTF_LIKE(3, 4);
/* Something that does not stop the enforcer but that its owner should know. */
void warn(const char *format, ...) PRINTF_LIKE(1, 2);
/* A line that belongs to the problem that follows (a list of files, a verifier's log). */
void detail(const char *format, ...) PRINTF_LIKE(1, 2);

/* "EPERM", or "errno 200"; takes either sign. */
const char *errno_name(long error);
/* Somebody forbids it: root has every other right by then. */
int is_denied(long error);
#define DENIED_HELP "another policy or security module denies it: see the `events` of the others, or start before them"

/* ---- util.c */

void *memset(void *to, int c, size_t n);
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);

NORETURN void quit(int code);
size_t string_length(const char *s);
int string_equal(const char *a, const char *b);
int string_starts(const char *s, const char *prefix);
int bytes_compare(const void *a, size_t a_length, const void *b, size_t b_length);
/* Copies what fits and ends it with NUL. */
void string_copy(char *to, size_t size, const char *from);
/* The decimal digits at *text, which moves behind them; 0 when there are none. */
u32 parse_number(const char **text);
/* Zeroed pages, never given back. Ends the process when there is no memory. */
void *map_pages(size_t size);
/* Reads up to size - 1 bytes of a file and ends them with NUL. Returns their number or -errno; -EFBIG when the file
 * is longer. */
long read_file(const char *path, char *buffer, size_t size);
/* A file system of that type, mode 0700, mounted nowhere. Returns its root or -errno. */
long mount_detached(const char *type, u32 attributes);
/* Microseconds since some moment. */
u64 now_us(void);
void sleep_ms(u32 milliseconds);
/* The kernel's s_dev, as BPF programs see it. */
u32 device_number(u32 major, u32 minor);

/* ---- unpack.c */

/* Makes the plan and every constant of this program readable, or ends it with STELE_EXIT_DAMAGED. Must come first. */
void unpack(void);

/* ---- plan.c */

extern const struct stele_plan *plan;

static inline const void *plan_at(u32 offset)
{
	return (const u8 *)plan + offset;
}

static inline const struct stele_plan_map *plan_maps(void)
{
	return plan_at(plan->maps.offset);
}

static inline const struct stele_plan_program *plan_programs(void)
{
	return plan_at(plan->programs.offset);
}

static inline const struct stele_plan_constraint *plan_constraints(void)
{
	return plan_at(plan->constraints.offset);
}

const char *hook_name(u32 hook);
/* Is its program attached when all others are? See hooks.def. */
int attaches_last(u32 hook);
/* Directory of an enforced policy: STELE_BPFFS/STELE_PIN_PREFIX POLICY. */
const char *pin_directory(void);
/* Path of a name in it; the next call overwrites it. */
const char *pin_path(const char *name);
/* Name in that directory which only this very plan has: "plan_" checksum. */
const char *plan_mark(void);

/* ---- btf.c */

int open_kernel_types(void);
/* Id of a function in the kernel's BTF, or 0. */
u32 find_function(const char *prefix, const char *name);
/* Applies one CO-RE relocation to an instruction. program: that needs it, for messages. */
struct bpf_insn;
int relocate(const char *program, struct bpf_insn *insn, const struct stele_plan_reloc *reloc);

/* ---- machine.c: is this a machine on which the policy can be enforced? */

int check_privileges(void);
int check_kernel_version(void);
int check_bpf_lsm(void);
int check_proc(void);
int check_bpffs(void);
int check_not_active(void);
int check_foreign_programs(void);
/* A detail line for each LSM program of others that cannot answer before ours. */
void show_other_programs(void);
/* 1 when the plan's policy is enforced here, 0 when not, -errno when that cannot be seen. */
int is_active(void);
/* Is what is enforced this very plan? */
int is_marked(void);

/* ---- mounts.c */

/* The directory that will be `/`, without a slash at its end: "" is `/` itself. Null when nobody has said: then an
 * initramfs is refused, as most machines leave it behind. */
extern const char *future_root;
/* Fills both from pid 1's mounts. own_device is the bpf file system that will be mounted at pin_directory(), or 0. */
int name_devices(struct stele_late *late, struct stele_devices *devices, u32 own_device);
/* "\040" and the like, in place. */
char *unescape(char *text);
/* The state behind a path, from a state on. */
u32 walk(u32 state, const char *path, int *ret_by_pattern);
/* The state behind a component, and whether only `*` or `**` leads there. */
u32 next_state(u32 state, const char *name, size_t length, int *ret_by_pattern);
/* The mount with this id. Are files named by it, that may have several names? */
int holds_names(u32 id);
/* The s_dev of its file system. */
u32 device_of_mount(u32 id);

/* Is a layer of an overlay named like the overlay? */
extern u32 has_layers;

/* ---- parts.c: file systems of which directories are mounted */

/* Is there a tree? Pieces of the longest name on the way to one; 0: each has one. */
extern u32 has_parts, long_parts;
/* The tree of a file system whose own root has this state, by a mount of that rank: a state to begin with, or 0. */
u32 new_tree(struct stele_late *late, u32 state, u32 rank);
/* Files below the directory `root` are named from `state` on, unless a mount of at least this rank names them already.
 */
int add_part(struct stele_late *late, u32 tree, const char *root, u32 state, u32 rank, u8 *ret_names);
/* Likewise a directory of which the policy names nothing, as far as there is room. */
void add_unnamed_part(struct stele_late *late, u32 tree, const char *root);
/* The state of a directory in a tree. */
u32 walk_tree(const struct stele_late *late, u32 tree, const char *root);
/* Lays the edges out as the programs look them up. */
int place_parts(struct stele_late *late);

/* ---- names.c */

/* Are there files in late->linked? */
extern u32 has_linked;
/* Looks for files with several names that the policy does not treat alike, and enters them. */
int find_hard_links(struct stele_late *late);
int warn_of_symlinks(void);

/* ---- prune.c */

/* Drops dead instructions from a function; returns how many stay. */
u32 prune(struct bpf_insn *insns, u32 length);

/* ---- load.c */

/* 1 when programs may call bpf_probe_read_kernel (not under lockdown=confidentiality). */
int can_probe(void);
int create_maps(const struct stele_late *late, const struct stele_devices *devices);
int load_programs(void);
int attach_program(u32 index);
/* Program of this kernel (its hook exists), else it takes no part. */
int has_program(u32 index);
/* How often the kernel has run a program, while statistics are on. -errno on failure. */
s64 run_count(u32 index);
int pin_links(void);
void close_everything(void);

/* ---- proof.c */

/* Prepares the private file system in which hooks are triggered, and turns run counting on. */
int prepare_proof(void);
/* Does the hook of this program call it? */
int prove_called(u32 index);

/* ---- trigger_*.c: for each hook something harmless that calls it, in a child, in the root of the private file system
 */

#define STELE_HOOK(room, name, arguments, since, before, attach, object, operations, sees) void trigger_##name(void);
#include "../hooks.def"
#undef STELE_HOOK

/* Lies in the private file system: "file" with trigger_xattr, opened for writing before anything was attached;
 * "renamed", "unlinked", "not_a_program" (executable text); the directories "directory" and "rmdir". */
extern const char trigger_xattr[];
extern long trigger_open_file;

/* ---- apply.c */

int apply(int verbose);
int preflight(void);

/* ---- exec.c */

/* Mounts what is missing, applies, and becomes the program. Returns only when the policy's `on failure` wants that. */
int exec(char **program, char **environment);

/* ---- report.c */

int show_status(void);
int show_events(int json, int follow);
int show_manifest(void);

#endif
