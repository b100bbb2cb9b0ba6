/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * Numbers that the compiler and the programs must agree on: the one header of this folder that the compiler
 * and the enforcer include, too. C and C++; u32 is the includer's.
 */
#ifndef STELE_SHARED_H
#define STELE_SHARED_H

/* ---- edges of the automaton: see automaton.h */

/* The component's length in bytes (1..32), KEY_MORE when it goes on behind these 32, and the state it is looked up in.
 */
#define KEY_STATE_SHIFT	   7
#define KEY_MORE	   0x40u
#define KEY_LENGTH	   0x3fu
#define KEY(state, length) ((u32)(state) << KEY_STATE_SHIFT | (length))

#define PIECE	    32 /* bytes of a long name that one edge names */
#define INLINE_NAME 32 /* d_iname holds names of up to 31 bytes in every kernel we support */

/* What lies below an absorbing state is decided alike: the walk may stop. */
#define NEXT_ABSORBING 0x80000000u
#define NEXT_STATE     0x00ffffffu

/* No states of the automaton: the name could not be read (CLASS_UNRESOLVED); there is none (CLASS_NAMELESS). */
#define STATE_UNRESOLVED 0x00fffffeu
#define STATE_NAMELESS	 0x00fffffcu

/* Odd 64-bit multipliers of the perfect hash: fractional parts of square roots of the first primes. */
#define HASH_WORD_0 0x6a09e667f3bcc909u
#define HASH_WORD_1 0xbb67ae8584caa73bu
#define HASH_WORD_2 0x3c6ef372fe94f82bu
#define HASH_WORD_3 0xa54ff53a5f1d36f1u
#define HASH_KEY    0x510e527fade682d1u
#define HASH_FOLD   29 /* how far the sum of products is shifted onto itself */

/* Of a file with several names, by which it is looked for: 63 bits, so that the sign of a difference orders them. */
#define LINKED_KEY(inode, dev) (((inode) * HASH_WORD_0 + (dev) * HASH_KEY) >> 1)

/* ---- classes of paths, and how far the walk goes */

#define CLASS_NONE	 0 /* in no set and above none */
#define CLASS_NAMELESS	 1 /* no name at all, and so likewise */
#define CLASS_UNRESOLVED 2 /* it has a name, which could not be read */

#define SHALLOW	  8 /* levels that the fast path remembers; deeper paths climb again for each so many */
#define MAX_DEPTH 64

/* ---- constraints */

/* What decide_HOOK() answers: the rank of the constraint, and above it the bits of the hook's operations that it is
 * about; no bits: all that any constraint is about. */
#define RANK_BITS	   20
#define DECIDED(rank, ops) ((u32)(rank) | (u32)(ops) << RANK_BITS)

#define VERDICT_AUDIT 0
#define VERDICT_DENY  1
#define VERDICT_KILL  2

#define LOG_NONE  0
#define LOG_EVENT 1
#define LOG_ALERT 2

#endif
