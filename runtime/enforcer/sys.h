/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Raw x86-64 system calls and the few constants that the kernel's own headers do not carry. No libc: each call returns
 * the kernel's result, negative errno on failure.
 */
#ifndef STELE_SYS_H
#define STELE_SYS_H

#include <stdarg.h>
#include <stddef.h>
#include <linux/errno.h>
#include <linux/fcntl.h>
#include <linux/magic.h>
#include <linux/mount.h>
#include <linux/stat.h>
#include <asm/unistd.h>

#include "../abi.h"

typedef stele_u8 u8;
typedef stele_u16 u16;
typedef stele_u32 u32;
typedef stele_s32 s32;
typedef stele_u64 u64;
typedef long long s64;

#define ARRAY_SIZE(array)	 (sizeof(array) / sizeof((array)[0]))
#define NORETURN		 __attribute__((noreturn))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))

#define SYSCALL_ASM(...) __asm__ volatile("syscall" : "=a"(result) : "a"(number), __VA_ARGS__ : "rcx", "r11", "memory")

static inline long syscall3(long number, long a, long b, long c)
{
	long result;

	SYSCALL_ASM("D"(a), "S"(b), "d"(c));
	return result;
}

static inline long syscall1(long number, long a)
{
	long result;

	SYSCALL_ASM("D"(a));
	return result;
}

static inline long syscall2(long number, long a, long b)
{
	long result;

	SYSCALL_ASM("D"(a), "S"(b));
	return result;
}

static inline long syscall4(long number, long a, long b, long c, long d)
{
	register long r10 __asm__("r10") = d;
	long result;

	SYSCALL_ASM("D"(a), "S"(b), "d"(c), "r"(r10));
	return result;
}

static inline long syscall5(long number, long a, long b, long c, long d, long e)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	long result;

	SYSCALL_ASM("D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8));
	return result;
}

static inline long syscall6(long number, long a, long b, long c, long d, long e, long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long result;

	SYSCALL_ASM("D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9));
	return result;
}

/* sys(name, arguments…): one to six arguments, each an integer or a pointer. */
#define SYS_1(n, a)			   syscall1(n, (long)(a))
#define SYS_2(n, a, b)			   syscall2(n, (long)(a), (long)(b))
#define SYS_3(n, a, b, c)		   syscall3(n, (long)(a), (long)(b), (long)(c))
#define SYS_4(n, a, b, c, d)		   syscall4(n, (long)(a), (long)(b), (long)(c), (long)(d))
#define SYS_5(n, a, b, c, d, e)		   syscall5(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e))
#define SYS_6(n, a, b, c, d, e, f)	   syscall6(n, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), (long)(f))
#define SYS_PICK(a, b, c, d, e, f, n, ...) SYS_##n
#define sys(name, ...)			   SYS_PICK(__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)(__NR_##name, __VA_ARGS__)
#define sys0(name)			   syscall1(__NR_##name, 0)

/* Added to the kernel after the headers that we build with. */
#define NR_FILE_SETATTR 469

#define PROT_READ	      1
#define PROT_WRITE	      2
#define PROT_EXEC	      4
#define MAP_PRIVATE	      2
#define MAP_ANONYMOUS	      0x20
#define MAP_NORESERVE	      0x4000
#define MAP_FIXED_NOREPLACE   0x100000
#define MAP_ANONYMOUS_PRIVATE (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)
#define CLOCK_REALTIME	      0
#define CLOCK_BOOTTIME	      7
#define LOCK_EX		      2
#define LOCK_NB		      4
#define SIGBUS		      7
#define SIGCHLD		      17
#define SA_RESTORER	      0x04000000

#define INIT 1 /* the first process */

struct timespec64 {
	s64 seconds;
	s64 nanoseconds;
};

struct statfs64 {
	s64 type;
	s64 unused[14];
};

struct dirent64 {
	u64 inode;
	s64 offset;
	u16 length;
	u8 type;
	char name[];
};

#endif
