/* SPDX-License-Identifier: Apache-2.0
 * Reads the enforced policy's events as anybody who may can: plain reads of the pinned iterators (runtime/abi.h).
 *
 *   event SEQUENCE CONSTRAINT OP HOOK VERDICT ERROR TGID UID GID FLAGS COMM EXE KIND [WORD…]
 *
 * KIND is enum stele_object_kind; behind it stand the members of such an object, as abi.h has them: of files the names,
 * addresses in hexadecimal.
 */
#include "guest.h"
#include "runtime/abi.h"

static struct stele_event events[STELE_EVENT_SLOTS];

/* A case may move the pins to where this process has no path to: then by the directory in which they were found. */
static s64 open_pin(const char *policy, const char *pin)
{
	static s64 known = -1;
	struct line path = {.length = 0};
	s64 directory, fd;

	add_text(&path, STELE_PIN_PREFIX);
	add_text(&path, policy);
	path.text[path.length] = 0;
	directory = SYS3(open, path.text, O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
	fd = SYS4(openat, directory < 0 ? known : directory, pin, O_RDONLY | O_CLOEXEC, 0);
	if (fd >= 0 && directory >= 0) {
		SYS1(close, known);
		known = directory;
	} else {
		SYS1(close, directory);
	}
	return fd;
}

u64 newest_event(const char *policy)
{
	s64 fd = open_pin(policy, STELE_PIN_COUNTERS);
	u64 newest = 0;

	if (fd < 0)
		return 0;
	if (SYS3(read, fd, &newest, sizeof(newest)) != sizeof(newest))
		newest = 0;
	SYS1(close, fd);
	return newest;
}

static u64 bounded_length(const char *text, u64 size)
{
	u64 n = 0;

	while (n < size && text[n])
		n++;
	return n;
}

/* A word of text that ends at its field's size at the latest. */
#define ADD_FIELD(line, field) add_escaped(line, field, bounded_length(field, sizeof(field)))

static void add_member(struct line *line, u32 type, const void *at)
{
	char hex[2 * 16 + 1] = {0};

	switch (type) {
	case STELE_MEMBER_file:
		ADD_FIELD(line, ((const struct stele_file *)at)->name);
		return;
	case STELE_MEMBER_number:
		add_number(line, *(const u32 *)at);
		return;
	case STELE_MEMBER_wide:
		add_number(line, *(const s64 *)at);
		return;
	case STELE_MEMBER_address:
		for (u32 i = 0; i < 32; i++)
			hex[i] = "0123456789abcdef"[((const u8 *)at)[i / 2] >> (i % 2 ? 0 : 4) & 15];
		add_escaped(line, hex, 32);
		return;
	case STELE_MEMBER_text:
		add_escaped(line, at, bounded_length(at, STELE_EVENT_SOCKET));
	}
}

static void report_event(const struct stele_event *event)
{
	static struct line line;

	add_text(&line, "event");
	add_number(&line, (s64)event->sequence);
	add_number(&line, event->constraint);
	add_number(&line, event->op);
	add_number(&line, event->hook);
	add_number(&line, event->verdict);
	add_number(&line, event->error);
	add_number(&line, event->tgid);
	add_number(&line, event->uid);
	add_number(&line, event->gid);
	add_number(&line, event->flags);
	ADD_FIELD(&line, event->comm);
	ADD_FIELD(&line, event->exe.name);
	add_number(&line, event->object_kind);
#define MEMBER(kind, name, member, type)                                                                               \
	if (event->object_kind == STELE_OBJECT_##kind)                                                                 \
		add_member(&line, STELE_MEMBER_##type,                                                                 \
			   (const u8 *)event + __builtin_offsetof(struct stele_event, member));
	STELE_OBJECT_MEMBERS(MEMBER)
#undef MEMBER
	send_line(&line, report_fd);
}

void report_events(const char *policy, u64 after)
{
	u64 used = 0;
	s64 fd, n;

	if (newest_event(policy) <= after)
		return;
	fd = open_pin(policy, STELE_PIN_EVENTS);
	if (fd < 0) {
		report_failure("open", "the policy's events", fd);
		return;
	}
	while (used < sizeof(events) && (n = SYS3(read, fd, (u8 *)events + used, sizeof(events) - used)) > 0)
		used += (u64)n;
	SYS1(close, fd);
	for (u32 i = 0; i < used / sizeof(events[0]); i++)
		if (events[i].sequence > after)
			report_event(&events[i]);
}
