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
	u8 log;
};

#define RANK(decided) ((decided) & NO_CONSTRAINT)

/* The smaller rank is the stronger constraint. */
static __always_inline u32 stronger(u32 a, u32 b)
{
	return RANK(a) < RANK(b) ? a : b;
}

#endif
