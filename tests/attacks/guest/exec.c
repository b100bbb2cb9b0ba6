/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways to run a program.
 */
#include "attack.h"
#include <elf.h>
#include <stddef.h>

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

/* A program whose interpreter, in the place of the dynamic loader, is `banned`. It brings what a static program looks
 * for in its headers: how much memory its threads want. */
void attack_exec_as_loader(void)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr parts[3];
		char interpreter[8];
	} program = {.parts = {{.p_type = PT_INTERP, .p_filesz = sizeof("banned"), .p_memsz = sizeof("banned")},
			       {.p_type = PT_LOAD,
				.p_flags = PF_R,
				.p_vaddr = 0x20000000,
				.p_filesz = sizeof(program),
				.p_memsz = sizeof(program),
				.p_align = 4096}},
		     .interpreter = "banned"};
	Elf64_Phdr part;
	int in = open("banned", O_RDONLY), out = open("other", O_WRONLY | O_CREAT, 0755);

	read(in, &program.head, sizeof(program.head));
	while (read(in, &part, sizeof(part)) == sizeof(part) && part.p_type != PT_TLS)
		;
	program.parts[2] = part;
	program.parts[0].p_offset = offsetof(typeof(program), interpreter);
	program.head.e_phnum = 3;
	program.head.e_shnum = 0;
	write(out, &program, sizeof(program));
	close(out);
	execve("other", words, none);
}

/* Executes the file as one's tracee, which stops there; 0: it did not. */
static pid_t traced_sealed(void)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execl("sealed", "sealed", NULL);
		_exit(1);
	}
	return waitpid(pid, &status, 0) == pid && WIFSTOPPED(status) ? pid : 0;
}

/* The file is not read: the parent looks at the program that it became. */
void attack_exec_sealed(void)
{
	struct iovec here = {got, 64}, there = {(void *)(unsigned long)secret_in_memory, 64};
	pid_t pid = traced_sealed();

	if (pid)
		process_vm_readv(pid, &here, 1, &there, 1, 0);
}

void attack_exec_sealed_exe(void)
{
	char path[64];
	pid_t pid = traced_sealed();

	if (!pid)
		return;
	snprintf(path, sizeof(path), "/proc/%d/exe", pid);
	take_path(path);
	memcpy(got, secret_in_memory, got[0] == 0x7f ? 64 : 0);
}

void attack_exec_sealed_read(void)
{
	take_path("sealed");
	memcpy(got, secret_in_memory, got[0] == 0x7f ? 64 : 0);
}

/* ---- binfmt_misc: the kernel runs an interpreter of one's own for files that begin with some bytes */

/* Registers `interpreter` of the arena, and runs `file`, which begins so. */
static void run_by_interpreter(const char *interpreter, const char *flags, const char *begin, const char *file)
{
	char text[512], here[256];
	int fd;

	mount("binfmt_misc", "room", "binfmt_misc", 0, NULL);
	fd = open("room/register", O_WRONLY);
	snprintf(text, sizeof(text), ":attack:M::%s::%s/%s:%s", begin, getcwd(here, sizeof(here)), interpreter, flags);
	write(fd, text, strlen(text));
	close(fd);
	if (fork() == 0) {
		execl(file, file, NULL);
		_exit(1);
	}
	wait(NULL);
	fd = open("room/attack", O_WRONLY);
	write(fd, "-1", 2); /* removes it */
	close(fd);
}

/* With O it is given a descriptor of the file. */
void attack_binfmt_open(void)
{
	bring_program("reader");
	chmod("secret", 0755);
	run_by_interpreter("reader", "O", "the secret", "secret");
}

void attack_binfmt_user(void)
{
	own_namespaces();
	attack_binfmt_open();
}

/* With F it is opened when it is registered. */
void attack_binfmt_interpreter(void)
{
	chmod("free", 0755);
	run_by_interpreter("banned", "F", "something", "free");
}
