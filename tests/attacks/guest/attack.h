/* SPDX-License-Identifier: Apache-2.0
 *
 * An attack is one function that runs in a directory of its own, /arena/NAME. There are
 *
 *   secret, vault/in, late/in    nobody reads them; `late` is a file system that is mounted after the start
 *   early/secret                 nobody reads it; `early` is one that is mounted before
 *   kept, early/kept, stock/in   nobody changes them, nor makes anything else in `stock` or `early/shelf`
 *   new, shelf/new               nobody makes them; `shelf` is not there either
 *   banned                       a program nobody runs
 *   sealed                       a program that is run, but not read
 *   kept_for                     nobody reads it but the executable /sbin/keeper
 *   DOWN stormed/in              nobody reads it but the executable DOWN keeper, and no event says so
 *   apart, apart_by_group        not read by user and group 1000
 *   DOWN page                    user 1002 reads nothing else of the arena but `kept_for`, and no event says so
 *   free, room/                  anybody's
 *
 * It leaves what it read in `got`, or says it on its standard output, as the program does that it may bring along
 * (bring_program). Whether something was changed, made or run, the runner sees by itself.
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
#include <sys/un.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#define ATTACK(name, ...) void attack_##name(void);
#include "attacks.def"
#undef ATTACK

/* A long walk. */
#define LONG "down_where_a_name_is_read_in_pieces"
#define DOWN LONG "/" LONG "/" LONG "/"

extern char *got;			   /* shared with the runner, 4096 bytes */
extern const void *const secret_in_memory; /* of every copy of this program: it is not position independent */

void take(int fd);		  /* reads `fd` into `got` */
void take_path(const char *path); /* opens and reads */
void own_namespaces(void);	  /* user and mount namespaces, root in them, nothing shared */
void own_mounts(void);		  /* for root: a mount namespace, nothing shared */

void bring_program(const char *path);		    /* one's own, which is there under that name then */
void run_it(const char *path, const char *to_show); /* executes it to show that file */
int insist(const char *path);			    /* opens it, again and again until that succeeds */

#endif
