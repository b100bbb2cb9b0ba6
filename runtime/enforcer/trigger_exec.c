/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Triggers of the class `exec`: see enforcer.h.
 */
#include "enforcer.h"

static char page[4096] __attribute__((aligned(4096)));

void trigger_mmap_file(void)
{
	sys(mmap, 0, sizeof(page), PROT_READ | PROT_EXEC, MAP_ANONYMOUS_PRIVATE, -1, 0);
}

void trigger_file_mprotect(void)
{
	sys(mprotect, page, sizeof(page), PROT_READ | PROT_EXEC);
}

/* Not a program: the kernel says ENOEXEC, and asks for no module because the text is printable. */
void trigger_bprm_check_security(void)
{
	static const char *const empty[] = {0};

	sys(execve, "not_a_program", empty, empty);
}
