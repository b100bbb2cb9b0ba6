/* SPDX-License-Identifier: Apache-2.0
 *
 * The system calls of 32-bit programs. What they point to lies below 4 GiB: this program is not position independent.
 */
#include "attack.h"

static const char secret[] = "secret", kept[] = "kept", new[] = "new", spare[] = "free", other[] = "other",
		  banned[] = "banned", attribute[] = "trusted.attack";

/* The numbers of arch/x86/entry/syscalls/syscall_32.tbl. */
enum {
	CREAT32 = 8,
	LINK32 = 9,
	UNLINK32 = 10,
	EXECVE32 = 11,
	MKNOD32 = 14,
	CHMOD32 = 15,
	MOUNT32 = 21,
	UTIME32 = 30,
	RENAME32 = 38,
	MKDIR32 = 39,
	SYMLINK32 = 83,
	TRUNCATE32 = 92,
	TRUNCATE64_32 = 193,
	CHOWN32 = 212,
	SETXATTR32 = 226,
	OPENAT32 = 295,
	OPENAT2_32 = 437,
};

static int call(long number, long a, long b, long c, long d, long e)
{
	long ret;

	__asm__ volatile("int $0x80"
			 : "=a"(ret)
			 : "a"(number), "b"(a), "c"(b), "d"(c), "S"(d), "D"(e)
			 : "memory", "r8", "r9", "r10", "r11");
	return (int)ret;
}

void attack_int80_openat(void)
{
	take(call(OPENAT32, AT_FDCWD, (long)secret, O_RDONLY, 0, 0));
}

void attack_int80_openat2(void)
{
	static const unsigned long long how[3];

	take(call(OPENAT2_32, AT_FDCWD, (long)secret, (long)how, sizeof(how), 0));
}

void attack_int80_link(void)
{
	call(LINK32, (long)secret, (long)other, 0, 0, 0);
	take_path(other);
}

void attack_int80_rename(void)
{
	call(RENAME32, (long)secret, (long)other, 0, 0, 0);
	take_path(other);
}

void attack_int80_creat(void)
{
	call(CREAT32, (long)kept, 0644, 0, 0, 0);
}

void attack_int80_truncate(void)
{
	call(TRUNCATE32, (long)kept, 0, 0, 0, 0);
}

void attack_int80_truncate64(void)
{
	call(TRUNCATE64_32, (long)kept, 0, 0, 0, 0);
}

void attack_int80_unlink(void)
{
	call(UNLINK32, (long)kept, 0, 0, 0, 0);
}

void attack_int80_chmod(void)
{
	call(CHMOD32, (long)kept, 0777, 0, 0, 0);
}

void attack_int80_chown(void)
{
	call(CHOWN32, (long)kept, 7, 7, 0, 0);
}

void attack_int80_utime(void)
{
	static const int times[2] = {1, 1};

	call(UTIME32, (long)kept, (long)times, 0, 0, 0);
}

void attack_int80_setxattr(void)
{
	call(SETXATTR32, (long)kept, (long)attribute, (long)other, 1, 0);
}

void attack_int80_mount(void)
{
	call(MOUNT32, (long)spare, (long)kept, 0, MS_BIND, 0);
}

void attack_int80_made(void)
{
	call(CREAT32, (long)new, 0644, 0, 0, 0);
}

void attack_int80_mkdir(void)
{
	call(MKDIR32, (long)new, 0755, 0, 0, 0);
}

void attack_int80_mknod(void)
{
	call(MKNOD32, (long)new, S_IFIFO | 0644, 0, 0, 0);
}

void attack_int80_symlink(void)
{
	call(SYMLINK32, (long)spare, (long)new, 0, 0, 0);
}

void attack_int80_execve(void)
{
	static unsigned int words[2];

	words[0] = (unsigned int)(unsigned long)banned;
	call(EXECVE32, (long)banned, (long)words, 0, 0, 0);
}
