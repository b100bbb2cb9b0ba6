/* SPDX-License-Identifier: Apache-2.0
 * Steps that make code run: execution and executable mappings.
 */
#include "guest.h"
#include <linux/elf.h>
#include <linux/mman.h>
#include <linux/signal.h>

#define PAGE		    4096
#define MEMFD_CLOSE_ON_EXEC 1u

/* ---- execution in a child, so that the agent lives on to report */

/* The child does the execve; a pipe that closes on exec carries the errno back. */
static s64 execute(s64 directory, const char *path, char **argv, int flags)
{
	char *envp[] = {0};
	int failure[2], status = 0;
	s64 error = 0, pid, ret = SYS2(pipe2, failure, O_CLOEXEC);

	if (ret < 0)
		return ret;
	pid = SYS0(fork);
	if (pid < 0)
		return pid;
	if (pid == 0) {
		error = SYS5(execveat, directory, path, argv, envp, flags);
		SYS3(write, failure[1], &error, sizeof(error));
		exit_now(127);
	}
	SYS1(close, failure[1]);
	SYS3(read, failure[0], &error, sizeof(error));
	SYS1(close, failure[0]);
	wait_for(pid, &status);
	child_signal = status & 0x7f;
	child_exit = child_signal ? -1 : status >> 8 & 0xff;
	return error;
}

s64 step_exec(int count, char **words)
{
	return execute(AT_FDCWD, words[1], words + 1, 0);
}

/* A program that only does exit(0). One segment, no sections. */
struct tiny_program {
	struct elf64_hdr header;
	struct elf64_phdr segment;
	u8 code[12];
};

s64 step_memfd_exec(int count, char **words)
{
	static const struct tiny_program program = {
	    .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
		       .e_type = ET_EXEC,
		       .e_machine = EM_X86_64,
		       .e_version = EV_CURRENT,
		       .e_entry = 0x10000 + __builtin_offsetof(struct tiny_program, code),
		       .e_phoff = __builtin_offsetof(struct tiny_program, segment),
		       .e_ehsize = sizeof(struct elf64_hdr),
		       .e_phentsize = sizeof(struct elf64_phdr),
		       .e_phnum = 1},
	    .segment = {.p_type = PT_LOAD,
			.p_flags = PF_R | PF_X,
			.p_vaddr = 0x10000,
			.p_paddr = 0x10000,
			.p_filesz = sizeof(struct tiny_program),
			.p_memsz = sizeof(struct tiny_program),
			.p_align = PAGE},
	    .code = {0x31, 0xff, 0xb8, 0xe7, 0, 0, 0, 0x0f, 0x05}, /* xor edi,edi; mov eax,231; syscall */
	};
	char *argv[] = {"memory", 0};
	s64 fd = SYS2(memfd_create, "program", MEMFD_CLOSE_ON_EXEC), ret;

	if (fd < 0)
		return fd;
	ret = SYS3(write, fd, &program, sizeof(program));
	if (ret >= 0)
		ret = execute(fd, "", argv, AT_EMPTY_PATH);
	SYS1(close, fd);
	return ret;
}

/* ---- execution by the kernel itself */

#define CORE_PATTERN "/proc/sys/kernel/core_pattern"

/* The program that takes a core dump, started by the kernel: a child dumps. EPERM when the kernel could not start it.
 */
s64 step_kernel_exec(int count, char **words)
{
	struct line pattern = {.length = 0};
	int status = 0;
	s64 pid, ret;

	add_text(&pattern, "|");
	add_text(&pattern, words[1]);
	add_text(&pattern, " --drain");
	pattern.text[pattern.length] = 0;
	ret = write_file(CORE_PATTERN, O_WRONLY, pattern.text);
	if (ret < 0)
		return ret;
	pid = SYS0(fork);
	if (pid == 0) {
		SYS2(kill, SYS0(getpid), SIGABRT);
		exit_now(0);
	}
	wait_for(pid, &status);
	write_file(CORE_PATTERN, O_WRONLY, "core");
	return status & 0x80 /* WCOREDUMP */ ? 0 : -EPERM;
}

/* ---- executable memory */

static s64 map_file(const char *path, int protection, int later)
{
	s64 fd = SYS3(open, path, O_RDONLY | O_CLOEXEC, 0), at;

	if (fd < 0)
		return fd;
	at = sys6(__NR_mmap, 0, PAGE, protection, MAP_PRIVATE, fd, 0);
	SYS1(close, fd);
	if (at < 0 && at > -PAGE)
		return at;
	return later ? SYS3(mprotect, at, PAGE, later) : 0;
}

s64 step_map_exec(int count, char **words)
{
	return map_file(words[1], PROT_READ | PROT_EXEC, 0);
}

s64 step_mprotect_exec(int count, char **words)
{
	return map_file(words[1], PROT_READ, PROT_READ | PROT_EXEC);
}

s64 step_anon_exec(int count, char **words)
{
	s64 at = sys6(__NR_mmap, 0, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return at < 0 && at > -PAGE ? at : 0;
}
