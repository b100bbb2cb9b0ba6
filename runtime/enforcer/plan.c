/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * The plan that the linker (compiler/pack) appended to this executable. It is mapped read-only with the executable;
 * here it is found, its checksum taken and every offset in it compared with its size, so that nothing behind this file
 * has to check again. A cut file is mapped as far as its size promises and answers with SIGBUS: caught and reported.
 */
#include <linux/bpf.h>
#include <linux/elf.h>

#include "enforcer.h"

const struct stele_plan *plan;

extern const Elf64_Ehdr stele_elf_header; /* linker script */

struct kernel_sigaction {
	void (*handler)(int);
	u64 flags;
	void (*restorer)(void);
	u64 mask;
};

static int damaged(const char *what)
{
	plan = 0;
	return problem(STELE_EXIT_DAMAGED, "build or copy the enforcer again", "the enforcer's plan is damaged: %s",
		       what);
}

NORETURN static void on_bus_error(int signal)
{
	(void)signal;
	quit(damaged("the file is cut short"));
}

static int string_fits(u32 offset)
{
	return offset < plan->size; /* the plan ends with a NUL */
}

static int span_fits(struct stele_span span, u32 size, u32 alignment)
{
	if (!span.count)
		return 1;
	return span.offset % alignment == 0 && span.offset <= plan->size &&
	       span.count <= (plan->size - span.offset) / size;
}

static int name_ends(const char *name, u32 size)
{
	for (u32 i = 0; i < size; i++)
		if (!name[i])
			return i > 0;
	return 0;
}

static int policy_name_is_plain(void)
{
	const char *name = plan_at(plan->policy_name);
	u32 length = 0;

	for (; name[length]; length++) {
		char c = name[length];

		if (!(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '_')
			return 0;
	}
	return length >= 1 && length <= 48;
}

static int maps_fit(void)
{
	const struct stele_plan_map *map = plan_maps();

	for (u32 i = 0; i < plan->maps.count; i++, map++)
		if (!name_ends(map->name, sizeof(map->name)) || map->role > STELE_MAP_EVENTS ||
		    !span_fits(map->data, 1, 8) || (map->data.count && map->data.count != map->value_size))
			return 0;
	return plan->late_map == STELE_NO_MAP || (plan->late_map < plan->maps.count &&
						  plan_maps()[plan->late_map].value_size == sizeof(struct stele_late));
}

static int relocations_fit(const struct stele_plan_program *program)
{
	const struct stele_plan_reloc *reloc = plan_at(program->relocs.offset);
	const struct bpf_insn *insns = plan_at(program->insns.offset);

	for (u32 i = 0; i < program->relocs.count; i++, reloc++) {
		if (reloc->insn >= program->insns.count || !string_fits(reloc->path))
			return 0;
		if (insns[reloc->insn].code == (BPF_LD | BPF_IMM | BPF_DW) && reloc->insn + 1 >= program->insns.count)
			return 0;
	}
	return 1;
}

static int programs_fit(void)
{
	const struct stele_plan_program *program = plan_programs();

	for (u32 i = 0; i < plan->programs.count; i++, program++) {
		if (!name_ends(program->name, sizeof(program->name)) || program->kind > STELE_PROGRAM_ITER_MAP ||
		    program->hook >= (program->kind == STELE_PROGRAM_LSM ? STELE_HOOK_COUNT : plan->maps.count))
			return 0;
		if (!program->insns.count || !span_fits(program->insns, sizeof(struct bpf_insn), 8) ||
		    !span_fits(program->relocs, sizeof(struct stele_plan_reloc), 8) || !relocations_fit(program))
			return 0;
	}
	return 1;
}

static int constraints_fit(void)
{
	const struct stele_plan_constraint *constraint = plan_constraints();

	for (u32 i = 0; i < plan->constraints.count; i++, constraint++)
		if (!string_fits(constraint->rule) || !string_fits(constraint->source) ||
		    !string_fits(constraint->part))
			return 0;
	return 1;
}

static int automaton_fits(void)
{
	const struct stele_plan_state *states = plan_at(plan->states.offset);
	const struct stele_plan_edge *edge = plan_at(plan->edges.offset);

	for (u32 i = 0; i < plan->states.count; i++)
		if (states[i].other >= plan->states.count)
			return 0;
	for (u32 i = 0; i < plan->edges.count; i++, edge++)
		if (edge->from >= plan->states.count || edge->to >= plan->states.count || !string_fits(edge->name) ||
		    edge->name_length > plan->size - edge->name)
			return 0;
	return plan->states.count > STELE_STATE_ROOT;
}

static int texts_fit(void)
{
	const struct stele_plan_protected *path = plan_at(plan->protected_paths.offset);
	const u32 *ops = plan_at(plan->ops.offset);

	for (u32 i = 0; i < plan->ops.count; i++)
		if (!string_fits(ops[i]))
			return 0;
	for (u32 i = 0; i < plan->protected_paths.count; i++)
		if (!string_fits(path[i].path) || *(const char *)plan_at(path[i].path) != '/')
			return 0;
	return 1;
}

static u64 checksum(const u8 *bytes, size_t n)
{
	u64 sum = 0xcbf29ce484222325ull;

	while (n--)
		sum = (sum ^ *bytes++) * 0x100000001b3ull;
	return sum;
}

static int check_plan(u32 mapped)
{
	const u32 behind_checksum = offsetof(struct stele_plan, checksum) + sizeof(plan->checksum);

	if (mapped < sizeof(*plan) || memcmp(plan->magic, STELE_PLAN_MAGIC, sizeof(plan->magic)))
		return damaged("it does not begin like a plan");
	if (plan->abi != STELE_ABI_VERSION)
		return damaged("its version is not this enforcer's");
	if (plan->size != mapped || mapped > STELE_MAX_PLAN)
		return damaged("its size is not the segment's");
	if (checksum((const u8 *)plan + behind_checksum, plan->size - behind_checksum) != plan->checksum)
		return damaged("its checksum does not match");
	if (((const u8 *)plan)[plan->size - 1] || plan->maps.count > STELE_MAX_MAPS ||
	    plan->programs.count > STELE_MAX_PROGRAMS || !string_fits(plan->policy_name) ||
	    !string_fits(plan->policy_version) || !string_fits(plan->license) || !policy_name_is_plain())
		return damaged("its header is not valid");
	if (!span_fits(plan->maps, sizeof(struct stele_plan_map), 8) ||
	    !span_fits(plan->programs, sizeof(struct stele_plan_program), 8) ||
	    !span_fits(plan->constraints, sizeof(struct stele_plan_constraint), 8) ||
	    !span_fits(plan->edges, sizeof(struct stele_plan_edge), 8) ||
	    !span_fits(plan->states, sizeof(struct stele_plan_state), 8) || !span_fits(plan->ops, sizeof(u32), 8) ||
	    !span_fits(plan->protected_paths, sizeof(struct stele_plan_protected), 8) ||
	    !span_fits(plan->manifest, 1, 1))
		return damaged("a table leaves it");
	if (!maps_fit() || !programs_fit() || !constraints_fit() || !automaton_fits() || !texts_fit())
		return damaged("a table is not valid");
	return 0;
}

int open_plan(void)
{
	const Elf64_Phdr *segment = (const void *)((const u8 *)&stele_elf_header + stele_elf_header.e_phoff);
	struct kernel_sigaction action = {.handler = on_bus_error, .flags = SA_RESTORER};

	for (u32 i = 0; i < stele_elf_header.e_phnum; i++, segment++) {
		if (segment->p_type != PT_LOAD || segment->p_vaddr / STELE_PAGE != STELE_PLAN_ADDRESS / STELE_PAGE)
			continue;
		if (!segment->p_filesz)
			break;
		sys(rt_sigaction, SIGBUS, &action, 0, sizeof(u64));
		plan = (const void *)segment->p_vaddr;
		return check_plan(segment->p_filesz);
	}
	return damaged("there is none");
}

const char *hook_name(u32 hook)
{
	static const char *const names[] = {
#define NAME(name) #name,
	    STELE_HOOKS(NAME)
#undef NAME
	};

	return hook < ARRAY_SIZE(names) ? names[hook] : "?";
}

const char *pin_directory(void)
{
	static char path[sizeof(STELE_PIN_PREFIX) + 48] = STELE_PIN_PREFIX;

	string_copy(path + sizeof(STELE_PIN_PREFIX) - 1, 49, plan_at(plan->policy_name));
	return path;
}

const char *plan_mark(void)
{
	static char mark[] = "plan_0000000000000000";

	for (u32 i = 0; i < 16; i++)
		mark[5 + i] = "0123456789abcdef"[plan->checksum >> (60 - 4 * i) & 15];
	return mark;
}
