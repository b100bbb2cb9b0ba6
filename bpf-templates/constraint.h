/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is known of a constraint when it has decided. The table is generated, strongest first. */
#ifndef STELE_CONSTRAINT_H
#define STELE_CONSTRAINT_H

#define NO_CONSTRAINT 0xffffffffu

#define VERDICT_AUDIT 0
#define VERDICT_DENY  1
#define VERDICT_KILL  2

#define LOG_NONE  0
#define LOG_EVENT 1
#define LOG_ALERT 2

struct constraint {
	u32 ops;
	u16 error; /* errno, positive */
	u8 verdict;
	u8 log;
};

/* The smaller number is the stronger constraint. */
static __always_inline u32 stronger(u32 a, u32 b)
{
	return a < b ? a : b;
}

#endif
