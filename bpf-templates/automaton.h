/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One automaton over path components for all path sets of the policy.
 *
 * A state is a small number: STELE_STATE_DEAD (no set can match any more), STELE_STATE_ROOT ("/"), and so on. A
 * component leads from state to state; what the last state says about the path is its class (class_of_state). A
 * component of up to 31 bytes is one key: four little-endian words, padded with zeroes. A longer one is a chain of
 * 32-byte pieces through states of its own; a piece that is not the last has KEY_MORE set.
 *
 * Before 6.2 the step is verified anew at every call of a walk, so it has few branches on what it reads.
 *
 * Generated before this file is included:
 *   u32 edge(u32 key, u64 w0, u64 w1, u64 w2, u64 w3)   next state (| NEXT_ABSORBING), or 0; for components of more
 *                                                       than few edges it is that of edge_table.h
 *   u32 other_of_state[STATES]                          where every other component leads; only with HAVE_OTHER
 *   u16 class_of_state[STATES]
 *   LONG_PIECES                                         pieces of the longest name over 31 bytes in the policy; 0: none
 *   DEEP_WALKS                                          times SHALLOW components until every path is dead or
 *                                                       absorbing; at most MAX_DEPTH / SHALLOW
 */
#ifndef STELE_AUTOMATON_H
#define STELE_AUTOMATON_H

/* Bytes behind a name are garbage. Word i of a name of `length` bytes keeps the bits of keep_mask[length + 24 - 8 * i].
 */
#define NO_BITS	 0, 0, 0, 0, 0, 0, 0, 0
#define ALL_BITS ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull, ~0ull
static const u64 keep_mask[INLINE_NAME + 24] = {NO_BITS,
						NO_BITS,
						NO_BITS,
						0,
						0xffull,
						0xffffull,
						0xffffffull,
						0xffffffffull,
						0xffffffffffull,
						0xffffffffffffull,
						0xffffffffffffffull,
						ALL_BITS,
						ALL_BITS,
						ALL_BITS};

static __always_inline u32 edge_or_other(u32 state, u32 next)
{
#ifdef HAVE_OTHER
	KEEP(state);
	if (!next && state < STATES)
		next = other_of_state[state];
#endif
	return next;
}

/* A component of up to 31 bytes. Most have one word: the others are left alone then. Bytes behind a name are garbage:
 * word i of a name of `length` bytes keeps the bits of keep_mask[length + 24 - 8 * i]. */
static __always_inline u32 step_short(u32 state, u32 length, const u64 *name)
{
	const u64 *keep = &keep_mask[length & (INLINE_NAME - 1)];
	u32 key = KEY(state, length);
	u64 w0 = name[0] & keep[24], w1, w2, w3, differs;
	u64 hash = w0 * HASH_WORD_0 + key * HASH_KEY;
	const struct edge_entry *entry;

	if (length > 8) {
		w1 = name[1] & keep[16];
		w2 = name[2] & keep[8];
		w3 = name[3] & keep[0];
		hash += w1 * HASH_WORD_1 + w2 * HASH_WORD_2 + w3 * HASH_WORD_3;
	}
	entry = edge_slot(hash);
	differs = (entry->key ^ key) | (entry->word[0] ^ w0); /* the key holds the length */
	if (length > 8) /* without a branch for each word: the verifier follows each */
		differs |= (entry->word[1] ^ w1) | (entry->word[2] ^ w2) | (entry->word[3] ^ w3);
	return edge_or_other(state, differs ? STELE_STATE_DEAD : entry->next);
}

/* A component over 31 bytes, whose text is at `name` in the kernel: piece by piece.
 * bpf_snprintf reads kernel strings without bpf_probe_read_kernel, which lockdown=confidentiality refuses. */
#if LONG_PIECES
__numbers_only u32 step_long(u32 state, u64 name, u32 length)
{
	u32 at = state, next;

	for (u32 piece = 0; piece < LONG_PIECES; piece++) {
		union {
			u64 word[PIECE / 8 + 1];
			char text[PIECE + 8];
		} copy = {};
		u64 source = name + piece * PIECE;
		u32 left = length - piece * PIECE;

		if (bpf_snprintf(copy.text, PIECE + 1, "%s", &source, sizeof(source)) < 0)
			return STATE_UNRESOLVED | NEXT_ABSORBING;
		next = edge(KEY(at, left > PIECE ? KEY_MORE | PIECE : left), copy.word[0], copy.word[1], copy.word[2],
			    copy.word[3]);
		FORGET(next, source);
		if (!next)
			break;
		if (left <= PIECE)
			return next;
		at = next & NEXT_STATE;
	}
	return edge_or_other(state, STELE_STATE_DEAD);
}
#else
static __always_inline u32 step_long(u32 state, u64 name, u32 length)
{
	(void)name;
	(void)length;
	return edge_or_other(state, STELE_STATE_DEAD);
}
#endif

/* The offset of the inline name: a constant once the enforcer has resolved it. */
static __always_inline u32 inline_name_offset(void)
{
	ASK_HERE();
	if (FIELD_EXISTS(dentry, d_iname))
		return FIELD_OFFSET(dentry, d_iname);
	return FIELD_OFFSET(dentry___shortname, d_shortname);
}

/* The first bytes of a short name; behind its end they are garbage. */
static __always_inline u64 inline_word(struct dentry *dentry)
{
	return *(const u64 *)((const char *)dentry + inline_name_offset());
}

/* The component that `dentry` names. */
static __always_inline u32 step(u32 state, struct dentry *dentry)
{
	u32 length = dentry->d_name.len;
	const u64 *name = (const u64 *)((const char *)dentry + inline_name_offset());

	if (length >= INLINE_NAME)
		return step_long(state, (u64)NUMBER(dentry->d_name.name), length);
	return step_short(state, length, name);
}

#endif
