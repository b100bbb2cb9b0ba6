/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * The running kernel's types (/sys/kernel/btf/vmlinux), and CO-RE relocation against them.
 *
 * One pass over the types notes where each lies and chains the named ones by hash; a relocation then looks its root
 * type up by name and walks the path "a.b.#3.c" through members, anonymous ones included. A name may stand for several
 * types: all that hold the path must agree.
 *
 * Format: Documentation/bpf/btf.rst of the kernel.
 */
#include <linux/bpf.h>
#include <linux/btf.h>

#include "enforcer.h"

#define BUCKETS	      65536u
#define MAX_BTF	      (64u << 20)
#define MAX_NESTING   16
#define POINTER_SIZE  8
#define POISONED_CALL 0xbad2310
#define MAY_GOTO      0xe5 /* BPF_JMP | BPF_JCOND, younger than the headers that we build with */

static const u8 *types;	   /* section of types */
static const char *names;  /* section of strings */
static u32 *type_offset;   /* of each type in `types` */
static u32 *next_in_chain; /* type → next type with the same hash */
static u32 *first_in_chain;
static u32 type_count;

/* What follows a type's head. ~0u for a kind that this program does not know. */
static u32 extra_size(u32 kind, u32 vlen)
{
	switch (kind) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return 12;
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64:
		return 12 * vlen;
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return 8 * vlen;
	case BTF_KIND_PTR:
	case BTF_KIND_FWD:
	case BTF_KIND_TYPEDEF:
	case BTF_KIND_VOLATILE:
	case BTF_KIND_CONST:
	case BTF_KIND_RESTRICT:
	case BTF_KIND_FUNC:
	case BTF_KIND_FLOAT:
	case BTF_KIND_TYPE_TAG:
		return 0;
	}
	return ~0u;
}

static const struct btf_type *type_at(u32 id)
{
	return (const void *)(types + type_offset[id]);
}

static u32 kind_of(u32 id)
{
	return BTF_INFO_KIND(type_at(id)->info);
}

static u32 hash_name(const char *name, size_t length)
{
	u32 hash = 2166136261u;

	while (length--)
		hash = (hash ^ (u8)*name++) * 16777619u;
	return (hash ^ hash >> 16) % BUCKETS;
}

static int unreadable(const char *why)
{
	return problem(STELE_EXIT_KERNEL, "use a kernel with CONFIG_DEBUG_INFO_BTF=y, and mount sysfs on /sys",
		       "/sys/kernel/btf/vmlinux: %s", why);
}

static int index_types(u32 length)
{
	u32 offset = 0, id = 1;

	type_offset = map_pages((length / sizeof(struct btf_type) + 2) * sizeof(u32));
	next_in_chain = map_pages((length / sizeof(struct btf_type) + 2) * sizeof(u32));
	first_in_chain = map_pages(BUCKETS * sizeof(u32));
	for (; offset + sizeof(struct btf_type) <= length; id++) {
		const struct btf_type *type = (const void *)(types + offset);
		const char *name = names + type->name_off;
		u32 extra = extra_size(BTF_INFO_KIND(type->info), BTF_INFO_VLEN(type->info));

		if (extra == ~0u)
			return unreadable("holds a kind of type that this enforcer does not know");
		type_offset[id] = offset;
		if (*name) {
			u32 *first = &first_in_chain[hash_name(name, string_length(name))];

			next_in_chain[id] = *first;
			*first = id;
		}
		offset += sizeof(*type) + extra;
	}
	type_count = id;
	return 0;
}

int open_kernel_types(void)
{
	const struct btf_header *header;
	u8 *bytes = map_pages(MAX_BTF);
	long size = read_file("/sys/kernel/btf/vmlinux", (char *)bytes, MAX_BTF);

	if (size < 0)
		return unreadable(errno_name(size));
	header = (const void *)bytes;
	if ((size_t)size < sizeof(*header) || header->magic != BTF_MAGIC ||
	    (u64)header->hdr_len + header->type_off + header->type_len > (u64)size ||
	    (u64)header->hdr_len + header->str_off + header->str_len > (u64)size)
		return unreadable("is not BTF");
	types = bytes + header->hdr_len + header->type_off;
	names = (const char *)bytes + header->hdr_len + header->str_off;
	return index_types(header->type_len);
}

static int name_is(u32 offset, const char *name, size_t length)
{
	const char *s = names + offset;
	size_t i = 0;

	while (i < length && s[i] == name[i])
		i++;
	return i == length && !s[i];
}

u32 find_function(const char *prefix, const char *name)
{
	char full[64];
	size_t length = string_length(prefix);

	string_copy(full, sizeof(full), prefix);
	string_copy(full + length, sizeof(full) - length, name);
	length = string_length(full);
	for (u32 id = first_in_chain[hash_name(full, length)]; id; id = next_in_chain[id])
		if (kind_of(id) == BTF_KIND_FUNC && name_is(type_at(id)->name_off, full, length))
			return id;
	return 0;
}

static u32 argument_count(u32 function)
{
	return function ? BTF_INFO_VLEN(type_at(type_at(function)->type)->info) : 0;
}

/* Behind typedefs and qualifiers. */
static u32 strip(u32 id)
{
	for (;;) {
		switch (kind_of(id)) {
		case BTF_KIND_TYPEDEF:
		case BTF_KIND_VOLATILE:
		case BTF_KIND_CONST:
		case BTF_KIND_RESTRICT:
		case BTF_KIND_TYPE_TAG:
			id = type_at(id)->type;
			continue;
		}
		return id;
	}
}

static s64 size_of(u32 id)
{
	s64 count = 1;

	for (id = strip(id); kind_of(id) == BTF_KIND_ARRAY;) {
		const struct btf_array *array = (const void *)(type_at(id) + 1);

		count *= array->nelems;
		id = strip(array->type);
	}
	return count * (kind_of(id) == BTF_KIND_PTR ? POINTER_SIZE : type_at(id)->size);
}

static int is_record(u32 id)
{
	return kind_of(id) == BTF_KIND_STRUCT || kind_of(id) == BTF_KIND_UNION;
}

/* Finds a member, through anonymous ones. Returns its offset in bits or -1; a bit-field counts as missing. */
static s64 find_member(u32 record, const char *name, size_t length, u32 *ret_type, int depth)
{
	const struct btf_type *type = type_at(record);
	const struct btf_member *member = (const void *)(type + 1);

	for (u32 i = 0; i < BTF_INFO_VLEN(type->info); i++, member++) {
		int flagged = BTF_INFO_KFLAG(type->info);
		s64 offset = flagged ? BTF_MEMBER_BIT_OFFSET(member->offset) : member->offset;

		if (names[member->name_off]) {
			if (!name_is(member->name_off, name, length))
				continue;
			if (flagged && BTF_MEMBER_BITFIELD_SIZE(member->offset))
				return -1;
			*ret_type = member->type;
			return offset;
		}
		if (depth < MAX_NESTING && is_record(strip(member->type))) {
			s64 inner = find_member(strip(member->type), name, length, ret_type, depth + 1);

			if (inner >= 0)
				return offset + inner;
		}
	}
	return -1;
}

struct field {
	u32 type;
	s64 offset; /* bytes */
};

/* Follows "a.b.#3" from a type. Returns 1, or 0 when it has no such field. */
static int find_field(u32 root, const char *path, struct field *ret)
{
	struct field field = {strip(root), 0};

	while (*path) {
		size_t length = 0;
		u32 id = strip(field.type);

		while (path[length] && path[length] != '.')
			length++;
		if (*path == '#') {
			const struct btf_array *array = (const void *)(type_at(id) + 1);
			const char *digits = path + 1;
			u32 index = parse_number(&digits);

			if (kind_of(id) != BTF_KIND_ARRAY)
				return 0;
			field.type = array->type;
			field.offset += index * size_of(array->type);
		} else {
			s64 bits = is_record(id) ? find_member(id, path, length, &field.type, 0) : -1;

			if (bits < 0 || bits % 8)
				return 0;
			field.offset += bits / 8;
		}
		path += length + (path[length] == '.');
	}
	*ret = field;
	return 1;
}

static int find_enumerator(u32 id, const char *name, s64 *ret_value)
{
	const struct btf_type *type = type_at(id);
	size_t length = string_length(name);

	for (u32 i = 0; i < BTF_INFO_VLEN(type->info); i++) {
		if (kind_of(id) == BTF_KIND_ENUM) {
			const struct btf_enum *entry = (const struct btf_enum *)(type + 1) + i;

			*ret_value = BTF_INFO_KFLAG(type->info) ? entry->val : (s64)(u32)entry->val;
			if (name_is(entry->name_off, name, length))
				return 1;
		} else {
			const struct btf_enum64 *entry = (const struct btf_enum64 *)(type + 1) + i;

			*ret_value = (s64)((u64)entry->val_hi32 << 32 | entry->val_lo32);
			if (name_is(entry->name_off, name, length))
				return 1;
		}
	}
	return 0;
}

static int kind_has(u32 id, u32 reloc_kind)
{
	u32 kind = kind_of(strip(id));

	if (kind_of(id) == BTF_KIND_FUNC || kind_of(id) == BTF_KIND_VAR || kind == BTF_KIND_FWD)
		return 0;
	if (reloc_kind == STELE_RELOC_ENUM_EXISTS || reloc_kind == STELE_RELOC_ENUM_VALUE)
		return kind == BTF_KIND_ENUM || kind == BTF_KIND_ENUM64;
	if (reloc_kind == STELE_RELOC_TYPE_EXISTS || reloc_kind == STELE_RELOC_TYPE_SIZE)
		return 1;
	return kind == BTF_KIND_STRUCT || kind == BTF_KIND_UNION;
}

/* What a relocation asks for, answered by one candidate type. */
struct answer {
	int found;
	s64 value;
	s64 size; /* of the field */
};

static struct answer ask(u32 id, u32 kind, const char *rest)
{
	struct answer answer = {0};
	struct field field;

	if (kind == STELE_RELOC_ENUM_EXISTS || kind == STELE_RELOC_ENUM_VALUE) {
		answer.found = find_enumerator(strip(id), rest, &answer.value);
		return answer;
	}
	if (kind == STELE_RELOC_TYPE_ID) {
		answer.found = 1;
		answer.value = id;
		return answer;
	}
	if (!find_field(id, rest, &field))
		return answer;
	answer.found = 1;
	answer.size = size_of(field.type);
	answer.value = kind == STELE_RELOC_FIELD_OFFSET ? field.offset : answer.size;
	return answer;
}

/* Returns 0 when all candidates that have the field agree (or none has it), else -1. */
static int resolve(const char *path, u32 kind, struct answer *ret)
{
	struct answer agreed = {0};
	size_t length = 0;

	while (path[length] && path[length] != ':')
		length++;
	for (u32 id = first_in_chain[hash_name(path, length)]; id; id = next_in_chain[id]) {
		struct answer answer;

		if (!name_is(type_at(id)->name_off, path, length) || !kind_has(id, kind))
			continue;
		answer = ask(id, kind, path + length + (path[length] == ':'));
		if (!answer.found)
			continue;
		if (agreed.found && (agreed.value != answer.value || agreed.size != answer.size))
			return -1;
		agreed = answer;
	}
	*ret = agreed;
	return 0;
}

static int is_existence(u32 kind)
{
	return kind == STELE_RELOC_FIELD_EXISTS || kind == STELE_RELOC_TYPE_EXISTS || kind == STELE_RELOC_ENUM_EXISTS;
}

static void poison(struct bpf_insn *insn)
{
	u32 count = insn->code == (BPF_LD | BPF_IMM | BPF_DW) ? 2 : 1;

	for (u32 i = 0; i < count; i++)
		insn[i] = (struct bpf_insn){.code = BPF_JMP | BPF_CALL, .imm = POISONED_CALL};
}

/* A call of a function of the kernel, whether it has one of that name, or what is done only where it has. */
static void relocate_function_of_kernel(struct bpf_insn *insn, u32 id)
{
	if (insn->code == (BPF_ALU | BPF_END | BPF_TO_LE)) {
		if (!id)
			*insn = (struct bpf_insn){.code = BPF_JMP | BPF_JA};
		return;
	}
	if (insn->code != (BPF_JMP | BPF_CALL)) {
		insn->imm = id != 0;
		return;
	}
	insn->imm = id ? id : POISONED_CALL;
	insn->src_reg = id ? BPF_PSEUDO_KFUNC_CALL : 0;
}

static int is_memory_access(const struct bpf_insn *insn)
{
	u32 class = BPF_CLASS(insn->code);

	return class == BPF_LDX || class == BPF_ST || class == BPF_STX;
}

static void patch(struct bpf_insn *insn, s64 value)
{
	if (is_memory_access(insn)) {
		insn->off = value;
		return;
	}
	insn->imm = value;
	if (insn->code == (BPF_LD | BPF_IMM | BPF_DW))
		insn[1].imm = value >> 32;
}

int relocate(const char *program, struct bpf_insn *insn, const struct stele_plan_reloc *reloc)
{
	static const char help[] = "build the policy for this kernel, or boot a kernel of its target";
	const char *path = plan_at(reloc->path);
	struct answer answer;

	if (reloc->kind == STELE_RELOC_FUNCTION) {
		relocate_function_of_kernel(insn, find_function("", path));
		return 0;
	}
	if (reloc->kind == STELE_RELOC_ARGUMENTS) {
		insn->imm = argument_count(find_function("bpf_lsm_", path));
		return 0;
	}
	if (reloc->kind >= STELE_RELOC_HAS_PARTS) {
		insn->imm = reloc->kind == STELE_RELOC_HAS_PARTS    ? has_parts
			    : reloc->kind == STELE_RELOC_LONG_PARTS ? long_parts
			    : reloc->kind == STELE_RELOC_HAS_LAYERS ? has_layers
								    : has_linked;
		return 0;
	}
	if (resolve(path, reloc->kind, &answer))
		return problem(STELE_EXIT_KERNEL, help, "program %s: this kernel has several `%s` that differ", program,
			       path);
	if (insn->code == MAY_GOTO) {
		if (!answer.found)
			*insn = (struct bpf_insn){.code = BPF_JMP | BPF_JA};
		return 0;
	}
	if (is_existence(reloc->kind)) {
		patch(insn, answer.found);
		return 0;
	}
	if (!answer.found) {
		poison(insn);
		return 0;
	}
	if (reloc->size && reloc->size != answer.size)
		return problem(STELE_EXIT_KERNEL, help, "program %s: `%s` has %lld bytes in this kernel, not %u",
			       program, path, answer.size, reloc->size);
	if (is_memory_access(insn) && answer.value != (short)answer.value)
		return problem(STELE_EXIT_KERNEL, help, "program %s: `%s` lies too far into its structure", program,
			       path);
	patch(insn, answer.value);
	return 0;
}
