/* SPDX-License-Identifier: Apache-2.0
 *
 * An attack is one function that runs in a directory of its own, /arena/NAME, with `secret` (nobody reads it),
 * `kept` (nobody changes it), `vault/` (nothing in it is read or changed), `banned` (a program nobody runs) and `free`.
 * It leaves what it read in `got`; whether `kept` changed or `banned` ran, the runner sees by itself.
 */
#ifndef ATTACK_H
#define ATTACK_H

#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ATTACK(name, ...) void attack_##name(void);
#include "attacks.def"
#undef ATTACK

extern char *got; /* shared with the runner, 4096 bytes */

void take(int fd);		  /* reads `fd` into `got` */
void take_path(const char *path); /* opens and reads */
void own_namespaces(void);	  /* user and mount namespaces, root in them, nothing shared */

#endif
