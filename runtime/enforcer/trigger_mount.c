/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Triggers of the class `mount`: see enforcer.h.
 */
#include "enforcer.h"

/* None of these is at a mount's root: refused after the hook. */
void trigger_sb_mount(void)
{
	sys(mount, 0, "directory", 0, MS_REMOUNT | MS_BIND, 0);
}

void trigger_move_mount(void)
{
	sys(move_mount, AT_FDCWD, "directory", AT_FDCWD, "directory", 0);
}

void trigger_sb_pivotroot(void)
{
	sys(pivot_root, "directory", "directory");
}
