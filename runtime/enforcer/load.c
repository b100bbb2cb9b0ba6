/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * The plan's maps, programs and links, by bpf(2). Every map is filled and frozen before the first program is loaded, so
 * that the verifier takes constants for constants, and user space can never write what a program reads.
 * Nothing is pinned here before pin_links(): when the process ends, everything is gone.
 */
#include <linux/bpf.h>
#include <linux/btf.h>

#include "enforcer.h"

#define VERIFIER_LOG (1u << 20)
#define LOG_LINES    20
#define NO_PROGRAM   (-1) /* its hook does not exist here, and need not */

static int map_fds[STELE_MAX_MAPS];
static int program_fds[STELE_MAX_PROGRAMS];
static int link_fds[STELE_MAX_PROGRAMS];
static u32 target_ids[STELE_MAX_PROGRAMS]; /* BTF id of what each program attaches to */

static long bpf(int command, union bpf_attr *attr)
{
	return sys(bpf, command, attr, sizeof(*attr));
}

int can_probe(void)
{
	static const struct bpf_insn asks[] = {
	    {.code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_10},
	    {.code = BPF_ALU64 | BPF_ADD | BPF_K, .dst_reg = BPF_REG_1, .imm = -8},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2, .imm = 8},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3},
	    {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_probe_read_kernel},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr = {
	    .prog_type = BPF_PROG_TYPE_RAW_TRACEPOINT,
	    .insns = (u64)asks,
	    .insn_cnt = ARRAY_SIZE(asks),
	    .license = (u64)plan_at(plan->license),
	};
	long fd = bpf(BPF_PROG_LOAD, &attr);

	if (fd >= 0)
		sys(close, fd);
	return fd >= 0;
}

static int map_refused(const char *name, const char *step, long error)
{
	return problem(STELE_EXIT_REFUSED, "look for a memory limit or a security module that restricts bpf(2)",
		       "the kernel refused to %s map %s: %s", step, name, errno_name(error));
}

static int create_map(u32 index, const void *value)
{
	const struct stele_plan_map *map = &plan_maps()[index];
	union bpf_attr attr = {
	    .map_type = map->type,
	    .key_size = map->key_size,
	    .value_size = map->value_size,
	    .max_entries = map->max_entries,
	    .map_flags = map->flags,
	};
	long fd, r = 0;
	u32 key = 0;

	string_copy(attr.map_name, sizeof(attr.map_name), map->name);
	fd = bpf(BPF_MAP_CREATE, &attr);
	if (fd < 0)
		return map_refused(map->name, "create", fd);
	map_fds[index] = fd;
	if (value) {
		attr = (union bpf_attr){.map_fd = fd};
		attr.key = (u64)&key;
		attr.value = (u64)value;
		r = bpf(BPF_MAP_UPDATE_ELEM, &attr);
		if (r)
			return map_refused(map->name, "fill", r);
	}
	attr = (union bpf_attr){.map_fd = fd};
	r = bpf(BPF_MAP_FREEZE, &attr);
	return r ? map_refused(map->name, "freeze", r) : 0;
}

int create_maps(const struct stele_late *late, const struct stele_devices *devices)
{
	int r = 0;

	for (u32 i = 0; !r && i < plan->maps.count; i++) {
		const struct stele_plan_map *map = &plan_maps()[i];

		r = create_map(i, i == plan->late_map	  ? (const void *)late
				  : i == plan->device_map ? (const void *)devices
				  : map->data.count	  ? plan_at(map->data.offset)
							  : 0);
	}
	return r;
}

/* The LSM hook of a program. */
static const char *hook_of(const struct stele_plan_program *program)
{
	return program->kind == STELE_PROGRAM_END ? "sb_delete" : hook_name(program->hook);
}

/* BTF id of the hook or iterator; *ret_id is 0 for a program that takes no part in this kernel. */
static int find_target(const struct stele_plan_program *program, u32 *ret_id)
{
	if (program->kind == STELE_PROGRAM_ITER_MAP)
		*ret_id = find_function("bpf_iter_", "bpf_map_elem");
	else
		*ret_id = find_function("bpf_lsm_", hook_of(program));
	if (*ret_id || program->flags & STELE_PROGRAM_IF_HOOK_EXISTS)
		return 0;
	return problem(STELE_EXIT_KERNEL, "build the policy for this kernel, or boot a kernel of its target",
		       "this kernel has no hook `%s`",
		       program->kind == STELE_PROGRAM_ITER_MAP ? "bpf_map_elem" : hook_of(program));
}

/* Copies of the plan's instructions: the functions as they lie in the plan, each relocated and pruned when the first
 * program needs it; and one program, linked. */
static struct bpf_insn *functions, *linked;
static u32 *length_of; /* by function; 0: not relocated yet */
static u32 *start_of;  /* by function, in the program under way: the instruction, from 1 on; 0: not in it */
static u32 *members;   /* functions of the program under way */

/* What the kernel is told of functions, so that it verifies some once in a program: those are of type GLOBAL. So is,
 * to the kernel, every entry, which is no such function: a program that would replace a function of ours names it by
 * its type, finds the entry, and is refused; likewise by type LOCAL, since no function returns what that says. */
enum { TYPE_NUMBER = 1, TYPE_TAKES_THREE, TYPE_GLOBAL, TYPE_TAKES_NOTHING, TYPE_LOCAL };
#define NAME_x	   1
#define NAME_stele 3

static const struct {
	struct btf_header header;
	struct {
		struct btf_type number;
		u32 encoding;
		struct btf_type takes_three;
		struct btf_param three[3];
		struct btf_type global, takes_nothing, local;
	} type;
	char names[12];
} our_types = {
    .header = {.magic = BTF_MAGIC,
	       .version = BTF_VERSION,
	       .hdr_len = sizeof(our_types.header),
	       .type_len = sizeof(our_types.type),
	       .str_off = sizeof(our_types.type),
	       .str_len = sizeof(our_types.names)},
    .type = {.number = {.name_off = NAME_x, .info = BTF_KIND_INT << 24, .size = 8},
	     .encoding = 64,
	     .takes_three = {.info = BTF_KIND_FUNC_PROTO << 24 | 3, .type = TYPE_NUMBER},
	     .three = {{NAME_x, TYPE_NUMBER}, {NAME_x, TYPE_NUMBER}, {NAME_x, TYPE_NUMBER}},
	     .global = {NAME_stele, .info = BTF_KIND_FUNC << 24 | BTF_FUNC_GLOBAL, .type = TYPE_TAKES_THREE},
	     .takes_nothing = {.info = BTF_KIND_FUNC_PROTO << 24},
	     .local = {NAME_stele, .info = BTF_KIND_FUNC << 24 | BTF_FUNC_STATIC, .type = TYPE_TAKES_NOTHING}},
    .names = "\0x\0stele",
};

static struct bpf_func_info *told; /* of the functions of the program under way */
static long types_fd;
static u32 followed_once; /* enum stele_once: such functions, and those of more */

static int load_types(void)
{
	union bpf_attr attr = {.btf = (u64)&our_types, .btf_size = sizeof(our_types)};

	followed_once = find_function("", "bpf_rdonly_cast") ? STELE_ONCE_WITH_CASTS : STELE_ONCE;
	types_fd = bpf(BPF_BTF_LOAD, &attr);
	return types_fd < 0 ? problem(STELE_EXIT_REFUSED, "report this with `uname -r`",
				      "the kernel refused the types of our functions: %s", errno_name(types_fd))
			    : 0;
}

static void copy_functions(void)
{
	size_t size = plan->insns.count * sizeof(*functions);

	functions = map_pages(size);
	linked = map_pages(size); /* no program holds a function twice */
	length_of = map_pages(plan->functions.count * sizeof(*length_of));
	start_of = map_pages(plan->functions.count * sizeof(*start_of));
	members = map_pages(plan->functions.count * sizeof(*members));
	told = map_pages(plan->functions.count * sizeof(*told));
	memcpy(functions, plan_at(plan->insns.offset), size);
}

static const struct stele_plan_function *plan_function(u32 index)
{
	return (const struct stele_plan_function *)plan_at(plan->functions.offset) + index;
}

static int relocate_function(const char *program, u32 index)
{
	const struct stele_plan_function *function = plan_function(index);
	const struct stele_plan_reloc *reloc = plan_at(plan->relocs.offset);
	struct bpf_insn *first = functions + function->first_insn, *insn = first;
	int r = 0;

	if (length_of[index])
		return 0;
	reloc += function->first_reloc;
	for (u32 i = 0; !r && i < function->reloc_count; i++, reloc++) {
		insn += reloc->gap;
		r = relocate(program, insn, reloc);
	}
	if (!r)
		length_of[index] = prune(first, function->insn_count);
	return r;
}

static const struct bpf_insn *function_at(u32 index)
{
	return functions + plan_function(index)->first_insn;
}

static int is_call(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == BPF_PSEUDO_CALL;
}

/* Leaves the program's instructions in `linked`: its entry, and the functions that are called in this kernel. Calls
 * name functions; the kernel wants to know how far away they begin. */
static int link_program(const struct stele_plan_program *program, u32 *ret_length, u32 *ret_count)
{
	u32 count = 1, length = 0;

	if (!functions)
		copy_functions();
	memset(start_of, 0, plan->functions.count * sizeof(*start_of));
	members[0] = *(const u32 *)plan_at(program->functions.offset);
	start_of[members[0]] = 1;
	for (u32 i = 0; i < count; i++) {
		int r = relocate_function(program->name, members[i]);

		if (r)
			return r;
		start_of[members[i]] = length + 1;
		told[i].insn_off = length;
		told[i].type_id = !i || plan_function(members[i])->once >= followed_once ? TYPE_GLOBAL : TYPE_LOCAL;
		memcpy(linked + length, function_at(members[i]), length_of[members[i]] * sizeof(*linked));
		for (u32 k = 0; k < length_of[members[i]]; k++, length++) {
			u32 callee = linked[length].imm;

			if (!is_call(&linked[length]) || start_of[callee])
				continue;
			start_of[callee] = 1;
			members[count++] = callee;
		}
	}
	for (u32 i = 0; i < length; i++)
		if (is_call(&linked[i]))
			linked[i].imm = start_of[linked[i].imm] - i - 2;
	*ret_length = length;
	*ret_count = count;
	return 0;
}

static int is_iterator(const struct stele_plan_program *program)
{
	return program->kind == STELE_PROGRAM_ITER_MAP;
}

static void show_log_end(char *log)
{
	char *end = log + string_length(log), *from;
	u32 lines = 0;

	while (end > log && end[-1] == '\n')
		end--;
	for (from = end; from > log; from--)
		if (from[-1] == '\n' && ++lines == LOG_LINES)
			break;
	while (from < end) {
		char *stop = from;

		while (stop < end && *stop != '\n')
			stop++;
		detail("  %.*s", (int)(stop - from), from);
		from = stop + 1;
	}
}

/* Loads once more, to hear why the kernel refuses. */
static int program_refused(const struct stele_plan_program *program, union bpf_attr *attr, long error)
{
	char *log = map_pages(VERIFIER_LOG);

	attr->log_level = 1;
	attr->log_buf = (u64)log;
	attr->log_size = VERIFIER_LOG;
	bpf(BPF_PROG_LOAD, attr);
	show_log_end(log);
	return problem(STELE_EXIT_REFUSED, "report this with the lines above and `uname -r`",
		       "the kernel refused program %s (%u instructions): %s", program->name, attr->insn_cnt,
		       errno_name(error));
}

static int load_program(u32 index)
{
	const struct stele_plan_program *program = &plan_programs()[index];
	union bpf_attr attr;
	u32 length = 0, count = 0;
	long fd;
	int r = find_target(program, &target_ids[index]);

	program_fds[index] = NO_PROGRAM;
	link_fds[index] = NO_PROGRAM;
	if (r || !target_ids[index])
		return r;
	r = link_program(program, &length, &count);
	if (r)
		return r;
	attr = (union bpf_attr){
	    .prog_type = is_iterator(program) ? BPF_PROG_TYPE_TRACING : BPF_PROG_TYPE_LSM,
	    .expected_attach_type = is_iterator(program) ? BPF_TRACE_ITER : BPF_LSM_MAC,
	    .attach_btf_id = target_ids[index],
	    .insns = (u64)linked,
	    .insn_cnt = length,
	    .license = (u64)plan_at(plan->license),
	    .fd_array = (u64)map_fds,
	    .prog_btf_fd = types_fd,
	    .func_info = (u64)told,
	    .func_info_cnt = count,
	    .func_info_rec_size = sizeof(*told),
	};
	string_copy(attr.prog_name, sizeof(attr.prog_name), program->name);
	fd = bpf(BPF_PROG_LOAD, &attr);
	if (fd < 0)
		return program_refused(program, &attr, fd);
	program_fds[index] = fd;
	return 0;
}

int load_programs(void)
{
	int r = load_types();

	for (u32 i = 0; !r && i < plan->programs.count; i++)
		r = load_program(i);
	return r;
}

int has_program(u32 index)
{
	return program_fds[index] != NO_PROGRAM;
}

int attach_program(u32 index)
{
	const struct stele_plan_program *program = &plan_programs()[index];
	union bpf_iter_link_info shown = {.map = {.map_fd = map_fds[program->hook % STELE_MAX_MAPS]}};
	union bpf_attr attr = {0};
	long fd;

	attr.link_create.prog_fd = program_fds[index];
	attr.link_create.attach_type = is_iterator(program) ? BPF_TRACE_ITER : BPF_LSM_MAC;
	if (is_iterator(program)) {
		attr.link_create.iter_info = (u64)&shown;
		attr.link_create.iter_info_len = sizeof(shown);
	}
	fd = bpf(BPF_LINK_CREATE, &attr);
	if (fd < 0)
		return problem(STELE_EXIT_REFUSED, "check that the kernel has CONFIG_BPF_LSM=y and ftrace",
			       "the kernel refused to attach program %s: %s", program->name, errno_name(fd));
	link_fds[index] = fd;
	return 0;
}

s64 run_count(u32 index)
{
	static struct bpf_prog_info info;
	union bpf_attr attr = {
	    .info = {.bpf_fd = program_fds[index], .info_len = sizeof(info), .info = (u64)&info},
	};
	long r;

	info = (struct bpf_prog_info){0};
	r = bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
	return r ? r : (s64)info.run_cnt;
}

/* The current directory is the bpf file system of this policy. */
int pin_links(void)
{
	for (u32 i = 0; i < plan->programs.count; i++) {
		const struct stele_plan_program *program = &plan_programs()[i];
		char name[64] = "link_";
		union bpf_attr attr = {0};
		long r;

		if (!has_program(i))
			continue;
		if (is_iterator(program))
			string_copy(name, sizeof(name), program->name);
		else
			string_copy(name + 5, sizeof(name) - 5, hook_of(program));
		attr.pathname = (u64)name;
		attr.bpf_fd = link_fds[i];
		r = bpf(BPF_OBJ_PIN, &attr);
		if (r)
			return problem(STELE_EXIT_REFUSED,
				       "let the policy permit root to create files in the pin directory",
				       "cannot pin %s in %s: %s", name, pin_directory(), errno_name(r));
	}
	return 0;
}

void close_everything(void)
{
	for (u32 i = 0; i < plan->programs.count; i++) {
		sys(close, link_fds[i]);
		sys(close, program_fds[i]);
	}
	for (u32 i = 0; i < plan->maps.count; i++)
		sys(close, map_fds[i]);
	sys(close, types_fd);
}
