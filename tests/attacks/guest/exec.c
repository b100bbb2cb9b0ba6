/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways to run a program.
 */
#include "attack.h"

static char *words[] = {"banned", NULL}, *none[] = {NULL};

void attack_exec_plain(void)
{
	execve("banned", words, none);
}

void attack_exec_fd(void)
{
	fexecve(open("banned", O_RDONLY), words, none);
}

void attack_exec_o_path(void)
{
	syscall(SYS_execveat, open("banned", O_PATH), "", words, none, AT_EMPTY_PATH);
}

void attack_exec_link(void)
{
	link("banned", "other");
	execve("other", words, none);
}

void attack_exec_renamed(void)
{
	rename("banned", "other");
	execve("other", words, none);
}

void attack_exec_bind_user(void)
{
	own_namespaces();
	mount(".", "room", NULL, MS_BIND | MS_REC, NULL);
	execve("room/banned", words, none);
}

void attack_exec_interpreter(void)
{
	int fd = open("script", O_WRONLY | O_CREAT, 0755);

	write(fd, "#!banned\n", 9);
	close(fd);
	execve("./script", words, none);
}

static void copy_to(int fd)
{
	sendfile(fd, open("banned", O_RDONLY), NULL, 1 << 24);
}

void attack_exec_copy(void)
{
	int fd = open("other", O_WRONLY | O_CREAT, 0755);

	copy_to(fd);
	close(fd);
	execve("other", words, none);
}

void attack_exec_memfd(void)
{
	int fd = memfd_create("copy", 0);

	copy_to(fd);
	fexecve(fd, words, none);
}
