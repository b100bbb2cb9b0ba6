/* SPDX-License-Identifier: Apache-2.0
 * Processes, time, small files.
 */
#include "guest.h"
#include <linux/ptrace.h>
#include <linux/signal.h>
#include <linux/time.h>

int child_signal, child_exit = -1;

void exit_now(int code)
{
	for (;;)
		SYS1(exit_group, code);
}

s64 wait_for(s64 pid, int *ret_status)
{
	s64 ret;

	do
		ret = SYS4(wait4, pid, ret_status, 0, 0);
	while (ret == -EINTR);
	return ret;
}

s64 sleep_ms(s64 ms)
{
	struct __kernel_timespec time = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};

	return SYS2(nanosleep, &time, 0);
}

u64 now_us(void)
{
	struct __kernel_timespec time = {0, 0};

	SYS2(clock_gettime, CLOCK_BOOTTIME, &time);
	return (u64)time.tv_sec * 1000000 + (u64)time.tv_nsec / 1000;
}

s64 write_file(const char *path, int flags, const char *text)
{
	s64 fd = SYS3(open, path, O_WRONLY | flags, 0644);
	u64 left = strlen(text);
	s64 ret = 0;

	if (fd < 0)
		return fd;
	while (left && (ret = SYS3(write, fd, text, left)) > 0) {
		text += ret;
		left -= (u64)ret;
	}
	SYS1(close, fd);
	return left ? (ret ? ret : -EIO) : 0;
}

/* ---- running a program */

static void start_program(char **argv, int out, int traced)
{
	char *envp[] = {0};

	SYS2(dup2, out, 1);
	SYS2(dup2, out, 2);
	if (traced)
		SYS4(ptrace, PTRACE_TRACEME, 0, 0, 0);
	exit_now(SYS3(execve, argv[0], argv, envp) < 0 ? 127 : 0);
}

/* Lets a child that stopped at its exec go on for some system calls, then kills it. Returns its wait status. */
static int trace_and_kill(s64 pid, s64 system_calls)
{
	int status = 0;

	wait_for(pid, &status);
	for (s64 stops = 0; (status & 0xff) == 0x7f; stops++) {
		if (stops == 2 * system_calls)
			SYS2(kill, pid, SIGKILL);
		SYS4(ptrace, PTRACE_SYSCALL, pid, 0, 0);
		wait_for(pid, &status);
	}
	return status;
}

static void send_output(int from, int to)
{
	static struct reader reader;
	static struct line line;
	char *text;

	reader.fd = from;
	reader.used = reader.taken = 0;
	while ((text = next_line(&reader, -1, 0))) {
		add_text(&line, "output");
		add_escaped(&line, text, strlen(text));
		send_line(&line, to);
	}
}

s64 run_program(char **argv, int out_fd, const struct run_options *options)
{
	int out[2], status = 0;
	s64 pid, ret = SYS2(pipe2, out, O_CLOEXEC);

	if (ret < 0)
		return ret;
	pid = SYS0(fork);
	if (pid == 0)
		start_program(argv, out[1], options->kill_after_syscalls > 0);
	SYS1(close, out[1]);
	if (pid > 0 && options->kill_after_syscalls > 0)
		status = trace_and_kill(pid, options->kill_after_syscalls);
	if (pid > 0 && options->kill_after_ms > 0) {
		sleep_ms(options->kill_after_ms);
		SYS2(kill, pid, SIGKILL);
	}
	send_output(out[0], out_fd);
	SYS1(close, out[0]);
	if (pid > 0 && options->kill_after_syscalls == 0)
		wait_for(pid, &status);
	return pid < 0 ? pid : status;
}
