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

/* Its code is there to run then. */
static void say_ran(const void *code)
{
	if (code != MAP_FAILED)
		write(STDOUT_FILENO, "ran", 3);
}

void attack_exec_mapped(void)
{
	say_ran(mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, open("banned", O_RDONLY), 0));
}

void attack_exec_mprotect(void)
{
	void *code = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, open("banned", O_RDONLY), 0);

	say_ran(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0 ? code : MAP_FAILED);
}

void attack_exec_pkey(void)
{
	void *code = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, open("banned", O_RDONLY), 0);

	say_ran(syscall(SYS_pkey_mprotect, code, 4096, PROT_READ | PROT_EXEC, -1) == 0 ? code : MAP_FAILED);
}

void attack_exec_vfork(void)
{
	if (vfork() == 0) {
		execve("banned", words, none);
		_exit(1);
	}
	wait(NULL);
}

/* The file is not read: the parent looks at the program that it became. */
void attack_exec_sealed(void)
{
	struct iovec here = {got, 64}, there = {(void *)(unsigned long)secret_in_memory, 64};
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execl("sealed", "sealed", NULL);
		_exit(1);
	}
	if (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status))
		process_vm_readv(pid, &here, 1, &there, 1, 0);
}

void attack_exec_sealed_read(void)
{
	take_path("sealed");
	memcpy(got, secret_in_memory, got[0] == 0x7f ? 64 : 0);
}
