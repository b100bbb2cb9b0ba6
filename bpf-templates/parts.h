/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * File systems of which the host mounts directories, not the whole: subvolumes, deployments, bind mounts. Their files
 * are named from those directories on. A small tree of components, made by the enforcer from the mount table, leads
 * from the file system's root to them; below, the automaton goes on (see struct stele_late in abi.h). What lies beside
 * them is named from where the whole file system is mounted, or is in no set.
 */
#ifndef STELE_PARTS_H
#define STELE_PARTS_H

#define IS_PART(state) ((state) >> 16 == STELE_STATE_PART >> 16)

static __always_inline const volatile struct stele_part_node *part_node(u32 state)
{
	state &= STELE_PART_NODES - 1;
	KEEP(state);
	return &late.node[state & (STELE_PART_NODES - 1)];
}

/* The state behind a node: of the directory itself, or for what goes on below it. */
static __always_inline u32 part_state(u32 state, bool is_itself)
{
	const volatile struct stele_part_node *node = part_node(state);

	return is_itself ? node->self : node->below;
}

static __always_inline u32 part_edge(u32 key, u64 w0, u64 w1, u64 w2, u64 w3)
{
	u64 hash = w0 * HASH_WORD_0 + w1 * HASH_WORD_1 + w2 * HASH_WORD_2 + w3 * HASH_WORD_3 + key * HASH_KEY;
	const volatile struct stele_part_edge *edge = &late.edge[hash * late.part_multiplier >> 56];

	if ((edge->key ^ key) | (edge->word[0] ^ w0) | (edge->word[1] ^ w1) | (edge->word[2] ^ w2) |
	    (edge->word[3] ^ w3))
		return 0;
	return edge->next;
}

/* A component over 31 bytes, whose text is at `name` in the kernel: see step_long. */
__numbers_only u32 part_edge_long(u32 node, u64 name, u32 length)
{
	for (u32 piece = 0; piece < LONG_PARTS; piece++) {
		union {
			u64 word[PIECE / 8 + 1];
			char text[PIECE + 8];
		} copy = {};
		u64 source = name + piece * PIECE;
		u32 left = length - piece * PIECE;

		if (bpf_snprintf(copy.text, PIECE + 1, "%s", &source, sizeof(source)) < 0)
			return 0;
		node = part_edge(KEY(node & (STELE_PART_NODES - 1), left > PIECE ? KEY_MORE | PIECE : left),
				 copy.word[0], copy.word[1], copy.word[2], copy.word[3]);
		FORGET(node, source);
		if (!node || left <= PIECE)
			return node;
	}
	return 0;
}

/* The node behind a component, or 0. */
static __always_inline u32 part_edge_of(u32 state, u32 length, u64 name, const u64 *word)
{
	const u64 *keep = &keep_mask[length & (INLINE_NAME - 1)];
	u32 node = state & (STELE_PART_NODES - 1);

	if (length >= INLINE_NAME) {
		if (LONG_PARTS)
			return part_edge_long(node, name, length);
		return 0;
	}
	return part_edge(KEY(node, length), word[0] & keep[24], word[1] & keep[16], word[2] & keep[8],
			 word[3] & keep[0]);
}

static __noinline u32 next_part(u32 state, struct dentry *dentry)
{
	CUT(state);
	return part_edge_of(state, dentry->d_name.len, (u64)NUMBER(dentry->d_name.name),
			    (const u64 *)((const char *)dentry + inline_name_offset()));
}

#endif
