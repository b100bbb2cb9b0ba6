/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The generated programs as a program of the host: every hook that a system call would meet is called as the kernel
 * calls it, on the model of host_model.h. Made for tests, with the sanitizers:
 *
 *     clang -std=c11 -O1 -g -fno-strict-aliasing -fsanitize=address,undefined -DSTELE_HOST host_main.c
 *
 * Reads the file that its argument names, a line after the other; words are separated by one space, bytes of paths that
 * are no printable ASCII, and backslash, are \xNN; the path `-` is memory without a name:
 *
 *     start DEV STATE PATH     a file system mounted before the enforcer started; "/" comes first. DEV: its s_dev.
 *                              STATE: the automaton's state of PATH
 *     late DEV PATH            one mounted afterwards
 *     subject UID EUID GID EGID GROUPS EXE       GROUPS: numbers joined by commas, or -
 *     call WHAT PATH [PATH]    a system call; WHAT is a name in the table at the end
 *
 * and answers each call with a line for each program that it met, and one `end`:
 *
 *     HOOK RETURNED SIGNAL COUNTED UNRESOLVED CONSTRAINT OP FLAGS ERROR OBJECT EXE
 *
 * COUNTED: the constraint whose decision was counted, -1 for none; UNRESOLVED: by how much that counter grew;
 * CONSTRAINT to EXE: of the event that was written, -1 0 0 0 - - for none. One operation can come by several system
 * calls (truncate and ftruncate); the line tells the hook, and all of them must answer alike.
 */
#include "policy.bpf.c"
#include "host_model.h"

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
static const struct host_hook {
	const char *name;
	int (*program)(u64 *ctx);
} host_hooks[] = {
#define HOST_ENTRY(name) [STELE_HOOK_##name] = {#name, stele_##name},
    STELE_HOOKS(HOST_ENTRY)};

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
	host_write_path(event.object);
	host_write_path(event.exe);
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
		printf(" -1 0 0 0 - -");
	else
		host_write_event(after.value[STELE_COUNTER_EVENTS]);
	putchar('\n');
}

#define ARGUMENTS(...)		(const u64[]){__VA_ARGS__}, sizeof((const u64[]){__VA_ARGS__}) / sizeof(u64)
#define P(pointer)		((u64)(pointer))
#define HOOK(name)		STELE_HOOK_##name
#define DECIDES(hook, ...)	host_decides(HOOK(hook), ARGUMENTS(__VA_ARGS__))
#define IGNORES(hook, why, ...) host_ignores(HOOK(hook), ARGUMENTS(__VA_ARGS__), 0, why)

/* ---- system calls: `a` and `b` are the dentries of their paths, b NULL when there is one */

static struct path *host_path(struct dentry *dentry)
{
	struct path *path = host_allocate(sizeof(*path));

	path->dentry = dentry;
	return path;
}

static struct path *host_directory(struct dentry *dentry)
{
	return host_path(dentry->d_parent);
}

static void host_open(struct dentry *a, u32 mode, u32 f_mode, u32 flags)
{
	IGNORES(file_open, "opening to execute is exec", P(host_file(a, mode, f_mode, flags | OPENED_TO_EXECUTE)));
	DECIDES(file_open, P(host_file(a, mode, f_mode, flags)));
}

static void call_read(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFREG | 0644, FMODE_READ, 0);
}

static void call_write(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFREG | 0644, FMODE_WRITE, 0);
}

static void call_read_write(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFREG | 0644, FMODE_READ | FMODE_WRITE, 0);
}

static void call_append(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFREG | 0644, FMODE_WRITE, O_APPEND);
}

static void call_read_append(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFREG | 0644, FMODE_READ | FMODE_WRITE, O_APPEND);
}

static void call_list(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_open(a, S_IFDIR | 0755, FMODE_READ, 0);
}

static void call_create(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_negative(a);
	DECIDES(path_mknod, P(host_directory(a)), P(a), S_IFREG | 0644, 0);
	DECIDES(path_mknod, P(host_directory(a)), P(a), 0644, 0);
}

static void call_mknod(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_negative(a);
	DECIDES(path_mknod, P(host_directory(a)), P(a), 0010000 | 0644, 0);
	DECIDES(path_mknod, P(host_directory(a)), P(a), 0020000 | 0644, 0x103);
}

static void call_mkdir(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(path_mkdir, P(host_directory(a)), P(host_negative(a)), 0755);
}

static void call_symlink(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(path_symlink, P(host_directory(a)), P(host_negative(a)), P("target"));
}

static void call_link(struct dentry *a, struct dentry *b)
{
	DECIDES(path_link, P(a), P(host_directory(b)), P(host_negative(b)));
}

static void call_rename(struct dentry *a, struct dentry *b)
{
	DECIDES(path_rename, P(host_directory(a)), P(a), P(host_directory(b)), P(host_negative(b)), 0);
}

static void call_replace(struct dentry *a, struct dentry *b)
{
	DECIDES(path_rename, P(host_directory(a)), P(a), P(host_directory(b)), P(b), 0);
}

static void call_exchange(struct dentry *a, struct dentry *b)
{
	DECIDES(path_rename, P(host_directory(a)), P(a), P(host_directory(b)), P(b), RENAME_EXCHANGE);
}

static void call_delete(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(path_unlink, P(host_directory(a)), P(a));
}

static void call_rmdir(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(path_rmdir, P(host_directory(a)), P(a));
}

static void call_truncate(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(path_truncate, P(host_path(a)));
	DECIDES(file_truncate, P(host_file(a, S_IFREG | 0644, FMODE_WRITE, 0)));
}

static void call_chmod(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(path_chmod, P(host_path(a)), 0600);
}

static void call_chown(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(path_chown, P(host_path(a)), 1, 2);
}

static void call_xattr(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(inode_setxattr, 0, P(a), P("user.a"), P("v"), 1, 0);
	DECIDES(inode_removexattr, 0, P(a), P("user.a"));
	DECIDES(inode_set_acl, 0, P(a), P("system.posix_acl_access"), 0);
	DECIDES(inode_remove_acl, 0, P(a), P("system.posix_acl_access"));
	DECIDES(inode_file_setattr, P(a), 0);
}

static void call_stat(struct dentry *a, struct dentry *b)
{
	(void)b;
	DECIDES(inode_getattr, P(host_path(a)));
}

static void host_map_exec(struct file *file)
{
	struct vm_area_struct *area = host_allocate(sizeof(*area));

	area->vm_file = file;
	IGNORES(mmap_file, "memory is not mapped to execute", P(file), PROT_EXEC, 1, 2);
	IGNORES(file_mprotect, "memory is not made executable", P(area), PROT_EXEC, 1);
	DECIDES(mmap_file, P(file), PROT_EXEC, PROT_EXEC, 2);
	DECIDES(file_mprotect, P(area), PROT_EXEC, PROT_EXEC);
}

/* Memory without a name can be anonymous or of a memfd. */
static void call_map_exec(struct dentry *a, struct dentry *b)
{
	(void)b;
	host_map_exec(host_file(a, S_IFREG | 0755, FMODE_READ, 0));
	if (a->d_sb->s_flags & SB_NOUSER)
		host_map_exec(NULL);
}

static void call_exec(struct dentry *a, struct dentry *b)
{
	struct linux_binprm *bprm = host_allocate(sizeof(*bprm));

	(void)b;
	bprm->file = host_file(a, S_IFREG | 0755, FMODE_READ, OPENED_TO_EXECUTE);
	DECIDES(bprm_check_security, P(bprm));
}

static void call_traced_exec(struct dentry *a, struct dentry *b)
{
	host_current->ptrace = 1;
	call_exec(a, b);
	host_current->ptrace = 0;
}

static void call_ptrace(struct dentry *a, struct dentry *b)
{
	struct task_struct *target = host_allocate(sizeof(*target));

	(void)b;
	IGNORES(ptrace_access_check, "a kernel thread has no executable", P(target), PTRACE_MODE_ATTACH);
	target->mm = host_allocate(sizeof(*target->mm));
	IGNORES(ptrace_access_check, "it has no executable any more", P(target), PTRACE_MODE_ATTACH);
	target->mm->exe_file = host_file(a, S_IFREG | 0755, FMODE_READ, OPENED_TO_EXECUTE);
	IGNORES(ptrace_access_check, "reading about a task is not tracing it", P(target), 1);
	DECIDES(ptrace_access_check, P(target), PTRACE_MODE_ATTACH);
}

static void call_mount_over(struct dentry *a, struct dentry *b)
{
	(void)b;
	IGNORES(sb_mount, "a remount mounts nothing", 0, P(host_path(a)), 0, MS_REMOUNT, 0);
	IGNORES(sb_mount, "propagation mounts nothing", 0, P(host_path(a)), 0, 1u << 18, 0);
	DECIDES(sb_mount, P("none"), P(host_path(a)), P("tmpfs"), 0, 0);
	DECIDES(move_mount, P(host_path(host_nameless())), P(host_path(a)));
}

static const struct host_call {
	const char *name;
	u32 paths;
	void (*call)(struct dentry *a, struct dentry *b);
} host_calls[] = {
    {"read", 1, call_read},
    {"write", 1, call_write},
    {"read_write", 1, call_read_write},
    {"append", 1, call_append},
    {"read_append", 1, call_read_append},
    {"list", 1, call_list},
    {"create", 1, call_create},
    {"mknod", 1, call_mknod},
    {"mkdir", 1, call_mkdir},
    {"symlink", 1, call_symlink},
    {"link", 2, call_link},
    {"rename", 2, call_rename},
    {"replace", 2, call_replace},
    {"exchange", 2, call_exchange},
    {"delete", 1, call_delete},
    {"rmdir", 1, call_rmdir},
    {"truncate", 1, call_truncate},
    {"chmod", 1, call_chmod},
    {"chown", 1, call_chown},
    {"xattr", 1, call_xattr},
    {"stat", 1, call_stat},
    {"map_exec", 1, call_map_exec},
    {"exec", 1, call_exec},
    {"traced_exec", 1, call_traced_exec},
    {"ptrace", 1, call_ptrace},
    {"mount_over", 1, call_mount_over},
};

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
	static struct stele_late constants = {
	    .device_multiplier = 1u << 24, .mount_namespace = HOST_NAMESPACE, .can_probe = 1};
	u32 dev = host_number(words[1]);

	constants.device[(u32)(dev * constants.device_multiplier) >> 24] =
	    (struct stele_device){dev, host_number(words[2])};
	host_write_late(&constants);
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
	if (strcmp(words[6], "-"))
		subject->exe = host_unescape(strcpy(exe, words[6]));
}

static struct dentry *host_object(char *word)
{
	return strcmp(word, "-") ? host_dentry(host_unescape(word)) : host_nameless();
}

static void host_call(const struct host_subject *subject, char **words, u32 count)
{
	u32 allocations = host_allocation_count, dentries = host_dentry_count;
	const struct host_call *call = NULL;

	for (u32 i = 0; i < sizeof(host_calls) / sizeof(host_calls[0]); i++)
		if (!strcmp(host_calls[i].name, words[1]))
			call = &host_calls[i];
	if (!call || count != 2 + call->paths)
		host_fault("a call that the model does not know");
	host_current = host_task(subject);
	call->call(host_object(words[2]), call->paths > 1 ? host_object(words[3]) : NULL);
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
