/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The generated programs as a program of the host: every hook that a system call would meet is called as the kernel
 * calls it, on the model of host/model.h. Made for tests, with the sanitizers:
 *
 *     clang -std=c11 -O1 -g -fno-strict-aliasing -fsanitize=address,undefined -DSTELE_HOST -I. host/main.c
 *
 * Reads the file that its argument names, a line after the other; words are separated by one space, bytes of paths that
 * are no printable ASCII, and backslash, are \xNN; the path `-` is memory without a name:
 *
 *     start DEV STATE PATH     a file system mounted before the enforcer started; "/" comes first. DEV: its s_dev.
 *                              STATE: the automaton's state of PATH
 *     late DEV PATH            one mounted afterwards
 *     subject UID EUID GID EGID GROUPS EXE       GROUPS: numbers joined by commas, or -; EXE: @kernel for what the
 *                              kernel starts
 *     call WHAT PATH [PATH] [OWNER [OWNER]]    a system call; WHAT is a name in the table of a room; OWNER: of each
 *                              path, self or other, where there is a file
 *
 * and answers each call with a line for each program that it met, and one `end`:
 *
 *     HOOK RETURNED SIGNAL COUNTED UNRESOLVED CONSTRAINT OP FLAGS ERROR EXE KIND [NAME…]
 *
 * COUNTED: the constraint whose decision was counted, -1 for none; UNRESOLVED: by how much that counter grew;
 * CONSTRAINT to KIND: of the event that was written, -1 0 0 0 - none for none; behind KIND stand the names that such an
 * object has (path: one; paths: two; task: its executable). One operation can come by several system
 * calls (truncate and ftruncate); the line tells the hook, and all of them must answer alike.
 */
#include "policy.bpf.c"
#include "host/model.h"

int mprotect(void *address, unsigned long length, int protection);
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0"; /* the maps live as long as the process, everything else is freed */
}

#define HOST_LINE  65536
#define HOST_PAGE  4096ul
#define EARLIER	   (-5) /* the verdict of a program that ran before: no errno that a policy can choose */
#define HOST_WORDS 8

/* The programs by hook; NULL where the policy needs none. */
static struct host_hook {
	const char *name;
	u32 arguments; /* of the kernel, before the earlier verdict */
	int (*program)(u64 *ctx);
} host_hooks[] = {
#define STELE_HOOK(room, name, arguments, since, before, attach, object, operations, sees)                             \
	[STELE_HOOK_##name] = {#name, arguments, NULL},
#include "hooks.def"
#undef STELE_HOOK
};

static void host_list_programs(void)
{
#define HOST_PROGRAM(name) host_hooks[STELE_HOOK_##name].program = stele_##name;
	HOOKS_IN_USE(HOST_PROGRAM)
#undef HOST_PROGRAM
}

/* ---- what a program left behind */

static void host_write_path(const char *text)
{
	putchar(' ');
	if (!*text)
		putchar('-');
	for (; *text; text++) {
		if (*text > 0x20 && *text < 0x7f && *text != '\\')
			putchar(*text);
		else
			printf("\\x%02x", (unsigned char)*text);
	}
}

static void host_write_object(const struct stele_event *event)
{
	switch ((enum stele_object_kind)event->object_kind) {
	case STELE_OBJECT_none:
		printf(" none");
		return;
	case STELE_OBJECT_path:
		printf(" path");
		host_write_path(event->object.path.name);
		return;
	case STELE_OBJECT_paths:
		printf(" paths");
		host_write_path(event->object.paths.name);
		host_write_path(event->other.name);
		return;
	case STELE_OBJECT_task:
		printf(" task");
		host_write_path(event->object.task.exe.name);
		return;
	case STELE_OBJECT_socket:
	case STELE_OBJECT_capability:
	case STELE_OBJECT_call:
	case STELE_OBJECT_COUNT:
		break;
	}
	host_fault("an event with an object of a kind that no program writes");
}

static void host_write_event(u64 sequence)
{
	u32 slot = (u32)(sequence - 1) % STELE_EVENT_SLOTS;
	struct seq_file seq = {.length = 0};
	struct bpf_iter_meta meta = {&seq};
	struct bpf_iter__bpf_map_elem element = {&meta, &slot, bpf_map_lookup_elem(&events, &slot)};
	struct stele_event event;

	show_events(&element);
	memcpy(&event, seq.bytes, sizeof(event));
	if (event.sequence != sequence)
		host_fault("an event without its sequence number");
	printf(" %u %u %u %u", event.constraint, event.op, event.flags, event.error);
	host_write_path(event.exe.name);
	host_write_object(&event);
}

struct host_counters {
	u64 value[STELE_COUNTER_CONSTRAINT + CONSTRAINTS];
};

static struct host_counters host_count(void)
{
	struct host_counters all;

	for (u32 i = 0; i < sizeof(all.value) / sizeof(all.value[0]); i++)
		all.value[i] = *(u64 *)bpf_map_lookup_elem(&counters, &i);
	return all;
}

static int host_counted(const struct host_counters *before, const struct host_counters *after)
{
	int counted = -1;

	for (u32 i = 0; i < CONSTRAINTS; i++) {
		u64 grown = after->value[STELE_COUNTER_CONSTRAINT + i] - before->value[STELE_COUNTER_CONSTRAINT + i];

		if (grown > 1 || (grown && counted >= 0))
			host_fault("more than one decision is counted");
		if (grown)
			counted = i;
	}
	return counted;
}

/* ---- calling a program; the arguments are the kernel's, `count` of them */

static int host_run(u32 hook, const u64 *arguments, u32 count, int earlier)
{
	/* exactly as long as the kernel's: one argument too far is seen */
	u64 *ctx = malloc((count + 1) * sizeof(*ctx));
	int returned;

	if (count != host_hooks[hook].arguments)
		host_fault("the hook has another number of arguments");
	memcpy(ctx, arguments, count * sizeof(*ctx));
	ctx[count] = (u64)(long)earlier;
	returned = host_hooks[hook].program(ctx);
	free(ctx);
	return returned;
}

/* The call is none of the policy's business: it must be let through without a trace. */
static void host_ignores(u32 hook, const u64 *arguments, u32 count, int earlier, const char *why)
{
	struct host_counters before = host_count(), after;

	if (!host_hooks[hook].program)
		return;
	host_signal = 0;
	if (host_run(hook, arguments, count, earlier) != earlier)
		host_fault(why);
	after = host_count();
	if (host_signal || memcmp(&before, &after, sizeof(before)))
		host_fault(why);
}

static void host_decides(u32 hook, const u64 *arguments, u32 count)
{
	struct host_counters before = host_count(), after;
	int returned;

	if (!host_hooks[hook].program)
		return;
	host_ignores(hook, arguments, count, EARLIER, "the verdict of an earlier program is not kept");
	host_current->flags |= PF_KTHREAD;
	host_ignores(hook, arguments, count, 0, "a kernel thread is a subject");
	host_current->flags &= ~PF_KTHREAD;
	host_signal = 0;
	returned = host_run(hook, arguments, count, 0);
	after = host_count();
	printf("%s %d %u %d %llu", host_hooks[hook].name, returned, host_signal, host_counted(&before, &after),
	       after.value[STELE_COUNTER_UNRESOLVED] - before.value[STELE_COUNTER_UNRESOLVED]);
	if (after.value[STELE_COUNTER_EVENTS] == before.value[STELE_COUNTER_EVENTS])
		printf(" -1 0 0 0 - none");
	else
		host_write_event(after.value[STELE_COUNTER_EVENTS]);
	putchar('\n');
}

#define ARGUMENTS(...)		(const u64[]){__VA_ARGS__}, sizeof((const u64[]){__VA_ARGS__}) / sizeof(u64)
#define P(pointer)		((u64)(pointer))
#define HOOK(name)		STELE_HOOK_##name
#define DECIDES(hook, ...)	host_decides(HOOK(hook), ARGUMENTS(__VA_ARGS__))
#define IGNORES(hook, why, ...) host_ignores(HOOK(hook), ARGUMENTS(__VA_ARGS__), 0, why)

/* ---- system calls, a file for each class */

static struct path *host_path(struct dentry *dentry)
{
	struct path *path = host_allocate(sizeof(*path));

	path->dentry = dentry;
	path->mnt = host_mount_of(dentry->d_sb);
	return path;
}

static struct path *host_directory(struct dentry *dentry)
{
	return host_path(dentry->d_parent);
}

static struct inode *host_parent(struct dentry *dentry)
{
	return dentry->d_parent->d_inode;
}

struct host_call {
	const char *name;
	u32 paths;
	void (*call)(struct dentry *a, struct dentry *b);
};

#include "host/exec.h"
#include "host/file.h"
#include "host/mount.h"
#include "host/process.h"

#define HOST_ROOM(calls) {calls, sizeof(calls) / sizeof(calls[0])}

static const struct host_room {
	const struct host_call *calls;
	u32 count;
} host_rooms[] = {HOST_ROOM(file_calls), HOST_ROOM(exec_calls), HOST_ROOM(mount_calls), HOST_ROOM(process_calls)};

static const struct host_call *host_find_call(const char *name)
{
	for (u32 room = 0; room < sizeof(host_rooms) / sizeof(host_rooms[0]); room++)
		for (u32 i = 0; i < host_rooms[room].count; i++)
			if (!strcmp(host_rooms[room].calls[i].name, name))
				return &host_rooms[room].calls[i];
	return NULL;
}

/* ---- the file of questions */

static u32 host_digit(char c)
{
	return c <= '9' ? c - '0' : c - 'a' + 10;
}

/* Undoes \xNN in place. */
static char *host_unescape(char *word)
{
	char *to = word;

	for (const char *from = word; *from; from++) {
		if (*from == '\\') {
			*to++ = host_digit(from[2]) << 4 | host_digit(from[3]);
			from += 3;
		} else {
			*to++ = *from;
		}
	}
	*to = 0;
	return word;
}

static u32 host_number(const char *word)
{
	return strtoul(word, NULL, 10);
}

/* What the enforcer does before it freezes the map. Clang drops what is written to a constant that it knows. */
static void host_write_late(const struct stele_late *to)
{
	unsigned long address = (unsigned long)&late;
	unsigned long first = address & ~(HOST_PAGE - 1);
	unsigned long length = address + sizeof(late) - first;

	__asm__ volatile("" : "+r"(address));
	if (mprotect((void *)first, length, 1 | 2))
		host_fault("the late constants cannot be written");
	memcpy((void *)address, to, sizeof(*to));
	mprotect((void *)first, length, 1);
}

static void host_start(char **words)
{
	static const struct stele_late constants = {
	    .device_multiplier = 1u << 24, .mount_namespace = HOST_NAMESPACE, .can_probe = 1};
	u32 dev = host_number(words[1]);

	host_write_late(&constants);
	*device_slot(dev) = (struct stele_device){dev, host_number(words[2])};
	host_mount(dev, host_unescape(words[3]));
}

static void host_read_subject(struct host_subject *subject, char **words)
{
	static u32 groups[HOST_LINE / 2];
	static char exe[HOST_LINE];

	*subject = (struct host_subject){.uid = host_number(words[1]),
					 .euid = host_number(words[2]),
					 .gid = host_number(words[3]),
					 .egid = host_number(words[4]),
					 .groups = groups};
	for (char *at = words[5]; *at != '-' && *at; at += *at == ',')
		groups[subject->group_count++] = strtoul(at, &at, 10);
	subject->by_kernel = !strcmp(words[6], "@kernel");
	if (!subject->by_kernel && strcmp(words[6], "-"))
		subject->exe = host_unescape(strcpy(exe, words[6]));
}

static struct dentry *host_object(char *word)
{
	return strcmp(word, "-") ? host_dentry(host_unescape(word)) : host_nameless();
}

static void host_call(const struct host_subject *subject, char **words, u32 count)
{
	u32 allocations = host_allocation_count, dentries = host_dentry_count;
	const struct host_call *call = host_find_call(words[1]);
	struct dentry *objects[2] = {NULL, NULL};

	if (!call || (count != 2 + call->paths && count != 2 + 2 * call->paths))
		host_fault("a call that the model does not know");
	host_current = host_task(subject);
	host_owners_told = count > 2 + call->paths;
	for (u32 i = 0; i < call->paths; i++) {
		objects[i] = host_object(words[2 + i]);
		if (host_owners_told)
			host_give(objects[i], subject->uid + !!strcmp(words[2 + call->paths + i], "self"));
	}
	call->call(objects[0], objects[1]);
	host_free(allocations, dentries);
	puts("end");
}

int main(int count, char **arguments)
{
	static char line[HOST_LINE];
	struct host_subject subject = {.group_count = 0};
	FILE *file = count == 2 ? fopen(arguments[1], "r") : NULL;

	if (!file)
		host_fault("no file of questions");
	host_list_programs();
	while (fgets(line, sizeof(line), file)) {
		char *words[HOST_WORDS] = {0};
		u32 found = 0;

		for (char *word = strtok(line, " \n"); word && found < HOST_WORDS; word = strtok(NULL, " \n"))
			words[found++] = word;
		if (!strcmp(words[0], "start"))
			host_start(words);
		else if (!strcmp(words[0], "late"))
			host_mount(host_number(words[1]), host_unescape(words[2]));
		else if (!strcmp(words[0], "subject"))
			host_read_subject(&subject, words);
		else
			host_call(&subject, words, found);
	}
	fclose(file);
	return 0;
}
