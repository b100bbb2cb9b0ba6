/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How the automaton's edges are named: see automaton.h. */
#ifndef STELE_AUTOMATON_KEY_H
#define STELE_AUTOMATON_KEY_H

/* The component's length in bytes (1..32), KEY_MORE when it goes on behind these 32, and the state it is looked up in.
 */
#define KEY_STATE_SHIFT	   7
#define KEY_MORE	   0x40u
#define KEY(state, length) ((u32)(state) << KEY_STATE_SHIFT | (length))

/* What lies below an absorbing state is decided alike: the walk may stop. */
#define NEXT_ABSORBING 0x80000000u
#define NEXT_STATE     0x00ffffffu

/* No state of the automaton: the name could not be read. Of class CLASS_UNRESOLVED. */
#define STATE_UNRESOLVED 0x00fffffeu

#endif
