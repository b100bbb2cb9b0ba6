/* SPDX-License-Identifier: Apache-2.0
 * A step of the test machine itself: a BPF program of somebody else's, for the enforcer to find.
 */
#include "guest.h"
#include <linux/bpf.h>
#include <linux/btf.h>

#define MAX_TYPES     (32u << 20)
#define SPECIAL_GROUP 4242
#define XDP_PASS_CODE 2

static s64 bpf(int command, union bpf_attr *attr)
{
	return SYS3(bpf, command, attr, sizeof(*attr));
}

/* ---- the kernel's types */

/* Bytes of what follows a type's record. */
static u32 tail_size(const struct btf_type *type)
{
	u32 count = BTF_INFO_VLEN(type->info);

	switch (BTF_INFO_KIND(type->info)) {
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return 4;
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
		return count * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
		return count * sizeof(struct btf_enum);
	case BTF_KIND_FUNC_PROTO:
		return count * sizeof(struct btf_param);
	case BTF_KIND_DATASEC:
		return count * sizeof(struct btf_var_secinfo);
	case BTF_KIND_ENUM64:
		return count * sizeof(struct btf_enum64);
	default:
		return 0;
	}
}

static const u8 *read_types(void)
{
	u8 *types = (u8 *)sys6(__NR_mmap, 0, MAX_TYPES, 3, 0x22, -1, 0);
	s64 fd = SYS3(open, "/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC, 0), n;

	for (u64 used = 0; (n = SYS3(read, fd, types + used, MAX_TYPES - used)) > 0;)
		used += (u64)n;
	SYS1(close, fd);
	return types;
}

/* Id of the function PREFIX NAME, or 0. */
static u32 find_function(const char *prefix, const char *name)
{
	const struct btf_header *header = (const void *)read_types();
	const u8 *at = (const u8 *)header + header->hdr_len + header->type_off, *end = at + header->type_len;
	const char *strings = (const char *)header + header->hdr_len + header->str_off;

	for (u32 id = 1; at < end; id++) {
		const struct btf_type *type = (const void *)at;
		const char *its_name = strings + type->name_off;

		if (BTF_INFO_KIND(type->info) == BTF_KIND_FUNC && starts_with(its_name, prefix) &&
		    equal(its_name + strlen(prefix), name))
			return id;
		at += sizeof(*type) + tail_size(type);
	}
	return 0;
}

/* ---- programs */

static s64 load(union bpf_attr *attr, const struct bpf_insn *insns, u32 count)
{
	attr->insns = (u64)insns;
	attr->insn_cnt = count;
	attr->license = (u64) "GPL";
	memcpy(attr->prog_name, "somebody_elses", 15);
	return bpf(BPF_PROG_LOAD, attr);
}

/* Returns `result` to tasks of one group, 0 to others. */
static s64 load_judge(u32 type, u32 attach_type, u32 target, s64 result)
{
	const struct bpf_insn insns[] = {
	    {.code = BPF_JMP | BPF_CALL, .imm = BPF_FUNC_get_current_uid_gid},
	    {.code = BPF_ALU64 | BPF_RSH | BPF_K, .imm = 32},
	    {.code = BPF_JMP | BPF_JEQ | BPF_K, .off = 2, .imm = SPECIAL_GROUP},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K},
	    {.code = BPF_JMP | BPF_EXIT},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = (int)result},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	union bpf_attr attr = {.prog_type = type, .expected_attach_type = attach_type, .attach_btf_id = target};

	return load(&attr, insns, ARRAY_SIZE(insns));
}

/* The types of `int main(struct xdp_md *ctx)`, and a program that it replaces by one alike. */
static s64 load_extension(void)
{
	static const struct {
		struct btf_header header;
		struct btf_type number;
		u32 number_data;
		struct btf_type context, pointer, prototype;
		struct btf_param parameter;
		struct btf_type function;
		char strings[24];
	} types = {
	    .header = {BTF_MAGIC, BTF_VERSION, 0, sizeof(struct btf_header), 0, 72, 72, 24},
	    .number = {1, BTF_KIND_INT << 24, {.size = 4}},
	    .number_data = BTF_INT_SIGNED << 24 | 32,
	    .context = {5, BTF_KIND_STRUCT << 24, {.size = 24}},
	    .pointer = {0, BTF_KIND_PTR << 24, {.type = 2}},
	    .prototype = {0, BTF_KIND_FUNC_PROTO << 24 | 1, {.type = 1}},
	    .parameter = {12, 3},
	    .function = {16, BTF_KIND_FUNC << 24 | BTF_FUNC_GLOBAL, {.type = 4}},
	    .strings = "\0int\0xdp_md\0ctx\0main",
	};
	static const struct bpf_insn insns[] = {
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = XDP_PASS_CODE},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	const struct bpf_func_info function = {.type_id = 5};
	union bpf_attr attr = {.btf = (u64)&types, .btf_size = sizeof(types)};
	s64 types_fd = bpf(BPF_BTF_LOAD, &attr), target;

	if (types_fd < 0)
		return types_fd;
	attr = (union bpf_attr){.prog_type = BPF_PROG_TYPE_XDP, .prog_btf_fd = (u32)types_fd};
	attr.func_info = (u64)&function;
	attr.func_info_cnt = 1;
	attr.func_info_rec_size = sizeof(function);
	target = load(&attr, insns, ARRAY_SIZE(insns));
	if (target < 0)
		return target;
	attr.prog_type = BPF_PROG_TYPE_EXT;
	attr.attach_prog_fd = (u32)target;
	attr.attach_btf_id = 5;
	return load(&attr, insns, ARRAY_SIZE(insns));
}

/* The types of `u64 function(u64, u64, u64)`, which has id 3, and of `u64 main(void)`, id 5. */
static s64 load_function_types(void)
{
	static const struct {
		struct btf_header header;
		struct btf_type number;
		u32 number_data;
		struct btf_type prototype;
		struct btf_param parameters[3];
		struct btf_type function, main_prototype, main;
		char strings[20];
	} types = {
	    .header = {BTF_MAGIC, BTF_VERSION, 0, sizeof(struct btf_header), 0, 88, 88, 20},
	    .number = {1, BTF_KIND_INT << 24, {.size = 8}},
	    .number_data = 64,
	    .prototype = {0, BTF_KIND_FUNC_PROTO << 24 | 3, {.type = 1}},
	    .parameters = {{1, 1}, {1, 1}, {1, 1}},
	    .function = {5, BTF_KIND_FUNC << 24 | BTF_FUNC_GLOBAL, {.type = 2}},
	    .main_prototype = {0, BTF_KIND_FUNC_PROTO << 24, {.type = 1}},
	    .main = {14, BTF_KIND_FUNC << 24 | BTF_FUNC_GLOBAL, {.type = 4}},
	    .strings = "\0u64\0function\0main",
	};
	union bpf_attr attr = {.btf = (u64)&types, .btf_size = sizeof(types)};

	return bpf(BPF_BTF_LOAD, &attr);
}

/* A program with a function of three numbers that anybody may replace. */
static s64 load_replaceable(s64 types)
{
	static const struct bpf_insn insns[] = {
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_1},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_2},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3},
	    {.code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_CALL, .imm = 2},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K},
	    {.code = BPF_JMP | BPF_EXIT},
	    {.code = BPF_ALU64 | BPF_MOV | BPF_X, .src_reg = BPF_REG_1},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	static const struct bpf_func_info functions[] = {{0, 5}, {6, 3}};
	union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_XDP, .prog_btf_fd = (u32)types};

	attr.func_info = (u64)functions;
	attr.func_info_cnt = ARRAY_SIZE(functions);
	attr.func_info_rec_size = sizeof(functions[0]);
	return load(&attr, insns, ARRAY_SIZE(insns));
}

/* A function that answers 1, in the place of the one whose type has that id in the types of `program`. */
static s64 load_replacement(s64 types, s64 program, u32 id)
{
	static const struct bpf_insn insns[] = {
	    {.code = BPF_ALU64 | BPF_MOV | BPF_K, .imm = 1},
	    {.code = BPF_JMP | BPF_EXIT},
	};
	static const struct bpf_func_info function = {0, 3};
	union bpf_attr attr = {.prog_type = BPF_PROG_TYPE_EXT, .prog_btf_fd = (u32)types};

	attr.func_info = (u64)&function;
	attr.func_info_cnt = 1;
	attr.func_info_rec_size = sizeof(function);
	attr.attach_prog_fd = (u32)program;
	attr.attach_btf_id = id;
	return load(&attr, insns, ARRAY_SIZE(insns));
}

#define TYPES_TRIED 32

/* 0: a function of the program can be replaced. */
static s64 replace_any_function(s64 types, s64 program)
{
	s64 r = -ENOENT;

	for (u32 id = 1; id < TYPES_TRIED; id++) {
		r = load_replacement(types, program, id);
		if (r < 0)
			continue;
		SYS1(close, r);
		return 0;
	}
	return r;
}

/* replace_function WHOSE: `theirs`, of a program made for it; `ours`, of every program of an enforcer, each of which
 * must have types. */
s64 step_replace_function(int count, char **words)
{
	s64 types = load_function_types(), r = -EINVAL;
	u32 start = 0;

	if (types < 0)
		return types;
	if (equal(words[1], "theirs"))
		return replace_any_function(types, load_replaceable(types));
	for (;;) {
		union bpf_attr attr = {.start_id = start};
		struct bpf_prog_info info = {0};
		s64 program;

		if (bpf(BPF_PROG_GET_NEXT_ID, &attr))
			return r;
		start = attr.next_id;
		attr = (union bpf_attr){.prog_id = start};
		program = bpf(BPF_PROG_GET_FD_BY_ID, &attr);
		attr = (union bpf_attr){.info = {.bpf_fd = (u32)program, .info_len = sizeof(info), .info = (u64)&info}};
		if (program < 0 || bpf(BPF_OBJ_GET_INFO_BY_FD, &attr))
			return -EBADF;
		if (starts_with(info.name, "stele_")) {
			r = info.btf_id ? replace_any_function(types, program) : -ENOENT;
			if (r != -EINVAL)
				return r;
		}
		SYS1(close, program);
	}
}

static s64 attach(s64 program, u32 attach_type)
{
	union bpf_attr attr = {.link_create = {.prog_fd = (u32)program, .attach_type = attach_type}};

	return program < 0 ? program : bpf(BPF_LINK_CREATE, &attr);
}

static s64 pin(s64 fd, const char *path)
{
	union bpf_attr attr = {.pathname = (u64)path, .bpf_fd = (u32)fd};

	return fd < 0 ? fd : bpf(BPF_OBJ_PIN, &attr);
}

/* attach_program PIN KIND FUNCTION RESULT */
s64 step_attach_program(int count, char **words)
{
	static const struct {
		const char *name, *prefix;
		u32 type, attach_type;
		int attached;
	} kinds[] = {
	    {"lsm", "bpf_lsm_", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, 1},
	    {"unattached_lsm", "bpf_lsm_", BPF_PROG_TYPE_LSM, BPF_LSM_MAC, 0},
	    {"modify_return", "", BPF_PROG_TYPE_TRACING, BPF_MODIFY_RETURN, 1},
	    {"fentry", "", BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, 1},
	};

	if (equal(words[2], "extension"))
		return pin(load_extension(), words[1]);
	for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
		s64 fd;

		if (!equal(words[2], kinds[i].name))
			continue;
		fd = load_judge(kinds[i].type, kinds[i].attach_type, find_function(kinds[i].prefix, words[3]),
				number(words[4]));
		return pin(kinds[i].attached ? attach(fd, kinds[i].attach_type) : fd, words[1]);
	}
	return -EINVAL;
}
