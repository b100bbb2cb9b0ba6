/* SPDX-License-Identifier: Apache-2.0
 * Steps on another process: the case's helper, which runs the executable that the step names and waits; and time.
 */
#include "guest.h"
#include <linux/ptrace.h>
#include <linux/uio.h>

static s64 do_ptrace_attach(int count, char **words)
{
	s64 ret = SYS4(ptrace, PTRACE_SEIZE, helper_pid, 0, 0);

	(void)count, (void)words;
	if (ret == 0)
		SYS4(ptrace, PTRACE_DETACH, helper_pid, 0, 0);
	return ret;
}

/* Every copy of this program has helper_word at the same address. */
static s64 do_vm_read(int count, char **words)
{
	u64 copy;
	struct iovec local = {&copy, sizeof(copy)}, remote = {(void *)&helper_word, sizeof(helper_word)};

	(void)count, (void)words;
	return sys6(__NR_process_vm_readv, helper_pid, (s64)&local, 1, (s64)&remote, 1, 0);
}

static s64 do_proc_mem_write(int count, char **words)
{
	struct line path = {.length = 0};
	u64 value = 1;
	s64 fd, ret;

	(void)count, (void)words;
	add_text(&path, "/proc/");
	add_digits(&path, helper_pid);
	add_text(&path, "/mem");
	path.text[path.length] = 0;
	fd = SYS3(open, path.text, O_RDWR | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	ret = SYS4(pwrite64, fd, &value, sizeof(value), (u64)&helper_word);
	SYS1(close, fd);
	return ret;
}

static s64 do_wait(int count, char **words)
{
	(void)count;
	return sleep_ms(number(words[1]));
}

const struct step_verb process_verbs[] = {
    {"ptrace_attach", do_ptrace_attach, 1},
    {"vm_read", do_vm_read, 1},
    {"proc_mem_write", do_proc_mem_write, 1},
    {"wait", do_wait, 1},
};
const u32 process_verb_count = ARRAY_SIZE(process_verbs);
