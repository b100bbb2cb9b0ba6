/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Text on standard output and standard error: a small printf, and the three things an enforcer has to say (a problem, a
 * warning, a detail) in the form that the command under way wants them.
 */
#include <linux/uio.h>

#include "enforcer.h"

enum output_mode output_mode;

struct stream {
	u32 length;
	char buffer[4096];
};

static struct stream streams[3]; /* index = file descriptor */
long kernel_log = -1;
#define standard_output streams[1]
#define standard_error	streams[2]

static void flush_stream(struct stream *stream)
{
	u32 done = 0;

	while (done < stream->length) {
		long n = sys(write, stream - streams, stream->buffer + done, stream->length - done);

		if (n == -EINTR)
			continue;
		if (n <= 0)
			break;
		done += n;
	}
	stream->length = 0;
}

static void put(struct stream *stream, char c)
{
	if (stream->length == sizeof(stream->buffer))
		flush_stream(stream);
	stream->buffer[stream->length++] = c;
}

static void put_number(struct stream *stream, u64 value, u32 base, u32 width, char pad)
{
	char digits[24];
	u32 n = 0;

	do
		digits[n++] = "0123456789abcdef"[value % base];
	while (value /= base);
	for (u32 i = n; i < width; i++)
		put(stream, pad);
	while (n)
		put(stream, digits[--n]);
}

static void put_string(struct stream *stream, const char *s, long limit)
{
	while (*s && limit-- != 0)
		put(stream, *s++);
}

/* Names of files are whatever their owners like: none begins a line, or speaks to a terminal. */
static void put_plain(struct stream *stream, const char *s, long limit)
{
	for (; *s && limit-- != 0; s++) {
		if ((u8)*s >= ' ' && *s != 0x7f) {
			put(stream, *s);
			continue;
		}
		put_string(stream, "\\x", -1);
		put_number(stream, (u8)*s, 16, 2, '0');
	}
}

static void format_text(struct stream *stream, const char *format, va_list arguments)
{
	for (; *format; format++) {
		u32 width = 0, wide = 0;
		long limit = -1;
		char pad = ' ';
		u64 value;

		if (*format != '%') {
			put(stream, *format);
			continue;
		}
		if (*++format == '0')
			pad = '0';
		for (; *format >= '0' && *format <= '9'; format++)
			width = width * 10 + (*format - '0');
		if (*format == '.') {
			limit = va_arg(arguments, int);
			format += 2;
		}
		for (; *format == 'l'; format++)
			wide = 1;
		switch (*format) {
		case 's':
			put_plain(stream, va_arg(arguments, const char *), limit);
			break;
		case 'c':
			put(stream, va_arg(arguments, int));
			break;
		case 'd':
			value = wide ? va_arg(arguments, s64) : va_arg(arguments, int);
			if ((s64)value < 0)
				put(stream, '-');
			put_number(stream, (s64)value < 0 ? -value : value, 10, width, pad);
			break;
		case 'u':
		case 'x':
			value = wide ? va_arg(arguments, u64) : va_arg(arguments, u32);
			put_number(stream, value, *format == 'x' ? 16 : 10, width, pad);
			break;
		default:
			put(stream, *format);
		}
	}
}

void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	format_text(&standard_output, format, arguments);
	va_end(arguments);
}

void flush(void)
{
	flush_stream(&standard_output);
	flush_stream(&standard_error);
}

/* One line: to stderr behind "stele: POLICY: ", or to stdout behind the preflight's word. */
static struct stream *begin_line(const char *word)
{
	if (output_mode == OUTPUT_PREFLIGHT) {
		put_string(&standard_output, word, -1);
		return &standard_output;
	}
	flush_stream(&standard_output); /* in the order in which it was said */
	put_string(&standard_error, "stele: ", -1);
	put_string(&standard_error, plan_at(plan->policy_name), -1);
	put_string(&standard_error, ": ", -1);
	return &standard_error;
}

static void end_line(struct stream *stream)
{
	struct iovec parts[] = {{"<3>", 3}, {stream->buffer, stream->length}}; /* an error, in one record */

	if (kernel_log >= 0)
		sys(writev, kernel_log, parts, ARRAY_SIZE(parts));
	put(stream, '\n');
	flush_stream(stream);
}

int problem(int code, const char *help, const char *format, ...)
{
	struct stream *stream = begin_line("FAIL     ");
	va_list arguments;

	va_start(arguments, format);
	format_text(stream, format, arguments);
	va_end(arguments);
	put_string(stream, output_mode == OUTPUT_PREFLIGHT ? "\n         help: " : "\nhelp: ", -1);
	put_string(stream, help, -1);
	end_line(stream);
	return code;
}

void warn(const char *format, ...)
{
	struct stream *stream = begin_line("warning  ");
	va_list arguments;

	if (stream == &standard_error)
		put_string(stream, "warning: ", -1);
	va_start(arguments, format);
	format_text(stream, format, arguments);
	va_end(arguments);
	end_line(stream);
}

void detail(const char *format, ...)
{
	struct stream *stream = begin_line("         ");
	va_list arguments;

	va_start(arguments, format);
	format_text(stream, format, arguments);
	va_end(arguments);
	end_line(stream);
}

/* Position = number; the numbers that this program can meet or a policy can choose. */
static const char errno_names[][13] = {
    [EPERM] = "EPERM",
    [ENOENT] = "ENOENT",
    [ESRCH] = "ESRCH",
    [EINTR] = "EINTR",
    [EIO] = "EIO",
    [ENXIO] = "ENXIO",
    [E2BIG] = "E2BIG",
    [ENOEXEC] = "ENOEXEC",
    [EBADF] = "EBADF",
    [ECHILD] = "ECHILD",
    [EAGAIN] = "EAGAIN",
    [ENOMEM] = "ENOMEM",
    [EACCES] = "EACCES",
    [EFAULT] = "EFAULT",
    [EBUSY] = "EBUSY",
    [EEXIST] = "EEXIST",
    [EXDEV] = "EXDEV",
    [ENODEV] = "ENODEV",
    [ENOTDIR] = "ENOTDIR",
    [EISDIR] = "EISDIR",
    [EINVAL] = "EINVAL",
    [ENFILE] = "ENFILE",
    [EMFILE] = "EMFILE",
    [ENOTTY] = "ENOTTY",
    [ETXTBSY] = "ETXTBSY",
    [EFBIG] = "EFBIG",
    [ENOSPC] = "ENOSPC",
    [ESPIPE] = "ESPIPE",
    [EROFS] = "EROFS",
    [EMLINK] = "EMLINK",
    [EPIPE] = "EPIPE",
    [EDOM] = "EDOM",
    [ERANGE] = "ERANGE",
    [EDEADLK] = "EDEADLK",
    [ENAMETOOLONG] = "ENAMETOOLONG",
    [ENOLCK] = "ENOLCK",
    [ENOSYS] = "ENOSYS",
    [ENOTEMPTY] = "ENOTEMPTY",
    [ELOOP] = "ELOOP",
};

const char *errno_name(long error)
{
	static char other[] = "errno 0000";
	u32 number = error < 0 ? -error : error;

	if (number < ARRAY_SIZE(errno_names) && errno_names[number][0])
		return errno_names[number];
	for (u32 i = sizeof(other) - 2; i >= 6; i--, number /= 10)
		other[i] = '0' + number % 10;
	return other;
}

int is_denied(long error)
{
	return error == -EACCES || error == -EPERM;
}
