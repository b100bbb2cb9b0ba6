/* SPDX-License-Identifier: Apache-2.0
 *
 * Pid 1 of the test machine. Reads /scenario (written by compiler/scenario/script.cpp, one line an action), sets the
 * machine up, starts the enforcer, runs each case as its subject, and reports on the second serial port:
 *
 *   output TEXT                       what the enforcer said
 *   enforcer STATUS MICROSECONDS      how `enforcer apply` ended (wait status)
 *   case N                            the case begins
 *   output TEXT                       what a program said that a step ran
 *   step I RESULT ERRNO SIGNAL EXIT   a step returned; RESULT >= 0 or ERRNO is set; SIGNAL, EXIT of its child (or -1);
 *                                     I is -1 when the subject could not be started
 *   end STATUS TIMEOUT                the agent ended (wait status); TIMEOUT 1 when it had to be killed
 *   event ...                         one for each event since the judged step began (results.c)
 *   failed WHAT DETAIL ERRNO          the machine itself could not do something; the run is void
 *   done                              all cases ran
 *
 * In a bare run no enforcer is applied, and each case gets a mount namespace with a fresh image of its own.
 */
#include "guest.h"
#include <linux/mount.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/signal.h>

#define CASE_TIMEOUT_MS 180000 /* emulated, on a machine that others use, too */
#define SCRIPT_BYTES	(16u << 20)
#define MAX_SCRIPT	20000 /* lines */

static int is_bare, keeps_initramfs;
static char *lines[MAX_SCRIPT];
static int line_count;
static char policy_name[128];
static struct line out;

static void power_off(void)
{
	SYS0(sync);
	SYS4(reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2, LINUX_REBOOT_CMD_POWER_OFF, 0);
	for (;;)
		SYS0(pause);
}

static void read_script(void)
{
	s64 fd = SYS3(open, "/scenario", O_RDONLY | O_CLOEXEC, 0);
	char *text = (char *)sys6(__NR_mmap, 0, SCRIPT_BYTES, 3, 0x22, -1, 0);
	u64 used = 0;
	s64 n;

	while ((n = SYS3(read, fd, text + used, SCRIPT_BYTES - 1 - used)) > 0)
		used += (u64)n;
	SYS1(close, fd);
	for (u64 i = 0, start = 0; i < used && line_count < MAX_SCRIPT; i++) {
		if (text[i] != '\n')
			continue;
		text[i] = 0;
		lines[line_count++] = text + start;
		start = i + 1;
	}
	if (n < 0 || used == 0 || used == SCRIPT_BYTES - 1 || line_count == MAX_SCRIPT)
		report_failure("read", "/scenario", n < 0 ? n : -EFBIG);
}

/* ---- the agent of one case */

s64 become(char **words)
{
	u32 groups[MAX_FIELDS];
	int count = 0;
	s64 ret;

	for (char *s = words[6]; *s && count < MAX_FIELDS; s += *s == ',') {
		groups[count++] = (u32)number(s);
		while (*s && *s != ',')
			s++;
	}
	ret = SYS2(setgroups, count, groups);
	if (ret == 0)
		ret = SYS3(setresgid, number(words[4]), number(words[5]), number(words[5]));
	if (ret == 0)
		ret = SYS3(setresuid, number(words[2]), number(words[3]), number(words[3]));
	return ret;
}

/* Who executes the subject's program. The policy may refuse it to the subject itself: then pid 1's user does, and the
 * program becomes the subject. */
enum starter { SUBJECT, ROOT, STARTERS };

/* Starts `exe --role` as the case's subject with its ends of two pipes (in: the agent reads, out: it writes). Of a
 * start that is refused to the subject alone nothing is said. */
static s64 start_subject(enum starter starter, char **words, const char *exe, char *role, int in, int agent_out)
{
	char *argv[] = {(char *)exe, role, words[2], words[3], words[4], words[5], words[6], 0}, *envp[] = {0};
	s64 pid = SYS0(fork), ret;

	if (pid)
		return pid;
	SYS0(setsid);
	SYS2(umask, 022, 0);
	/* Out of the way first: a pipe may sit on a number that is a target. */
	in = (int)SYS3(fcntl, in, F_DUPFD, 64);
	agent_out = (int)SYS3(fcntl, agent_out, F_DUPFD, 64);
	SYS2(dup2, in, AGENT_IN);
	SYS2(dup2, agent_out, AGENT_OUT);
	SYS3(fcntl, report_fd, F_DUPFD_CLOEXEC, 64);
	if (starter == SUBJECT) {
		argv[2] = 0;
		ret = become(words);
		if (ret < 0)
			report_failure("become", words[2], ret);
	}
	SYS3(close_range, AGENT_OUT + 1, ~0u, 1u << 2 /* CLOSE_RANGE_CLOEXEC */);
	ret = SYS3(execve, exe, argv, envp);
	if (starter == SUBJECT && SYS2(access, exe, 1 /* X_OK */) == 0)
		exit_now(126); /* its mode permits it */
	add_text(&out, "step -1 -1");
	add_number(&out, -ret);
	add_text(&out, " 0 -1");
	send_line(&out, AGENT_OUT);
	exit_now(126);
}

static int wants_helper(int first, char *ret_exe)
{
	static char copy[4096];
	const struct verb *verb;
	char *words[MAX_FIELDS];

	for (int i = first; i < line_count && starts_with(lines[i], "step "); i++) {
		u64 n = strlen(lines[i]);

		if (n >= sizeof(copy))
			continue;
		memcpy(copy, lines[i], n + 1);
		if (split(copy, words, MAX_FIELDS) < 3)
			continue;
		verb = find_verb(words[1]);
		if (verb && verb->wants_helper) {
			memcpy(ret_exe, words[2], strlen(words[2]) + 1);
			return 1;
		}
	}
	return 0;
}

/* A process of the same user that runs `exe` and waits; returns when it has started. */
static s64 start_helper(char **words, const char *exe)
{
	int in[2], up[2];
	char byte;
	s64 pid = 0, said = 0;

	for (enum starter starter = SUBJECT; starter < STARTERS && said <= 0; starter++) {
		SYS2(pipe2, in, O_CLOEXEC);
		SYS2(pipe2, up, O_CLOEXEC);
		pid = start_subject(starter, words, exe, "--wait", in[0], up[1]);
		SYS1(close, in[0]);
		SYS1(close, up[1]);
		said = SYS3(read, up[0], &byte, 1);
		SYS1(close, in[1]);
		SYS1(close, up[0]);
	}
	return pid;
}

static void send_steps(int first, int fd, s64 helper)
{
	add_text(&out, "helper");
	add_number(&out, helper);
	send_line(&out, fd);
	for (int i = first; i < line_count && starts_with(lines[i], "step "); i++) {
		SYS3(write, fd, lines[i], strlen(lines[i]));
		SYS3(write, fd, "\n", 1);
	}
	SYS3(write, fd, "end\n", 4);
}

/* Forwards what the agent says until it ends. Returns whether it said anything; *before becomes the newest event from
 * before the judged step. */
static int follow_agent(int from, int to, u64 *before, int *ret_timeout)
{
	static struct reader reader;
	int said = 0;
	char *text;

	reader.fd = from;
	reader.used = reader.taken = 0;
	while ((text = next_line(&reader, CASE_TIMEOUT_MS, ret_timeout))) {
		said = 1;
		if (equal(text, "ready")) {
			*before = newest_event(policy_name);
			SYS3(write, to, "go\n", 3);
			continue;
		}
		add_text(&out, text);
		send_line(&out, report_fd);
	}
	return said;
}

static void run_case(int at, char **words)
{
	char helper_exe[4096];
	int in[2], from[2], status = 0, timeout = 0, said = 0;
	s64 pid, helper = 0;
	u64 before = newest_event(policy_name); /* so that those of a start that fails are told */

	if (wants_helper(at + 1, helper_exe))
		helper = start_helper(words, helper_exe);
	for (enum starter starter = SUBJECT; starter < STARTERS && !said; starter++) {
		SYS2(pipe2, in, O_CLOEXEC);
		SYS2(pipe2, from, O_CLOEXEC);
		pid = start_subject(starter, words, words[7], "--agent", in[0], from[1]);
		SYS1(close, in[0]);
		SYS1(close, from[1]);
		send_steps(at + 1, in[1], helper);
		said = follow_agent(from[0], in[1], &before, &timeout);
		SYS1(close, in[1]);
		SYS1(close, from[0]);
		if (timeout)
			SYS2(kill, pid, SIGKILL);
		wait_for(pid, &status);
	}
	if (!said) { /* it died on its way into the program */
		add_text(&out, "step -1 -1 0");
		add_number(&out, status & 0x7f);
		add_text(&out, " -1");
		send_line(&out, report_fd);
	}
	add_text(&out, "end");
	add_number(&out, status);
	add_number(&out, timeout);
	send_line(&out, report_fd);
	report_events(policy_name, before);
	/* What the case left running. Pid 1 and the caller are exempt. */
	SYS2(kill, -1, SIGKILL);
	while (SYS4(wait4, -1, &status, 0, 0) > 0)
		;
}

/* ---- the whole run */

static void run_enforcer(void)
{
	char *argv[] = {"/enforcer", "apply", keeps_initramfs ? "--root" : 0, "/", 0};
	struct run_options options = {0, 0};
	u64 start = now_us();
	s64 status = run_program(argv, report_fd, &options);

	add_text(&out, "enforcer");
	add_number(&out, status);
	add_number(&out, (s64)(now_us() - start));
	send_line(&out, report_fd);
	if (status != 0)
		power_off();
}

static void set_up(void)
{
	char *words[MAX_FIELDS];
	static char copy[SCRIPT_BYTES / 4];

	for (int i = 0; i < line_count && !starts_with(lines[i], "case "); i++) {
		u64 n = strlen(lines[i]);
		int count;
		s64 ret;

		if (n >= sizeof(copy)) {
			report_failure("set up", "a file of the image is too large", -EFBIG);
			power_off();
		}
		memcpy(copy, lines[i], n + 1);
		count = split(copy, words, MAX_FIELDS);
		if (count && equal(words[0], "apply")) {
			run_enforcer();
			continue;
		}
		ret = setup_line(count, words);
		if (ret < 0) {
			report_failure(words[0], count > 1 ? words[1] : "", ret);
			power_off();
		}
	}
}

static void run_bare_case(int at, char **words)
{
	int status = 0;
	s64 pid = SYS0(fork);

	if (pid == 0) {
		SYS1(unshare, CLONE_NEWNS);
		SYS5(mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0);
		set_up();
		run_case(at, words);
		exit_now(0);
	}
	wait_for(pid, &status);
	if (status != 0)
		report_failure("bare case", words[1], -ECHILD);
}

int run_init(void)
{
	static char copy[8192];
	char *words[MAX_FIELDS];

	if (open_report() < 0)
		power_off();
	read_script();
	for (int i = 0; i < line_count; i++) {
		is_bare |= equal(lines[i], "bare");
		keeps_initramfs |= starts_with(lines[i], "root initramfs");
		if (starts_with(lines[i], "policy ") && strlen(lines[i]) < sizeof(policy_name))
			memcpy(policy_name, lines[i] + 7, strlen(lines[i] + 7) + 1);
	}
	if (!is_bare)
		set_up();
	for (int i = 0; i < line_count; i++) {
		if (!starts_with(lines[i], "case ") || strlen(lines[i]) >= sizeof(copy))
			continue;
		memcpy(copy, lines[i], strlen(lines[i]) + 1);
		if (split(copy, words, MAX_FIELDS) != 8)
			continue;
		add_text(&out, "case ");
		add_text(&out, words[1]);
		send_line(&out, report_fd);
		if (is_bare)
			run_bare_case(i, words);
		else
			run_case(i, words);
	}
	add_text(&out, "done");
	send_line(&out, report_fd);
	power_off();
	return 0;
}
