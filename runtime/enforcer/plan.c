/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * The plan, and the names that follow from it. Its offsets were checked when it was packed (compiler/pack) and its
 * checksum when it was unpacked: they are not checked again.
 */
#include "enforcer.h"

const struct stele_plan *plan;

const char *hook_name(u32 hook)
{
	static const char *const names[] = {
#define STELE_HOOK(room, name, arguments, since, before, attach, object, operations, sees) #name,
#include "../hooks.def"
#undef STELE_HOOK
	};

	return hook < ARRAY_SIZE(names) ? names[hook] : "?";
}

int attaches_last(u32 hook)
{
	enum { any, last };
	static const u8 order[] = {
#define STELE_HOOK(room, name, arguments, since, before, attach, object, operations, sees) attach,
#include "../hooks.def"
#undef STELE_HOOK
	};

	return hook < ARRAY_SIZE(order) && order[hook] == last;
}

const char *pin_directory(void)
{
	static char path[sizeof(STELE_PIN_PREFIX) + 48] = STELE_PIN_PREFIX;

	string_copy(path + sizeof(STELE_PIN_PREFIX) - 1, 49, plan_at(plan->policy_name));
	return path;
}

const char *pin_path(const char *name)
{
	static char path[128];
	size_t length;

	string_copy(path, sizeof(path), pin_directory());
	length = string_length(path);
	path[length++] = '/';
	string_copy(path + length, sizeof(path) - length, name);
	return path;
}

const char *plan_mark(void)
{
	static char mark[] = "plan_0000000000000000";

	for (u32 i = 0; i < 16; i++)
		mark[5 + i] = "0123456789abcdef"[plan->checksum >> (60 - 4 * i) & 15];
	return mark;
}
