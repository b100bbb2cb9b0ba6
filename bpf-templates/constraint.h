/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Operations at a hook, and what is known of a constraint when it has decided. The table of constraints is generated,
 * strongest first. */
#ifndef STELE_CONSTRAINT_H
#define STELE_CONSTRAINT_H

/* The bit of an operation at a hook. Generated, for each hook in use. */
#define OP(hook, operation) OP_##hook##_##operation

#define NO_CONSTRAINT ((1u << RANK_BITS) - 1) /* instead of a rank */
#define NO_OPERATION  0xffffu

struct constraint {
	u16 error; /* errno, positive */
	u8 verdict;
	u8 log : 4;
	u8 secures : 4; /* closure: exe_trace */
};

#define RANK(decided) ((decided) & NO_CONSTRAINT)

/* What is tried for a class of paths: the constraint decides when one of the operations was raised and the subject is
 * one that it speaks of. Every list ends with a check that always applies. */
struct check {
	u32 decided; /* see DECIDED */
	u16 ops;
	u16 subject; /* number of a bit */
};
#define ANY_OPERATION 0xffffu
#define EVERYBODY     1u /* bit 0 */
#define LAST_CHECK    {NO_CONSTRAINT, ANY_OPERATION, 0}

/* The first check from `at` on that applies. slots: of the table, a power of two; longest: checks in a list;
 * subjects: bits, `words` of them, a power of two. Without branches on what is compared: the verifier follows each. */
static __always_inline u32 first_check(const struct check *table, u32 slots, u32 at, u32 longest, u32 ops,
				       const u32 *subjects, u32 words)
{
	if (words > 1)
		KEEP(subjects); /* else Clang, which knows where it lies, ORs offsets to the pointer */
#pragma clang loop unroll(disable)
	for (u32 round = 0; round < longest; round++, at++) {
		const struct check *check = &table[at & (slots - 1)];
		u32 raised = check->ops & ops, negative = -raised;

		KEEP(negative); /* else Clang makes a branch of it */
		if ((raised | negative) >> 31 & subjects[check->subject / 32 & (words - 1)] >> (check->subject & 31))
			return check->decided;
	}
	return NO_CONSTRAINT;
}

/* The smaller rank is the stronger constraint. */
static __always_inline u32 stronger(u32 a, u32 b)
{
	return RANK(a) < RANK(b) ? a : b;
}

#endif
