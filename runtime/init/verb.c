/* SPDX-License-Identifier: Apache-2.0
 * The steps by their names.
 */
#include "guest.h"

enum asks { nothing, no_file, path, kept, helper };

static const struct verb verbs[] = {
#define STELE_VERB(room, name, min_arguments, max_arguments, asks, names)                                              \
	{#name, step_##name, min_arguments, asks == helper},
#include "verb.def"
};

const struct verb *find_verb(const char *name)
{
	for (u32 i = 0; i < ARRAY_SIZE(verbs); i++)
		if (equal(verbs[i].name, name))
			return &verbs[i];
	return 0;
}
