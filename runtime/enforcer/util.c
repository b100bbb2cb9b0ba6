/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Strings, memory, files and time: the small things that a libc would have brought.
 */
#include "enforcer.h"

/* GCC may call these four even in a freestanding program. */
void *memset(void *to, int c, size_t n)
{
	u8 *p = to;

	while (n--)
		*p++ = c;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	u8 *p = to;
	const u8 *q = from;

	while (n--)
		*p++ = *q++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	u8 *p = to;
	const u8 *q = from;

	if (p <= q)
		return memcpy(to, from, n);
	while (n--)
		p[n] = q[n];
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const u8 *p = a, *q = b;

	for (; n; n--, p++, q++)
		if (*p != *q)
			return *p - *q;
	return 0;
}

void quit(int code)
{
	flush();
	for (;;)
		sys(exit_group, code);
}

size_t string_length(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}

int string_equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

int string_starts(const char *s, const char *prefix)
{
	while (*prefix && *s == *prefix)
		s++, prefix++;
	return !*prefix;
}

int bytes_compare(const void *a, size_t a_length, const void *b, size_t b_length)
{
	int order = memcmp(a, b, a_length < b_length ? a_length : b_length);

	if (order)
		return order;
	return a_length < b_length ? -1 : a_length > b_length;
}

void string_copy(char *to, size_t size, const char *from)
{
	size_t i = 0;

	for (; i + 1 < size && from[i]; i++)
		to[i] = from[i];
	to[i] = 0;
}

u32 parse_number(const char **text)
{
	u32 number = 0;

	for (; **text >= '0' && **text <= '9'; ++*text)
		number = number * 10 + (**text - '0');
	return number;
}

void *map_pages(size_t size)
{
	long address = sys(mmap, 0, size, PROT_READ | PROT_WRITE, MAP_ANONYMOUS_PRIVATE, -1, 0);

	if (address < 0 && address > -4096)
		quit(problem(STELE_EXIT_SYSTEM, "free some memory", "no memory (%s)", errno_name(address)));
	return (void *)address;
}

long read_file(const char *path, char *buffer, size_t size)
{
	long fd = sys(open, path, O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	long n = 1;

	if (fd < 0)
		return fd;
	while (length < size && n > 0) {
		n = sys(read, fd, buffer + length, size - length);
		if (n == -EINTR)
			n = 1;
		else if (n > 0)
			length += n;
	}
	sys(close, fd);
	if (n < 0)
		return n;
	if (length == size)
		return -EFBIG;
	buffer[length] = 0;
	return length;
}

long mount_detached(const char *type, u32 attributes)
{
	long fs = sys(fsopen, type, FSOPEN_CLOEXEC), r = fs;

	if (r >= 0)
		r = sys(fsconfig, fs, FSCONFIG_SET_STRING, "mode", "0700", 0);
	if (r >= 0)
		r = sys(fsconfig, fs, FSCONFIG_CMD_CREATE, 0, 0, 0);
	if (r >= 0)
		r = sys(fsmount, fs, FSMOUNT_CLOEXEC, attributes);
	sys(close, fs);
	return r;
}

u64 now_us(void)
{
	struct timespec64 time = {0};

	sys(clock_gettime, CLOCK_BOOTTIME, &time);
	return time.seconds * 1000000ull + time.nanoseconds / 1000;
}

void sleep_ms(u32 milliseconds)
{
	struct timespec64 time = {milliseconds / 1000, milliseconds % 1000 * 1000000};

	sys(nanosleep, &time, 0);
}

u32 device_number(u32 major, u32 minor)
{
	return major << 20 | minor;
}
