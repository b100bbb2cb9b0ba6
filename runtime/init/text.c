/* SPDX-License-Identifier: Apache-2.0
 * Strings, numbers, escapes and lines: the little of a C library that the guest needs.
 */
#include "guest.h"
#include <linux/poll.h>

void *memcpy(void *to, const void *from, u64 n)
{
	void *start = to;

	__asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(n) : : "memory");
	return start;
}

void *memset(void *to, int byte, u64 n)
{
	void *start = to;

	__asm__ volatile("rep stosb" : "+D"(to), "+c"(n) : "a"(byte) : "memory");
	return start;
}

int memcmp(const void *a, const void *b, u64 n)
{
	const u8 *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x < *y ? -1 : 1;
	return 0;
}

u64 strlen(const char *s)
{
	u64 n = 0;

	while (s[n])
		n++;
	return n;
}

int equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

int starts_with(const char *s, const char *prefix)
{
	while (*prefix && *s == *prefix)
		s++, prefix++;
	return !*prefix;
}

s64 number(const char *s)
{
	int negative = *s == '-';
	s64 value = 0;
	int base;

	s += negative;
	base = *s == '0' ? 8 : 10;
	for (; *s >= '0' && *s < '0' + base; s++)
		value = value * base + (*s - '0');
	return negative ? -value : value;
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static void unescape(char *word)
{
	char *to = word;

	for (; *word; word++) {
		int high = word[0] == '%' ? hex_digit(word[1]) : -1;
		int low = high >= 0 ? hex_digit(word[2]) : -1;

		if (low >= 0) {
			*to++ = (char)(high << 4 | low);
			word += 2;
		} else if (*word != '%') {
			*to++ = *word;
		}
	}
	*to = 0;
}

int split(char *line, char **ret_words, int max)
{
	int count = 0;

	while (*line && count < max) {
		ret_words[count++] = line;
		while (*line && *line != ' ')
			line++;
		if (*line)
			*line++ = 0;
	}
	for (int i = 0; i < count; i++)
		unescape(ret_words[i]);
	return count;
}

static void add_byte(struct line *line, char c)
{
	if (line->length + 1 < sizeof(line->text))
		line->text[line->length++] = c;
}

void add_text(struct line *line, const char *text)
{
	while (*text)
		add_byte(line, *text++);
}

static int is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' ||
	       c == '_' || c == '-' || c == ':' || c == '=' || c == ',' || c == '@' || c == '+';
}

void add_escaped(struct line *line, const char *text, u64 n)
{
	static const char digits[] = "0123456789ABCDEF";

	add_byte(line, ' ');
	if (!n)
		add_byte(line, '%');
	for (; n; n--, text++) {
		if (is_plain(*text)) {
			add_byte(line, *text);
			continue;
		}
		add_byte(line, '%');
		add_byte(line, digits[(u8)*text >> 4]);
		add_byte(line, digits[*text & 15]);
	}
}

void add_digits(struct line *line, s64 value)
{
	char digits[24];
	int i = sizeof(digits);
	u64 rest = value < 0 ? -(u64)value : (u64)value;

	digits[--i] = 0;
	do
		digits[--i] = (char)('0' + rest % 10);
	while (rest /= 10);
	if (value < 0)
		digits[--i] = '-';
	add_text(line, digits + i);
}

void add_number(struct line *line, s64 value)
{
	add_byte(line, ' ');
	add_digits(line, value);
}

void send_line(struct line *line, int fd)
{
	line->text[line->length++] = '\n';
	SYS3(write, fd, line->text, line->length);
	line->length = 0;
}

char *next_line(struct reader *reader, int timeout_ms, int *ret_timeout)
{
	for (;;) {
		struct pollfd ready = {.fd = reader->fd, .events = POLLIN};
		s64 n;

		for (u32 i = reader->taken; i < reader->used; i++) {
			char *line = reader->buffer + reader->taken;

			if (reader->buffer[i] != '\n')
				continue;
			reader->buffer[i] = 0;
			reader->taken = i + 1;
			return line;
		}
		reader->used -= reader->taken;
		for (u32 i = 0; i < reader->used; i++)
			reader->buffer[i] = reader->buffer[reader->taken + i];
		reader->taken = 0;
		if (reader->used == sizeof(reader->buffer))
			return 0;
		n = SYS3(poll, &ready, 1, timeout_ms);
		if (n == 0 && ret_timeout)
			*ret_timeout = 1;
		if (n <= 0)
			return 0;
		n = SYS3(read, reader->fd, reader->buffer + reader->used, sizeof(reader->buffer) - reader->used);
		if (n <= 0)
			return 0;
		reader->used += (u32)n;
	}
}
