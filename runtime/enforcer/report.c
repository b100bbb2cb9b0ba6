/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * status and events: plain reads of the two iterators that an enforced policy has pinned. No descriptor of a map, no
 * bpf(2), no exemption.
 *
 * Events are written while they are read. A writer clears a record's sequence first and sets it last, so a record is
 * whole when two readings of everything, one after the other, find the same sequence in it: then the earlier one
 * counts.
 */
#include "enforcer.h"

#define MAX_COUNTERS  (1u << 20)
#define MAX_MOUNTINFO (16u << 20)
#define READINGS      8
#define POLL_MS	      200
#define SECONDS_A_DAY 86400
/* A longer name begins with a component instead of a slash. */
#define OMITTED "/..."

typedef struct stele_event event_log[STELE_EVENT_SLOTS];

static u64 *counters;
static u32 counter_count;
static event_log *older, *newer;
static char *mountinfo;
static s64 boot_to_real; /* nanoseconds from CLOCK_BOOTTIME to CLOCK_REALTIME */

static const char *verdict_name(u32 verdict)
{
	return verdict == 0 ? "audit" : verdict == 1 ? "deny" : "kill";
}

/* ---- reading */

static long read_pin(const char *name, void *buffer, size_t size)
{
	return read_file(pin_path(name), buffer, size);
}

static int inactive(long error)
{
	if (is_denied(error))
		return problem(STELE_EXIT_PRIVILEGE, "run it as root, and where no policy denies it that",
			       "cannot look at %s: %s", pin_directory(), errno_name(error));
	return problem(STELE_EXIT_INACTIVE, "start the enforcer with `apply`", "this policy is not enforced here");
}

/* The pins belong to exactly this plan: counters and events name constraints by their index. */
static int check_active(void)
{
	struct statx mark;
	long r = is_active();

	if (r <= 0)
		return inactive(r);
	r = sys(statx, AT_FDCWD, pin_path(plan_mark()), AT_SYMLINK_NOFOLLOW, STATX_INO, &mark);
	if (is_denied(r))
		return inactive(r);
	if (r)
		return problem(STELE_EXIT_OTHER, "ask the enforcer that was applied",
			       "another build of this policy is enforced here");
	return 0;
}

static int read_counters(void)
{
	const u32 wanted = STELE_COUNTER_CONSTRAINT + plan->constraints.count;
	long n;

	if (!counters)
		counters = map_pages(MAX_COUNTERS * sizeof(u64));
	n = read_pin(STELE_PIN_COUNTERS, counters, MAX_COUNTERS * sizeof(u64));
	if (n < 0)
		return inactive(n);
	counter_count = n / sizeof(u64);
	if (counter_count >= wanted)
		return 0;
	return problem(STELE_EXIT_SYSTEM, "report this with `uname -r`", "%u counters instead of %u", counter_count,
		       wanted);
}

/* ---- status */

int show_status(void)
{
	const struct stele_plan_constraint *constraint = plan_constraints();
	int r;

	print("policy    %s %s\n", (const char *)plan_at(plan->policy_name),
	      (const char *)plan_at(plan->policy_version));
	r = check_active();
	if (!r)
		r = read_counters();
	if (r == STELE_EXIT_INACTIVE)
		print("enforced  no\n");
	if (r)
		return r;
	print("enforced  yes, in %s\n", pin_directory());
	print("events    %llu\n", counters[STELE_COUNTER_EVENTS]);
	print("names that could not be resolved  %llu\n\n", counters[STELE_COUNTER_UNRESOLVED]);
	print(" decisions  verdict  rule\n");
	for (u32 i = 0; i < plan->constraints.count; i++, constraint++) {
		const char *part = plan_at(constraint->part);

		print("%10llu  %s%s  %s (%s)%s%s\n", counters[STELE_COUNTER_CONSTRAINT + i],
		      verdict_name(constraint->verdict), constraint->verdict ? "   " : "  ",
		      (const char *)plan_at(constraint->rule), (const char *)plan_at(constraint->source),
		      *part ? " closure: " : "", part);
	}
	output_mode = OUTPUT_PREFLIGHT; /* details are results */
	show_other_programs();
	return 0;
}

/* ---- text of an event */

/* Bytes of the UTF-8 sequence at s, 0 when it is none (overlong forms, surrogates and what lies above U+10FFFF too). */
static u32 utf8_length(const u8 *s)
{
	u32 length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;

	for (u32 i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] >= 0xa0) || (s[0] == 0xf0 && s[1] < 0x90) ||
	    (s[0] == 0xf4 && s[1] >= 0x90))
		return 0;
	return length;
}

/* As a policy writes it: odd bytes as \xNN, a backslash doubled; in JSON each of those backslashes twice. */
static void print_escaped(const char *text, int json)
{
	const char *backslash = json ? "\\\\" : "\\";
	const u8 *s = (const u8 *)text;

	while (*s) {
		u32 length = utf8_length(s);

		if (!length || *s < 0x20 || *s == 0x7f || (!json && *s == ' ')) {
			print("%sx%02x", backslash, *s++);
			continue;
		}
		if (*s == '\\')
			print("%s%s", backslash, backslash);
		else if (json && *s == '"')
			print("\\\"");
		else
			print("%.*s", (int)length, (const char *)s);
		s += length;
	}
}

static s64 clock_ns(int clock)
{
	struct timespec64 time = {0};

	sys(clock_gettime, clock, &time);
	return time.seconds * 1000000000ll + time.nanoseconds;
}

/* Days since 1970 → date: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms". */
static void print_time(u64 time_ns)
{
	u64 ns = time_ns + boot_to_real, seconds = ns / 1000000000;
	u32 day = seconds / SECONDS_A_DAY, rest = seconds % SECONDS_A_DAY;
	u32 shifted = day + 719468, era = shifted / 146097, of_era = shifted % 146097;
	u32 year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
	u32 of_year = of_era - (365 * year + year / 4 - year / 100);
	u32 month = (5 * of_year + 2) / 153;

	print("%04u-%02u-%02uT%02u:%02u:%02u.%06uZ", year + era * 400 + (month >= 10),
	      month < 10 ? month + 3 : month - 9, of_year - (153 * month + 2) / 5 + 1, rest / 3600, rest / 60 % 60,
	      rest % 60, (u32)(ns % 1000000000 / 1000));
}

static int is_octal(const char *s)
{
	return s[0] == '\\' && s[1] >= '0' && s[1] <= '3';
}

/* Bytes of `path` that the directory at *line, which moves behind it, takes: 0 for the whole file system; -1 when the
 * path does not lie there. */
static int length_in(const char **line, const char *path)
{
	const char *at = *line;
	int length = 0, is_in = 1, is_whole = at[0] == '/' && at[1] == ' ';

	for (; *at && *at != ' '; at++) {
		char c = *at;

		if (is_octal(at)) {
			c = (at[1] - '0') << 6 | (at[2] - '0') << 3 | (at[3] - '0');
			at += 3;
		}
		is_in = is_in && path[length] == c;
		length += is_in;
	}
	*line = at + (*at == ' ');
	if (is_whole)
		return 0;
	return is_in && (!path[length] || path[length] == '/') ? length : -1;
}

/* What the policy makes of a mount point, as it is printed in the table: nothing, a pattern, a name. */
static u32 rank_of_point(const char *point, int length)
{
	static char path[4096];
	int by_pattern = 0;

	if ((u32)length >= sizeof(path))
		return 0;
	string_copy(path, length + 1, point);
	return !walk(STELE_STATE_ROOT, unescape(path), &by_pattern) ? 0 : by_pattern ? 1 : 2;
}

/* Where a path of a device is mounted, or 0: where the policy names it; else its whole file system, unless the root or
 * nothing else shows it. *ret_path moves behind the directory that is mounted. The table is parsed as it is printed: id
 * parent major:minor root point … */
static const char *mount_point(u32 device, const char **ret_path, int *ret_length)
{
	const char *found = 0;
	u32 best = 0;
	int taken = -1;

	for (const char *line = mountinfo; *line;) {
		u32 number[4];
		int part, length = 0;

		for (u32 i = 0; i < ARRAY_SIZE(number); i++, line++)
			number[i] = parse_number(&line);
		part = length_in(&line, *ret_path);
		while (line[length] && line[length] != ' ')
			length++;
		if (device_number(number[2], number[3]) == device && part >= 0) {
			u32 rank = rank_of_point(line, length);

			if (!found || rank > best ||
			    (rank == best && (!part || length == 1 || (taken && part >= taken)))) {
				best = rank;
				taken = part;
				found = line;
				*ret_length = length;
			}
		}
		while (*line && *line != '\n')
			line++;
		line += *line == '\n';
	}
	if (taken > 0)
		*ret_path += taken;
	return found;
}

/* The name as people know it. A file system that is not mounted here has only its device. */
static void print_path(const char *path, u32 device, int json)
{
	int length = 0, deep = *path != '/';
	const char *point;

	if (!device) { /* no file: a word, or nothing */
		print("%s", *path || json ? path : "-");
		return;
	}
	while (path[0] == '/' && path[1] == '/')
		path++;
	point = mount_point(device, &path, &length);
	while (*path == '/')
		path++;
	if (!point)
		print("dev:%u:%u", device >> 20, device & 0xfffff);
	else if (length > 1 || deep)
		print("%.*s", length > 1 ? length : 0, point);
	print("%s/", deep ? OMITTED : "");
	print_escaped(path, json);
}

static const char *op_name(u32 op)
{
	const u32 *ops = plan_at(plan->operations.offset);

	return op < plan->operations.count ? plan_at(ops[op]) : "?";
}

static void print_json_string(const char *name, const char *value)
{
	print(",\"%s\":\"", name);
	print_escaped(value, 1);
	print("\"");
}

/* ---- what an event is about, as text or as members of a JSON object: the rows of abi.h */

static const char *const kind_names[] = {
#define KIND_NAME(kind, type) #kind,
    STELE_OBJECTS(KIND_NAME)
#undef KIND_NAME
};

static const struct member {
	u8 kind;
	u8 type;
	u16 offset; /* bytes into struct stele_event */
	const char *name;
} members[] = {
#define MEMBER(kind, name, member, type)                                                                               \
	{STELE_OBJECT_##kind, STELE_MEMBER_##type, offsetof(struct stele_event, member), #name},
    STELE_OBJECT_MEMBERS(MEMBER)
#undef MEMBER
};

static void print_file(const char *name, const struct stele_file *file, int json)
{
	print_path(file->name, file->dev, json);
	if (json)
		print("\",\"%s_dev\":\"%u:%u\",\"%s_inode\":%llu", name, file->dev >> 20, file->dev & 0xfffff, name,
		      file->inode);
}

/* In text the file that was decided stands without a word. */
static void print_member(const struct member *member, const void *at, int json)
{
	int is_number = member->type == STELE_MEMBER_number || member->type == STELE_MEMBER_wide;
	const u8 *address = at;

	if (json)
		print(is_number ? ",\"%s\":" : ",\"%s\":\"", member->name);
	else if (member->type != STELE_MEMBER_file || !string_equal(member->name, "object"))
		print(" %s ", member->name);
	switch (member->type) {
	case STELE_MEMBER_file:
		print_file(member->name, at, json);
		return;
	case STELE_MEMBER_number:
	case STELE_MEMBER_wide:
		print("%llu", member->type == STELE_MEMBER_wide ? *(const u64 *)at : *(const u32 *)at);
		return;
	case STELE_MEMBER_address:
		for (u32 i = 0; i < 16; i++)
			print("%02x", address[i]);
		break;
	case STELE_MEMBER_text:
		print_escaped(at, json);
	}
	if (json)
		print("\"");
}

static void print_object(const struct stele_event *event, int json)
{
	if (!json && event->object_kind == STELE_OBJECT_none)
		print("anonymous memory");
	for (u32 i = 0; i < ARRAY_SIZE(members); i++)
		if (members[i].kind == event->object_kind)
			print_member(&members[i], (const u8 *)event + members[i].offset, json);
}

static void print_text_event(const struct stele_event *event, const struct stele_plan_constraint *constraint)
{
	print_time(event->time_ns);
	print(" %s %s hook %s: %s ", verdict_name(event->verdict), (const char *)plan_at(constraint->rule),
	      hook_name(event->hook), op_name(event->op));
	print_object(event, 0);
	if (event->flags & STELE_EVENT_UNRESOLVED)
		print(" (unresolved)");
	if (event->flags & STELE_EVENT_NAMELESS && event->object_kind != STELE_OBJECT_none)
		print(" (nameless)");
	print(" by ");
	print_path(event->exe.name, event->exe.dev, 0);
	print(" (");
	print_escaped(event->comm, 0);
	print(") pid %u uid %u gid %u", event->tgid, event->uid, event->gid);
	if (event->error)
		print(" errno %s", errno_name(event->error));
	print("\n");
}

static void print_json_event(const struct stele_event *event, const struct stele_plan_constraint *constraint)
{
	print("{\"sequence\":%llu,\"time\":\"", event->sequence);
	print_time(event->time_ns);
	print("\",\"time_ns\":%llu", event->time_ns);
	print_json_string("verdict", verdict_name(event->verdict));
	print_json_string("rule", plan_at(constraint->rule));
	print_json_string("source", plan_at(constraint->source));
	print_json_string("part", plan_at(constraint->part));
	print_json_string("hook", hook_name(event->hook));
	print_json_string("operation", op_name(event->op));
	print_json_string("errno", event->error ? errno_name(event->error) : "");
	print(",\"alert\":%s,\"unresolved\":%s,\"nameless\":%s", constraint->log == 2 ? "true" : "false",
	      event->flags & STELE_EVENT_UNRESOLVED ? "true" : "false",
	      event->flags & STELE_EVENT_NAMELESS ? "true" : "false");
	print(",\"pid\":%u,\"tgid\":%u,\"uid\":%u,\"gid\":%u", event->pid, event->tgid, event->uid, event->gid);
	print_json_string("comm", event->comm);
	print(",\"exe\":\"");
	print_file("exe", (const struct stele_file *)&event->exe, 1);
	print_json_string("kind", event->object_kind < ARRAY_SIZE(kind_names) ? kind_names[event->object_kind] : "?");
	print_object(event, 1);
	print("}\n");
}

/* ---- events */

static long read_events(event_log **log)
{
	/* read_file wants room for a NUL */
	if (!*log)
		*log = map_pages(sizeof(event_log) + 1);
	memset(*log, 0, sizeof(event_log));
	return read_pin(STELE_PIN_EVENTS, *log, sizeof(event_log) + 1);
}

/* Reads until two readings agree, or for long enough. */
static int read_twice(void)
{
	long n = read_events(&newer);

	for (u32 i = 0; n >= 0 && i < READINGS; i++) {
		event_log *swap = older;
		u32 moved = 0;

		older = newer;
		newer = swap;
		n = read_events(&newer);
		for (u32 slot = 0; slot < STELE_EVENT_SLOTS; slot++)
			moved += (*older)[slot].sequence != (*newer)[slot].sequence;
		if (!moved)
			break;
	}
	return n < 0 ? inactive(n) : 0;
}

static int is_whole(u64 sequence)
{
	u32 slot = (sequence - 1) % STELE_EVENT_SLOTS;

	return (*older)[slot].sequence == sequence && (*newer)[slot].sequence == sequence;
}

#define END(field) (field)[sizeof(field) - 1] = 0

/* Whatever is read, its strings end. */
static void end_strings(struct stele_event *event)
{
	END(event->comm);
	END(event->exe.name);
	for (u32 i = 0; i < ARRAY_SIZE(members); i++) {
		void *at = (u8 *)event + members[i].offset;

		if (members[i].kind != event->object_kind)
			continue;
		if (members[i].type == STELE_MEMBER_file)
			END(((struct stele_file *)at)->name);
		if (members[i].type == STELE_MEMBER_text)
			((char *)at)[STELE_EVENT_SOCKET - 1] = 0;
	}
}

static void print_lost(u64 lost, int json)
{
	if (lost)
		print(json ? "{\"lost\":%llu}\n" : "lost: %llu events were overwritten before they were read\n", lost);
}

/* Prints the events behind `seen`, up to `newest`, in order. An event that is still being written is left for the next
 * round, or skipped when something newer lies behind it. Returns the last one printed or given up. */
static u64 print_events(u64 seen, u64 newest, int json, u64 *lost)
{
	u64 first = newest > STELE_EVENT_SLOTS ? newest - STELE_EVENT_SLOTS + 1 : 1, done = seen;

	*lost = first > seen + 1 ? first - seen - 1 : 0;
	for (u64 sequence = first > seen + 1 ? first : seen + 1; sequence <= newest; sequence++) {
		struct stele_event *event = &(*older)[(sequence - 1) % STELE_EVENT_SLOTS];

		if (!is_whole(sequence) || event->constraint >= plan->constraints.count)
			continue;
		*lost += sequence - done - 1 - (done < first - 1 ? first - 1 - done : 0);
		done = sequence;
		end_strings(event);
		if (json)
			print_json_event(event, &plan_constraints()[event->constraint]);
		else
			print_text_event(event, &plan_constraints()[event->constraint]);
	}
	return done;
}

static int prepare_events(void)
{
	int r = check_active();

	if (r)
		return r;
	boot_to_real = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
	if (!mountinfo)
		mountinfo = map_pages(MAX_MOUNTINFO);
	if (read_file("/proc/self/mountinfo", mountinfo, MAX_MOUNTINFO) < 0)
		*mountinfo = 0;
	return 0;
}

int show_events(int json, int follow)
{
	u64 seen = 0;

	for (;;) {
		int r = prepare_events();
		u64 lost = 0;

		if (!r)
			r = read_counters();
		if (r)
			return r;
		if (counters[STELE_COUNTER_EVENTS] > seen) {
			r = read_twice();
			if (r)
				return r;
			seen = print_events(seen, counters[STELE_COUNTER_EVENTS], json, &lost);
			print_lost(lost, json);
		}
		flush();
		if (!follow)
			return 0;
		sleep_ms(POLL_MS);
	}
}

int show_manifest(void)
{
	print("%.*s\n", (int)plan->manifest.count, (const char *)plan_at(plan->manifest.offset));
	return 0;
}
