/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * One automaton over path components for all path sets of the policy.
 *
 * A state is a small number: STELE_STATE_DEAD (no set can match any more), STELE_STATE_ROOT ("/"), and so on. A component
 * leads from state to state; what the last state says about the path is its class (class_of_state). A component of up to
 * 31 bytes is one key: four little-endian words, the last one in use shifted left until its garbage is gone. A longer one is a
 * chain of 32-byte pieces through states of its own; a piece that is not the last has KEY_MORE set.
 *
 * Generated before this file is included:
 *   u32 edge(u32 key, u64 w0, u64 w1, u64 w2, u64 w3)   next state (| NEXT_ABSORBING), or 0: as code, or as a perfect hash
 *   u32 other_of_state[STATES]                          where every other component leads (only with HAVE_OTHER)
 *   u16 class_of_state[STATES]
 */
#ifndef STELE_AUTOMATON_H
#define STELE_AUTOMATON_H

/* A key is state << KEY_STATE_SHIFT | KEY_MORE? | length in bytes (1..32). */
#define KEY_STATE_SHIFT 7
#define KEY_MORE	0x40u

/* What lies below an absorbing state is decided alike: the walk may stop. */
#define NEXT_ABSORBING 0x80000000u
#define NEXT_STATE     0x00ffffffu

/* No state of the automaton: the name could not be read. Absorbing, and of class CLASS_UNRESOLVED. */
#define STATE_UNRESOLVED 0x00fffffeu

#define INLINE_NAME 32 /* d_iname holds names of up to 31 bytes in every kernel we support */
#define NAME_MAX    255
#define PIECE	    32

static __always_inline u64 drop_garbage(u64 word, u32 used)
{
	return word << ((64 - 8 * used) & 63);
}

static __always_inline u32 edge_or_other(u32 state, u32 next)
{
#ifdef HAVE_OTHER
	if (!next && state < STATES)
		next = other_of_state[state];
#endif
	return next;
}

/* One component whose text is at `name` in the kernel, any length up to NAME_MAX, piece by piece.
 * bpf_snprintf reads kernel strings without bpf_probe_read_kernel, which lockdown=confidentiality refuses. */
static __noinline u32 step_text(u32 state, u64 name, u32 length)
{
	u32 at = state;

	for (u32 piece = 0; piece < (NAME_MAX + PIECE - 1) / PIECE; piece++) {
		union {
			u64 word[PIECE / 8 + 1];
			char text[PIECE + 8];
		} copy = {};
		u64 source = name + piece * PIECE;
		u32 left = length - piece * PIECE;
		u32 used = left < PIECE ? left : PIECE;
		u32 next;

		if (bpf_snprintf(copy.text, PIECE + 1, "%s", &source, sizeof(source)) < 0)
			return STATE_UNRESOLVED | NEXT_ABSORBING;
		if (used <= 8)
			copy.word[0] = drop_garbage(copy.word[0], used);
		else if (used <= 16)
			copy.word[1] = drop_garbage(copy.word[1], used - 8);
		else if (used <= 24)
			copy.word[2] = drop_garbage(copy.word[2], used - 16);
		else
			copy.word[3] = drop_garbage(copy.word[3], used - 24);
		next = edge(at << KEY_STATE_SHIFT | (left > PIECE ? KEY_MORE : 0) | used, copy.word[0], copy.word[1],
			    copy.word[2], copy.word[3]);
		if (!next)
			return edge_or_other(state, 0);
		if (left <= PIECE)
			return next;
		at = next & NEXT_STATE;
	}
	return STATE_UNRESOLVED | NEXT_ABSORBING; /* over NAME_MAX: no Linux file system has such a name */
}

/* The offset of the inline name: a constant once the enforcer has resolved it. */
static __always_inline u32 inline_name_offset(void)
{
	if (FIELD_EXISTS(dentry, d_iname))
		return FIELD_OFFSET(dentry, d_iname);
	return FIELD_OFFSET(dentry___shortname, d_shortname);
}

/* The component that `dentry` names. */
static __noinline u32 step(u32 state, struct dentry *dentry)
{
	u32 length = dentry->d_name.len;
	const u64 *name = (const u64 *)((const char *)dentry + inline_name_offset());
	u32 key = state << KEY_STATE_SHIFT | length;
	u64 w0, w1 = 0, w2 = 0, w3 = 0;

	if (length >= INLINE_NAME)
		return step_text(state, (u64)dentry->d_name.name, length);
	w0 = name[0];
	if (length <= 8) {
		w0 = drop_garbage(w0, length);
	} else {
		w1 = name[1];
		if (length <= 16) {
			w1 = drop_garbage(w1, length - 8);
		} else {
			w2 = name[2];
			if (length <= 24) {
				w2 = drop_garbage(w2, length - 16);
			} else {
				w3 = drop_garbage(name[3], length - 24);
			}
		}
	}
	return edge_or_other(state, edge(key, w0, w1, w2, w3));
}

#endif
