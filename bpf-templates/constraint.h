/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Operations at a hook, and what is known of a constraint when it has decided. The table of constraints is generated,
 * strongest first. */
#ifndef STELE_CONSTRAINT_H
#define STELE_CONSTRAINT_H

/* The bit of an operation at a hook. Generated, for each hook in use. */
#define OP(hook, operation) OP_##hook##_##operation

#define NO_CONSTRAINT 0xffffffffu
#define NO_OPERATION  0xffffu

struct constraint {
	u32 operations[OPERATION_WORDS]; /* bits of the plan's operations */
	u16 error;			 /* errno, positive */
	u8 verdict;
	u8 log;
};

/* The smaller number is the stronger constraint. */
static __always_inline u32 stronger(u32 a, u32 b)
{
	return a < b ? a : b;
}

#endif
