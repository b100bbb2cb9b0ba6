/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Unpacks the enforcer's data: its own constants and the plan (struct stele_packed of runtime/abi.h), one raw LZMA1
 * stream that the linker (compiler/pack) appended. Until that is done no constant can be used, not even a string: what
 * is said here lies in the section .early. A cut file is mapped as far as its size promises and answers with SIGBUS.
 *
 * Every step of the decoder writes at least one byte of an output whose size is known, reads nothing behind the input
 * and refers only to what it has written: any input ends, with an answer. The checksum judges the answer.
 *
 * Format: LZMA specification (Igor Pavlov, 2015).
 */
#include <linux/elf.h>

#include "enforcer.h"

#define STATES	       12
#define POSITIONS      (1 << STELE_LZMA_PB)
#define FIRST_MATCH    7 /* states from here on: the last packet was no literal */
#define MIN_MATCH      2
#define LITERALS       0x300
#define DISTANCE_SLOTS 64
#define FIRST_CONTEXT  4  /* slots from here on have further bits */
#define FIRST_DIRECT   14 /* slots from here on have bits without a model */
#define ALIGN_BITS     4
#define HALF	       1024 /* of a probability of 11 bits */
#define LEARNING       5
#define TOP	       (1u << 24)

typedef u16 probability;

struct length_model {
	probability is_long, is_longer;
	probability short_tree[POSITIONS][8];
	probability long_tree[POSITIONS][8];
	probability longer_tree[256];
};

static struct {
	probability is_match[STATES][POSITIONS];
	probability is_repeat[STATES];
	probability is_repeat1[STATES]; /* of an older distance than the newest, */
	probability is_repeat2[STATES]; /* than the second, */
	probability is_repeat3[STATES]; /* than the third */
	probability is_long_repeat[STATES][POSITIONS];
	struct length_model match_length, repeat_length;
	probability slot_tree[4][DISTANCE_SLOTS];
	probability context_trees[1 + 128 - FIRST_DIRECT];
	probability align_tree[1 << ALIGN_BITS];
	probability literal_tree[1 << (STELE_LZMA_LC + STELE_LZMA_LP)][LITERALS];
} model;

static struct {
	const u8 *next, *end;
	u32 range, code;
} input;

static void normalise(void)
{
	if (input.range >= TOP)
		return;
	input.range <<= 8;
	input.code = input.code << 8 | (input.next < input.end ? *input.next++ : 0);
}

static u32 decode_bit(probability *p)
{
	u32 bound = (input.range >> 11) * *p, bit = input.code >= bound;

	if (bit) {
		input.range -= bound;
		input.code -= bound;
		*p -= *p >> LEARNING;
	} else {
		input.range = bound;
		*p += (2 * HALF - *p) >> LEARNING;
	}
	normalise();
	return bit;
}

static u32 decode_tree(probability *tree, u32 bits)
{
	u32 node = 1;

	for (u32 i = 0; i < bits; i++)
		node = node << 1 | decode_bit(&tree[node]);
	return node - (1u << bits);
}

/* Lowest bit first. */
static u32 decode_reverse(probability *tree, u32 bits)
{
	u32 node = 1, value = 0;

	for (u32 i = 0; i < bits; i++) {
		u32 bit = decode_bit(&tree[node]);

		node = node << 1 | bit;
		value |= bit << i;
	}
	return value;
}

static u32 decode_direct(u32 bits)
{
	u32 value = 0;

	while (bits--) {
		u32 bit;

		input.range >>= 1;
		bit = input.code >= input.range;
		if (bit)
			input.code -= input.range;
		value = value << 1 | bit;
		normalise();
	}
	return value;
}

static u32 decode_length(struct length_model *lengths, u32 position)
{
	if (!decode_bit(&lengths->is_long))
		return MIN_MATCH + decode_tree(lengths->short_tree[position], 3);
	if (!decode_bit(&lengths->is_longer))
		return MIN_MATCH + 8 + decode_tree(lengths->long_tree[position], 3);
	return MIN_MATCH + 16 + decode_tree(lengths->longer_tree, 8);
}

/* Bytes back from the one before, so 0 is the newest. */
static u32 decode_distance(u32 length)
{
	u32 context = length - MIN_MATCH < 3 ? length - MIN_MATCH : 3;
	u32 slot = decode_tree(model.slot_tree[context], 6), bits = (slot >> 1) - 1, base;

	if (slot < FIRST_CONTEXT)
		return slot;
	base = (2 | (slot & 1)) << bits;
	if (slot < FIRST_DIRECT)
		return base + decode_reverse(model.context_trees + base - slot, bits);
	base += decode_direct(bits - ALIGN_BITS) << ALIGN_BITS;
	return base + decode_reverse(model.align_tree, ALIGN_BITS);
}

/* After a match, the byte that would have continued it predicts. */
static u8 decode_literal(probability *tree, u32 predicted, u32 after_match)
{
	u32 node = 1;

	while (node < 0x100) {
		u32 wanted = (predicted <<= 1) & 0x100;
		u32 bit = decode_bit(&tree[after_match ? node + 0x100 + wanted : node]);

		node = node << 1 | bit;
		after_match &= bit == wanted >> 8;
	}
	return node;
}

/* Which of the last four distances a repeat means. */
static u32 decode_repeat(u32 state)
{
	if (!decode_bit(&model.is_repeat1[state]))
		return 0;
	if (!decode_bit(&model.is_repeat2[state]))
		return 1;
	return 2 + decode_bit(&model.is_repeat3[state]);
}

/* Returns 0, or -1 when the stream refers to what is not there or does not end where it should. */
static int decode(u8 *out, u32 size)
{
	u32 distances[4] = {0}, state = 0, at = 0;

	while (at < size) {
		u32 position = at % POSITIONS, after_match = state >= FIRST_MATCH, which = 3, distance, length;

		if (!decode_bit(&model.is_match[state][position])) {
			u32 before = at ? out[at - 1] : 0, predicted = after_match ? out[at - distances[0] - 1] : 0;
			u32 context = at % (1 << STELE_LZMA_LP) << STELE_LZMA_LC | before >> (8 - STELE_LZMA_LC);

			out[at++] = decode_literal(model.literal_tree[context], predicted, after_match);
			state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
			continue;
		}
		if (!decode_bit(&model.is_repeat[state])) {
			length = decode_length(&model.match_length, position);
			distance = decode_distance(length);
			state = after_match ? 10 : 7;
		} else {
			which = decode_repeat(state);
			distance = distances[which];
			if (!which && !decode_bit(&model.is_long_repeat[state][position])) {
				length = 1;
				state = after_match ? 11 : 9;
			} else {
				length = decode_length(&model.repeat_length, position);
				state = after_match ? 11 : 8;
			}
		}
		for (; which; which--)
			distances[which] = distances[which - 1];
		distances[0] = distance;
		if (distance >= at || length > size - at)
			return -1;
		for (; length; length--, at++)
			out[at] = out[at - distance - 1];
	}
	return input.next == input.end && !input.code ? 0 : -1;
}

static int unpack_stream(const u8 *stream, u32 stream_size, u8 *out, u32 size)
{
	probability *every = (probability *)&model;

	for (u32 i = 0; i < sizeof(model) / sizeof(*every); i++)
		every[i] = HALF;
	input.next = stream;
	input.end = stream + stream_size;
	input.range = ~0u;
	for (u32 i = 0; i < 5 && input.next < input.end; i++)
		input.code = input.code << 8 | *input.next++;
	return *stream ? -1 : decode(out, size); /* the first byte is 0 */
}

/* ---- */

extern const Elf64_Ehdr stele_elf_header; /* linker script */

static const char damaged_text[] __attribute__((section(".early"), aligned(1))) =
    "stele: the enforcer is damaged\nhelp: build or copy it again\n";

struct kernel_sigaction {
	void (*handler)(int);
	u64 flags;
	void (*restorer)(void);
	u64 mask;
};

NORETURN static void damaged(int ignored)
{
	(void)ignored;
	sys(write, 2, damaged_text, sizeof(damaged_text) - 1);
	quit(STELE_EXIT_DAMAGED);
}

static u64 checksum(const u8 *bytes, size_t n)
{
	u64 sum = 0xcbf29ce484222325ull;

	while (n--)
		sum = (sum ^ *bytes++) * 0x100000001b3ull;
	return sum;
}

static void unpack_segment(const struct stele_packed *packed, u64 size)
{
	u8 *data = (u8 *)STELE_DATA_ADDRESS;
	u32 data_size = packed->constants_size + packed->plan_size;

	if (size < sizeof(*packed) || packed->magic != STELE_PACKED_MAGIC || packed->abi != STELE_ABI_VERSION ||
	    packed->packed_size != size - sizeof(*packed) || packed->constants_size > STELE_MAX_PLAN ||
	    packed->plan_size > STELE_MAX_PLAN)
		damaged(0);
	if (sys(mmap, data, data_size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS_PRIVATE | MAP_FIXED_NOREPLACE, -1, 0) !=
	    STELE_DATA_ADDRESS)
		damaged(0);
	if (unpack_stream((const u8 *)(packed + 1), packed->packed_size, data, data_size) ||
	    checksum(data, data_size) != packed->checksum)
		damaged(0);
	sys(mprotect, data, data_size, PROT_READ);
	plan = (const void *)(data + packed->constants_size);
}

void unpack(void)
{
	const Elf64_Phdr *segment = (const void *)((const u8 *)&stele_elf_header + stele_elf_header.e_phoff);
	struct kernel_sigaction action = {.handler = damaged, .flags = SA_RESTORER};

	sys(rt_sigaction, SIGBUS, &action, 0, sizeof(u64));
	for (u32 i = 0; i < stele_elf_header.e_phnum; i++, segment++)
		if (segment->p_type == PT_LOAD && segment->p_vaddr / STELE_PAGE == STELE_PACKED_ADDRESS / STELE_PAGE) {
			unpack_segment((const void *)segment->p_vaddr, segment->p_filesz);
			return;
		}
	damaged(0);
}
