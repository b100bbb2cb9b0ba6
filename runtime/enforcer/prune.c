/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Drops from a function what this kernel will never run: the other side of every branch on an answer that relocation
 * gave (does this kernel have that field, that function?). The verifier would find it dead as well, but some kernels
 * look at every instruction first, whether a path leads to it or not.
 *
 * A constant counts as far as straight code: from where it is set to the first branch, no branch leading in between.
 * What is moved to a register that nobody reads then is dropped, too.
 */
#include <linux/bpf.h>

#include "enforcer.h"

enum { LIVE = 1, TARGET = 2 };

static u8 *marks;	 /* by instruction */
static u32 *place;	 /* of each instruction when the dead ones are gone */
static u16 *read_before; /* bits of the registers that are read at an instruction or behind it, and not set before */

static int is_wide(const struct bpf_insn *insn)
{
	return insn->code == (BPF_LD | BPF_IMM | BPF_DW);
}

/* Any instruction after which the next one may not be next. */
static int is_jump(const struct bpf_insn *insn)
{
	u32 class = BPF_CLASS(insn->code), operation = BPF_OP(insn->code);

	return (class == BPF_JMP || class == BPF_JMP32) && operation != BPF_CALL && operation != BPF_EXIT;
}

static int is_goto(const struct bpf_insn *insn)
{
	return insn->code == (BPF_JMP | BPF_JA);
}

/* Is the register set to a small number? */
static int sets_constant(const struct bpf_insn *insn)
{
	return insn->imm >= 0 &&
	       ((is_wide(insn) && !insn->src_reg && !insn[1].imm) || insn->code == (BPF_ALU64 | BPF_MOV | BPF_K) ||
		insn->code == (BPF_ALU | BPF_MOV | BPF_K));
}

/* The branch that the constant at `insn` decides, or 0. */
static struct bpf_insn *decided_branch(struct bpf_insn *insns, u32 at, u32 length)
{
	u32 reg = insns[at].dst_reg;

	for (u32 i = at + 1 + is_wide(&insns[at]); i < length && !(marks[i] & TARGET); i += 1 + is_wide(&insns[i])) {
		struct bpf_insn *insn = &insns[i];
		u32 class = BPF_CLASS(insn->code), operation = BPF_OP(insn->code);

		if (class == BPF_JMP || class == BPF_JMP32)
			return BPF_SRC(insn->code) == BPF_K && insn->dst_reg == reg && insn->imm >= 0 &&
				       (operation == BPF_JEQ || operation == BPF_JNE)
				   ? insn
				   : 0;
		if (insn->dst_reg == reg && class != BPF_ST && class != BPF_STX)
			return 0;
	}
	return 0;
}

static void decide_branches(struct bpf_insn *insns, u32 length)
{
	for (u32 i = 0; i < length; i++)
		if (is_jump(&insns[i]))
			marks[i + 1 + insns[i].off] |= TARGET;
	for (u32 i = 0; i < length; i += 1 + is_wide(&insns[i])) {
		struct bpf_insn *branch = sets_constant(&insns[i]) ? decided_branch(insns, i, length) : 0;

		if (!branch)
			continue;
		if ((insns[i].imm == branch->imm) != (BPF_OP(branch->code) == BPF_JEQ))
			branch->off = 0;
		*branch = (struct bpf_insn){.code = BPF_JMP | BPF_JA, .off = branch->off};
	}
}

static int mark_live(u32 at)
{
	int was_dead = !(marks[at] & LIVE);

	marks[at] |= LIVE;
	return was_dead;
}

/* From the live instructions to those that follow. Returns whether any was not known to be live. */
static int mark_followers(const struct bpf_insn *insns, u32 length)
{
	int found = 0;

	for (u32 i = 0; i < length; i++) {
		const struct bpf_insn *insn = &insns[i];

		if (!(marks[i] & LIVE))
			continue;
		if (is_jump(insn))
			found |= mark_live(i + 1 + insn->off);
		if (!is_goto(insn) && insn->code != (BPF_JMP | BPF_EXIT))
			found |= mark_live(i + 1);
	}
	return found;
}

#define BIT(reg)       (1u << (reg))
#define CALL_CLOBBERS  0x3fu /* registers 0 to 5 */
#define CALL_ARGUMENTS 0x3eu

static int is_move(const struct bpf_insn *insn)
{
	u32 class = BPF_CLASS(insn->code);

	return is_wide(insn) || ((class == BPF_ALU || class == BPF_ALU64) && BPF_OP(insn->code) == BPF_MOV);
}

/* The registers that are read before an instruction's end or behind it; `behind`: those read behind it. */
static u32 registers_before(const struct bpf_insn *insn, u32 behind)
{
	u32 class = BPF_CLASS(insn->code), dst = BIT(insn->dst_reg);
	u32 src = BPF_SRC(insn->code) == BPF_X ? BIT(insn->src_reg) : 0;

	if (insn->code == (BPF_JMP | BPF_EXIT))
		return BIT(0);
	if (insn->code == (BPF_JMP | BPF_CALL))
		return (behind & ~CALL_CLOBBERS) | CALL_ARGUMENTS;
	if (is_wide(insn))
		return behind & ~dst;
	if (class == BPF_LDX)
		return (behind & ~dst) | BIT(insn->src_reg);
	if (is_move(insn))
		return (behind & ~dst) | src;
	if (is_goto(insn))
		return behind;
	return behind | dst | src | (class == BPF_STX ? BIT(insn->src_reg) : 0);
}

/* Registers that are read behind an instruction. */
static u32 registers_behind(const struct bpf_insn *insns, u32 at)
{
	const struct bpf_insn *insn = &insns[at];
	u32 registers = 0;

	if (is_jump(insn))
		registers = read_before[at + 1 + insn->off];
	if (!is_goto(insn) && insn->code != (BPF_JMP | BPF_EXIT))
		registers |= read_before[at + 1 + is_wide(insn)];
	return registers;
}

static void drop_moves(const struct bpf_insn *insns, u32 length)
{
	int changed = 1;

	memset(read_before, 0, (length + 1) * sizeof(*read_before));
	while (changed) {
		changed = 0;
		for (u32 i = length; i-- > 0;) {
			u32 registers = registers_before(&insns[i], registers_behind(insns, i));

			changed |= registers != read_before[i];
			read_before[i] = registers;
		}
	}
	for (u32 i = 0; i < length; i += 1 + is_wide(&insns[i]))
		if (is_move(&insns[i]) && !(registers_behind(insns, i) & BIT(insns[i].dst_reg)))
			marks[i] = marks[i + is_wide(&insns[i])] = 0;
}

static u32 prune_once(struct bpf_insn *insns, u32 length)
{
	u32 kept = 0;

	if (!marks) {
		marks = map_pages(plan->insns.count);
		place = map_pages(plan->insns.count * sizeof(*place));
		read_before = map_pages((plan->insns.count + 1) * sizeof(*read_before));
	}
	memset(marks, 0, length);
	decide_branches(insns, length);
	mark_live(0);
	while (mark_followers(insns, length))
		;
	drop_moves(insns, length);
	for (u32 i = 0; i < length; i++) {
		place[i] = kept;
		if (is_goto(&insns[i]) && !insns[i].off)
			marks[i] = 0;
		kept += marks[i] & LIVE;
	}
	for (u32 i = 0; i < length; i++) {
		struct bpf_insn insn = insns[i];

		if (!(marks[i] & LIVE))
			continue;
		if (is_jump(&insn))
			insn.off = place[i + 1 + insn.off] - place[i] - 1;
		insns[place[i]] = insn;
	}
	return kept;
}

u32 prune(struct bpf_insn *insns, u32 length)
{
	u32 before;

	do {
		before = length;
		length = prune_once(insns, length);
	} while (length < before);
	return length;
}
