/* SPDX-License-Identifier: Apache-2.0
 *
 * The test machine's one program: pid 1 (init.c, setup.c), the agent that acts for a subject (agent.c, step_*.c), and
 * every `program` of an image (which just exits with 0). Files use only what is declared above their own part here.
 * Freestanding: raw system calls, no libc, no heap, so that it is small, needs no loader, and maps no code but its own.
 * Return values are the kernel's: >= 0 or a negative errno.
 */
#ifndef STELE_GUEST_H
#define STELE_GUEST_H

#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/stat.h>

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long u64;
typedef long s64;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MAX_FIELDS    32     /* words of one line of the script */
#define MAX_LINE      32768  /* bytes of one line that comes back */
#define PIPE_BYTES    65536u /* what the kernel's pipe holds without a reader */

/* Descriptors that an agent inherits: steps come in on one, results go out on the other. */
#define AGENT_IN  3
#define AGENT_OUT 4

static inline s64 sys6(s64 nr, s64 a, s64 b, s64 c, s64 d, s64 e, s64 f)
{
	s64 ret;
	register s64 r10 __asm__("r10") = d;
	register s64 r8 __asm__("r8") = e;
	register s64 r9 __asm__("r9") = f;

	__asm__ volatile("syscall"
			 : "=a"(ret)
			 : "a"(nr), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}
#define SYS0(n)		       sys6(__NR_##n, 0, 0, 0, 0, 0, 0)
#define SYS1(n, a)	       sys6(__NR_##n, (s64)(a), 0, 0, 0, 0, 0)
#define SYS2(n, a, b)	       sys6(__NR_##n, (s64)(a), (s64)(b), 0, 0, 0, 0)
#define SYS3(n, a, b, c)       sys6(__NR_##n, (s64)(a), (s64)(b), (s64)(c), 0, 0, 0)
#define SYS4(n, a, b, c, d)    sys6(__NR_##n, (s64)(a), (s64)(b), (s64)(c), (s64)(d), 0, 0)
#define SYS5(n, a, b, c, d, e) sys6(__NR_##n, (s64)(a), (s64)(b), (s64)(c), (s64)(d), (s64)(e), 0)

/* ---- text.c: strings, numbers, escapes, lines */
void *memcpy(void *to, const void *from, u64 n);
void *memset(void *to, int byte, u64 n);
int memcmp(const void *a, const void *b, u64 n);
u64 strlen(const char *s);
int equal(const char *a, const char *b);
int starts_with(const char *s, const char *prefix);
/* Number in decimal, or octal with a leading 0; a leading '-' negates. Stops at the first other byte. */
s64 number(const char *s);
/* Splits a line at spaces and undoes %XX in place; a lone "%" is the empty word. Returns the number of words. */
int split(char *line, char **ret_words, int max);

/* One line being written: words are added and the whole is sent with one write(2). Cut at its size. */
struct line {
	u32 length;
	char text[4096];
};
void add_text(struct line *line, const char *text);	      /* as it is */
void add_escaped(struct line *line, const char *text, u64 n); /* " " and the bytes, escaped */
void add_digits(struct line *line, s64 value);		      /* the number */
void add_number(struct line *line, s64 value);		      /* " " and the number */
void send_line(struct line *line, int fd);		      /* adds '\n', writes, empties the line */

/* Reads lines from a descriptor. next_line: the line without its '\n', or 0 at the end, or after timeout_ms without
 * one (then *ret_timeout is set). */
struct reader {
	int fd;
	u32 used, taken;
	char buffer[MAX_LINE];
};
char *next_line(struct reader *reader, int timeout_ms, int *ret_timeout);

/* ---- process.c */
/* Waits for one child; *ret_status is what wait4 gave. */
s64 wait_for(s64 pid, int *ret_status);
s64 sleep_ms(s64 ms);
u64 now_us(void);
s64 write_file(const char *path, int flags, const char *text);
/* Runs a program without environment until it ends, sending what it prints as `output TEXT` lines to out_fd. Returns
 * its wait status, or a negative errno when it could not be started. */
struct run_options {
	s64 kill_after_ms;	 /* 0: never */
	s64 kill_after_syscalls; /* 0: never; counts what it completed since its exec, by ptrace */
};
s64 run_program(char **argv, int out_fd, const struct run_options *options);
void exit_now(int code) __attribute__((noreturn));
/* What the step's child did, when it had one: the signal that ended it, or its exit code (-1: none). */
extern int child_signal, child_exit;

/* ---- report.c, results.c: what pid 1 says of the run */
extern int report_fd;
s64 open_report(void);
void report_failure(const char *what, const char *detail, s64 error);
/* Sequence number of the newest event of the policy, 0 when it cannot be known. */
u64 newest_event(const char *policy);
void report_events(const char *policy, u64 after);

/* ---- step_file.c, step_file_open.c: opens, reads or writes one byte as the flags permit, closes. */
s64 open_and_touch(int directory, const char *path, int flags, int mode);
s64 touch_and_close(s64 fd, int flags);

/* ---- step_file_open.c: the descriptor that a step kept, or -1 */
extern int kept_fd;

/* ---- step_process.c: the helper process of the case, its pid, 0 when there is none. */
extern s64 helper_pid;
extern volatile u64 helper_word; /* what the helper lets others read and write */

/* ---- step_ROOM.c: a step gets its words (words[0] is the verb) and returns >= 0 or a negative errno */
#define STELE_VERB(room, name, min_arguments, max_arguments, asks, names) s64 step_##name(int count, char **words);
#include "verb.def"

/* ---- verb.c */
struct verb {
	const char *name;
	s64 (*run)(int count, char **words);
	int min_arguments;
	int wants_helper; /* that runs its first argument */
};
/* 0 when there is no such verb. */
const struct verb *find_verb(const char *name);

/* ---- setup.c */
/* Does one line of the setup part of the script. Returns 0 or a negative errno. */
s64 setup_line(int count, char **words);

/* ---- agent.c, init.c: what main.c starts */
int agent_main(void);
int run_init(void);
/* words[2..6]: uid, euid, gid, egid, groups. Returns 0 or a negative errno. */
s64 become(char **words);

#endif
