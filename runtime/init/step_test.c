/* SPDX-License-Identifier: Apache-2.0
 * Steps of the test machine itself: time, and programs whose exit code is what is judged.
 */
#include "guest.h"
#include <linux/bpf.h>

s64 step_wait(int count, char **words)
{
	return sleep_ms(number(words[1]));
}

static s64 judge_run(char **argv, const struct run_options *options)
{
	s64 status = run_program(argv, AGENT_OUT, options);

	if (status < 0)
		return status;
	child_signal = (int)(status & 0x7f);
	child_exit = child_signal ? -1 : (int)(status >> 8 & 0xff);
	return 0;
}

s64 step_run(int count, char **words)
{
	struct run_options options = {0, 0};

	return judge_run(words + 1, &options);
}

/* The two that kill succeed when the program died of it or ended before: what is left behind is for the next step. */
static s64 run_and_forget(char **argv, const struct run_options *options)
{
	s64 ret = judge_run(argv, options);

	child_signal = 0;
	return ret;
}

s64 step_run_killed_after_ms(int count, char **words)
{
	struct run_options options = {.kill_after_ms = number(words[1])};

	return run_and_forget(words + 2, &options);
}

s64 step_run_killed_after_syscalls(int count, char **words)
{
	struct run_options options = {.kill_after_syscalls = number(words[1])};

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

s64 step_nothing_loaded(int count, char **words)
{
	s64 left = remaining_after_release();

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
s64 step_run_killed_everywhere(int count, char **words)
{
	struct run_options options = {.kill_after_syscalls = number(words[1])};
	s64 stride = options.kill_after_syscalls;

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
