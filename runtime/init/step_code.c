/* SPDX-License-Identifier: Apache-2.0
 * Steps that make code run: execution, executable mappings, and programs of the test itself.
 */
#include "guest.h"
#include <linux/bpf.h>
#include <linux/elf.h>
#include <linux/mman.h>

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

static s64 do_exec(int count, char **words)
{
	(void)count;
	return execute(AT_FDCWD, words[1], words + 1, 0);
}

/* A program that only does exit(0). One segment, no sections. */
struct tiny_program {
	struct elf64_hdr header;
	struct elf64_phdr segment;
	u8 code[12];
};

static s64 do_memfd_exec(int count, char **words)
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

	(void)count, (void)words;
	if (fd < 0)
		return fd;
	ret = SYS3(write, fd, &program, sizeof(program));
	if (ret >= 0)
		ret = execute(fd, "", argv, AT_EMPTY_PATH);
	SYS1(close, fd);
	return ret;
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

static s64 do_map_exec(int count, char **words)
{
	(void)count;
	return map_file(words[1], PROT_READ | PROT_EXEC, 0);
}

static s64 do_mprotect_exec(int count, char **words)
{
	(void)count;
	return map_file(words[1], PROT_READ, PROT_READ | PROT_EXEC);
}

static s64 do_anon_exec(int count, char **words)
{
	s64 at = sys6(__NR_mmap, 0, PAGE, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)count, (void)words;
	return at < 0 && at > -PAGE ? at : 0;
}

/* ---- programs of the test: their exit code is what is judged */

static s64 judge_run(char **argv, const struct run_options *options)
{
	s64 status = run_program(argv, AGENT_OUT, options);

	if (status < 0)
		return status;
	child_signal = (int)(status & 0x7f);
	child_exit = child_signal ? -1 : (int)(status >> 8 & 0xff);
	return 0;
}

static s64 do_run(int count, char **words)
{
	struct run_options options = {0, 0};

	(void)count;
	return judge_run(words + 1, &options);
}

/* The two that kill succeed when the program died of it or ended before: what is left behind is for the next step. */
static s64 run_and_forget(char **argv, const struct run_options *options)
{
	s64 ret = judge_run(argv, options);

	child_signal = 0;
	return ret;
}

static s64 do_run_killed_after_ms(int count, char **words)
{
	struct run_options options = {.kill_after_ms = number(words[1])};

	(void)count;
	return run_and_forget(words + 2, &options);
}

static s64 do_run_killed_after_syscalls(int count, char **words)
{
	struct run_options options = {.kill_after_syscalls = number(words[1])};

	(void)count;
	return run_and_forget(words + 2, &options);
}

/* Counts links or programs by walking their ids. */
static s64 count_ids(int command)
{
	s64 count = 0;
	u32 id = 0;

	for (;;) {
		union bpf_attr attr;
		s64 ret;

		memset(&attr, 0, sizeof(attr));
		attr.start_id = id;
		ret = SYS3(bpf, command, &attr, sizeof(attr));
		if (ret == -ENOENT)
			return count;
		if (ret < 0)
			return ret;
		id = attr.next_id;
		count++;
	}
}

/* Release is asynchronous in the kernel: links and programs may linger for a moment. */
static s64 remaining_after_release(void)
{
	s64 left = 0;

	for (int tries = 0; tries < 40; tries++) {
		s64 links = count_ids(BPF_LINK_GET_NEXT_ID), programs = count_ids(BPF_PROG_GET_NEXT_ID);

		if (links < 0 || programs < 0)
			return links < 0 ? links : programs;
		left = links + programs;
		if (left == 0)
			break;
		sleep_ms(50);
	}
	return left;
}

static s64 do_nothing_loaded(int count, char **words)
{
	s64 left = remaining_after_release();

	(void)count, (void)words;
	return left > 0 ? -EBUSY : left;
}

static void say_killed(s64 system_calls)
{
	static struct line line;

	add_text(&line, "output killed%20after%20");
	add_digits(&line, system_calls);
	add_text(&line, "%20system%20calls");
	send_line(&line, AGENT_OUT);
}

/* run_killed_everywhere STRIDE PROGRAM ARG...: runs the program again and again, each time killed STRIDE system calls
 * later than the time before, and checks after each death that nothing is loaded; ends when the program ends by itself,
 * with its exit code. */
static s64 do_run_killed_everywhere(int count, char **words)
{
	struct run_options options = {.kill_after_syscalls = number(words[1])};
	s64 stride = options.kill_after_syscalls;

	(void)count;
	for (;; options.kill_after_syscalls += stride) {
		s64 ret = judge_run(words + 2, &options);

		if (ret < 0 || child_exit >= 0 || stride <= 0)
			return ret;
		child_signal = 0;
		say_killed(options.kill_after_syscalls);
		ret = remaining_after_release();
		if (ret != 0)
			return ret < 0 ? ret : -EBUSY;
	}
}

const struct step_verb code_verbs[] = {
    {"exec", do_exec, 1},
    {"memfd_exec", do_memfd_exec, 0},
    {"map_exec", do_map_exec, 1},
    {"mprotect_exec", do_mprotect_exec, 1},
    {"anon_exec", do_anon_exec, 0},
    {"run", do_run, 1},
    {"run_killed_after_ms", do_run_killed_after_ms, 2},
    {"run_killed_after_syscalls", do_run_killed_after_syscalls, 2},
    {"run_killed_everywhere", do_run_killed_everywhere, 2},
    {"nothing_loaded", do_nothing_loaded, 0},
};
const u32 code_verb_count = ARRAY_SIZE(code_verbs);
