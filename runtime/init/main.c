/* SPDX-License-Identifier: Apache-2.0
 * Start of the program.
 */
#include "guest.h"
#include <linux/prctl.h>

/* The stack at entry: argc, argv..., 0. */
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall start\n\thlt\n");

/* What this program is: pid 1; the agent; a helper that waits to be traced; one that reads to the end; else a program
 * that succeeds. The agent and the helper become the ids in their arguments, where there are any (init.c). */
__attribute__((used)) static int decide(s64 *stack)
{
	char **argv = (char **)(stack + 1);

	if (SYS0(getpid) == 1)
		return run_init();
	if (stack[0] == 7 && starts_with(argv[1], "--")) {
		if (become(argv) < 0)
			return 126;
		SYS2(prctl, PR_SET_DUMPABLE, 1); /* as if it had been executed by them */
	} else if (stack[0] != 2) {
		return 0;
	}
	if (equal(argv[1], "--agent"))
		return agent_main();
	if (equal(argv[1], "--wait")) {
		SYS3(write, AGENT_OUT, "up\n", 3);
		SYS1(close, AGENT_OUT);
		for (;;)
			SYS0(pause);
	}
	if (equal(argv[1], "--drain")) {
		char bytes[4096];

		while (SYS3(read, 0, bytes, sizeof(bytes)) > 0)
			;
	}
	return 0;
}

__attribute__((used, noreturn)) void start(s64 *stack);
void start(s64 *stack)
{
	exit_now(decide(stack));
}
