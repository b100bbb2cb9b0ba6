/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Triggers of the class `process`: see enforcer.h.
 */
#include "enforcer.h"

/* Asks for no more than to look at the parent. */
void trigger_ptrace_access_check(void)
{
	u64 head, length;

	sys(get_robust_list, sys0(getppid), &head, &length);
}
