/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * An enforcer: one policy in one static program, without libc, configuration or environment. See docs/enforcer.md.
 */
#include "enforcer.h"

static const char help_text[] =
    "usage: ENFORCER [COMMAND]\n"
    "\n"
    "Enforces the policy compiled into it until the machine restarts; nothing changes it.\n"
    "\n"
    "  apply [--verbose]            enforce it now (the default): all of it, or nothing\n"
    "  preflight                    would it work here? changes nothing\n"
    "  exec [--] PROGRAM [WORD...]  mount what is missing, apply, become the program: as init\n"
    "  status                       is it enforced, what has it decided?\n"
    "  events [--json] [--follow]   the newest decisions, oldest first\n"
    "  manifest                     what was compiled, as JSON\n"
    "  --version                    name and version of the policy\n"
    "\n"
    "  --root DIR                   of apply, preflight and exec, in an initramfs: where the machine's\n"
    "                               root is mounted (/ when the machine keeps the initramfs)\n"
    "\n"
    "exit codes: 0 fine, 2 usage, 10 privilege, 11 bpf not in lsm=, 12 no bpf file system,\n"
    "13 already enforced, 14 kernel outside the target, 15 kernel lacks something,\n"
    "16 kernel refused, 17 hook not called, 18 foreign programs, 19 mounts, 20 hard links,\n"
    "21 damaged, 22 not enforced, 23 system, 24 another build is enforced\n";

static int usage(const char *word)
{
	return problem(STELE_EXIT_USAGE, "see --help", "unknown word `%s`", word);
}

/* Takes `word` out of the arguments behind the command. */
static int take_option(char **arguments, const char *word)
{
	for (; *arguments; arguments++) {
		if (!string_equal(*arguments, word))
			continue;
		do
			arguments[0] = arguments[1];
		while (*arguments++);
		return 1;
	}
	return 0;
}

/* Takes `--root DIR` from the front of the arguments. DIR loses its slashes at the end: "/" becomes "". */
static char **take_root(char **arguments)
{
	size_t length;

	if (!arguments[0] || !string_equal(arguments[0], "--root"))
		return arguments;
	if (!arguments[1] || !*arguments[1]) /* a script's empty variable is not `/` */
		quit(problem(STELE_EXIT_USAGE, "see --help", "--root needs a directory"));
	future_root = arguments[1];
	for (length = string_length(future_root); length && future_root[length - 1] == '/';)
		arguments[1][--length] = 0;
	return arguments + 2;
}

static int run_exec(char **arguments, char **environment)
{
	arguments = take_root(arguments);
	if (*arguments && string_equal(*arguments, "--"))
		arguments++;
	return *arguments && **arguments ? exec(arguments, environment)
					 : problem(STELE_EXIT_USAGE, "see --help", "exec needs a program");
}

/* The kernel puts words of its command line that it does not know in front: they are for the program, behind its own.
 */
static void put_exec_first(char **arguments)
{
	u32 count = 0, before = 0;

	while (arguments[count] && !string_equal(arguments[count], "exec"))
		count++;
	before = arguments[count] ? count : 0;
	while (arguments[count])
		count++;
	for (; before; before--) {
		char *word = arguments[0];

		memmove(arguments, arguments + 1, (count - 1) * sizeof(*arguments));
		arguments[count - 1] = word;
	}
}

static int run(char **arguments, char **environment)
{
	const char *command;
	int verbose, json = 0, follow = 0;

	if (sys0(getpid) == INIT)
		put_exec_first(arguments);
	command = *arguments ? *arguments++ : "apply";
	if (string_equal(command, "exec"))
		return run_exec(arguments, environment);
	if (string_equal(command, "--verbose") || string_equal(command, "--root")) {
		command = "apply";
		arguments--;
	}
	verbose = string_equal(command, "apply") && take_option(arguments, "--verbose");
	if (string_equal(command, "apply") || string_equal(command, "preflight"))
		arguments = take_root(arguments);
	if (string_equal(command, "events")) {
		json = take_option(arguments, "--json");
		follow = take_option(arguments, "--follow");
	}
	if (*arguments)
		return usage(*arguments);
	if (string_equal(command, "--help")) {
		print("%s", help_text);
		return 0;
	}
	if (string_equal(command, "apply"))
		return apply(verbose);
	if (string_equal(command, "preflight"))
		return preflight();
	if (string_equal(command, "status"))
		return show_status();
	if (string_equal(command, "events"))
		return show_events(json, follow);
	if (string_equal(command, "manifest"))
		return show_manifest();
	if (!string_equal(command, "--version"))
		return usage(command);
	print("%s %s\n", (const char *)plan_at(plan->policy_name), (const char *)plan_at(plan->policy_version));
	return 0;
}

/* stack: argc, then argv, as the kernel leaves them */
__attribute__((used)) NORETURN void enforcer_main(long *stack)
{
	char **arguments = (char **)stack + 1, **end = arguments + stack[0];

	unpack();
	quit(run(arguments + !!stack[0], end + 1));
}

__asm__(".globl _start\n"
	"_start:\n"
	"	xor %ebp, %ebp\n"
	"	mov %rsp, %rdi\n"
	"	and $-16, %rsp\n"
	"	call enforcer_main\n");
