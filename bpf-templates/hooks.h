/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* One program for each LSM hook that the policy needs, a file for each class of operations. */
#ifndef STELE_HOOKS_H
#define STELE_HOOKS_H

#include "hook.h"

#include "file.h"
#include "exec.h"
#include "mount.h"
#include "process.h"

/* None is forgotten. */
#define HAS_PROGRAM(name) _Static_assert(sizeof(&stele_##name), "a hook in use has its program in its room");
HOOKS_IN_USE(HAS_PROGRAM)

#endif
