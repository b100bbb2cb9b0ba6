/* SPDX-License-Identifier: Apache-2.0
 * Reads the enforced policy's events as anybody who may can: plain reads of the pinned iterators (runtime/abi.h).
 *
 *   event SEQUENCE CONSTRAINT OP HOOK VERDICT ERROR TGID UID GID FLAGS COMM EXE OBJECT
 */
#include "guest.h"
#include "runtime/abi.h"

static struct stele_event events[STELE_EVENT_SLOTS];

static s64 open_pin(const char *policy, const char *pin)
{
	struct line path = {.length = 0};

	add_text(&path, STELE_PIN_PREFIX);
	add_text(&path, policy);
	add_text(&path, "/");
	add_text(&path, pin);
	path.text[path.length] = 0;
	return SYS3(open, path.text, O_RDONLY | O_CLOEXEC, 0);
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
	add_escaped(&line, event->comm, bounded_length(event->comm, sizeof(event->comm)));
	add_escaped(&line, event->exe, bounded_length(event->exe, sizeof(event->exe)));
	add_escaped(&line, event->object, bounded_length(event->object, sizeof(event->object)));
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
