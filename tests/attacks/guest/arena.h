/* SPDX-License-Identifier: Apache-2.0
 *
 * What an attack is, and the directory that it runs in.
 */
#ifndef ARENA_H
#define ARENA_H

#include <sys/stat.h>

enum who { USER, ROOT };
enum gain { SECRET, VAULT, LATE, EARLY, SEALED, KEPT, EARLY_KEPT, STOCK, MADE, BANNED };

/* An outcome is the first kernel (major * 100 + minor) on which the attack is held. */
enum outcome { HELD = 0, OPEN = 9999 };
#define HELD_FROM(kernel) (kernel)

struct attack {
	const char *name, *text;
	enum who who;
	int kernel; /* the first one on which it works */
	enum gain gain;
	int held_from;
	const char *why;
	void (*run)(void);
};

void copy(const char *from, const char *to);
void put(const char *path, const char *text);

void put_secrets_of_the_kernel(void);
void make_arena(const struct attack *a); /* and what of other attacks is left outside of theirs, as it was */
void make_late(const struct attack *a);	 /* what is mounted after the start */
void clean_up(const struct attack *a);	 /* mounts that it left */

/* `before` is what look_at_arena() saw; `said` is what the attack wrote to its standard output. */
void look_at_arena(const struct attack *a, struct stat *ret_before);
int got_through(const struct attack *a, const struct stat *before, const char *said);

#endif
