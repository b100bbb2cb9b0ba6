/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Triggers of the class `process`: see enforcer.h.
 */
#include <linux/prctl.h>

#include "enforcer.h"

/* Asks for no more than to look at the parent. */
void trigger_ptrace_access_check(void)
{
	u64 head, length;

	sys(get_robust_list, sys0(getppid), &head, &length);
}

/* Reads a flag of the task. */
void trigger_task_prctl(void)
{
	sys(prctl, PR_GET_DUMPABLE, 0, 0, 0, 0);
}
