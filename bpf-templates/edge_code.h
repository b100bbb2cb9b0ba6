/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The automaton's few edges as code: edge(), generated before this file is included, compares with immediates. */
#ifndef STELE_EDGE_CODE_H
#define STELE_EDGE_CODE_H

static __always_inline u32 edge_short(u32 key, u64 w0)
{
	return edge(key, w0, 0, 0, 0);
}

#endif
