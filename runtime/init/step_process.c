/* SPDX-License-Identifier: Apache-2.0
 * Steps on another process: the case's helper, which runs the executable that the step names and waits.
 */
#include "guest.h"
#include <linux/ptrace.h>
#include <linux/uio.h>

s64 helper_pid;
volatile u64 helper_word = 0x57e1e;

s64 step_ptrace_attach(int count, char **words)
{
	s64 ret = SYS4(ptrace, PTRACE_SEIZE, helper_pid, 0, 0);

	if (ret == 0)
		SYS4(ptrace, PTRACE_DETACH, helper_pid, 0, 0);
	return ret;
}

/* Every copy of this program has helper_word at the same address. */
s64 step_vm_read(int count, char **words)
{
	u64 copy;
	struct iovec local = {&copy, sizeof(copy)}, remote = {(void *)&helper_word, sizeof(helper_word)};

	return sys6(__NR_process_vm_readv, helper_pid, (s64)&local, 1, (s64)&remote, 1, 0);
}

s64 step_proc_mem_write(int count, char **words)
{
	struct line path = {.length = 0};
	u64 value = 1;
	s64 fd, ret;

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
