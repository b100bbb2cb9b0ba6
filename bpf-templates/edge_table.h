/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The automaton's edges as a perfect hash by "hash and displace": the displacement of a bucket picks the slot, one
 * comparison decides. compiler/emit/edges.cpp computes the same.
 *
 * Generated before this file is included:
 *   struct edge_entry edges[]      a power of two of slots; one without an edge has key 0
 *   u16 displacement[]             a power of two of buckets
 *   HASH_SEED                      odd, 64 bits
 *   HASH_BUCKET_SHIFT              64 - log2(buckets)
 *   HASH_SLOT_SHIFT                32 - log2(slots)
 */
#ifndef STELE_EDGE_TABLE_H
#define STELE_EDGE_TABLE_H

/* The slot of a key with the given sum of products. */
static __always_inline const struct edge_entry *edge_slot(u64 hash)
{
	hash ^= hash >> HASH_FOLD;
	hash *= HASH_SEED;
	return &edges[(u32)((u32)hash * (2 * displacement[hash >> HASH_BUCKET_SHIFT] + 1)) >> HASH_SLOT_SHIFT];
}

static __always_inline u32 edge(u32 key, u64 w0, u64 w1, u64 w2, u64 w3)
{
	const struct edge_entry *entry =
	    edge_slot(w0 * HASH_WORD_0 + w1 * HASH_WORD_1 + w2 * HASH_WORD_2 + w3 * HASH_WORD_3 + key * HASH_KEY);

	/* without branches: the verifier follows each */
	if ((entry->key ^ key) | (entry->word[0] ^ w0) | (entry->word[1] ^ w1) | (entry->word[2] ^ w2) |
	    (entry->word[3] ^ w3))
		return STELE_STATE_DEAD;
	return entry->next;
}

#endif
