/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * What would make a name of the policy untrue on this machine: hard links that already exist (a second name for a
 * protected file), and symbolic links on the way (files are named by where they lie, so such a name never matches).
 */
#include "enforcer.h"

#define MAX_PATH  32768 /* deeper than the deepest name that counts */
#define MAX_DEPTH 64

/* A directory on the way down. */
struct level {
	int fd;
	u32 path_length; /* of the path up to this directory */
	u32 used;
	u32 length;
	char entries[4096] __attribute__((aligned(8)));
};

static struct level levels[MAX_DEPTH];
static char path[MAX_PATH];
static u32 linked_files;
static long own_descriptors; /* /proc/self/fd */

/* Names are those of the root that will be, and are looked up in it: a symbolic link leads where it will lead. */
static int in_future_root(int (*look)(void))
{
	long root = sys(open, "/", O_PATH | O_CLOEXEC);
	int r;

	own_descriptors = sys(open, "/proc/self/fd", O_PATH | O_CLOEXEC);
	sys(chroot, *future_root ? future_root : "/");
	r = look();
	sys(fchdir, root);
	sys(chroot, ".");
	sys(close, own_descriptors);
	sys(close, root);
	return r;
}

static void judge_file(const struct statx *file)
{
	if ((file->stx_mode & S_IFMT) != S_IFREG || file->stx_nlink < 2)
		return;
	linked_files++;
	detail("%s has %u names", path, file->stx_nlink);
}

/* Appends "/name" to the path; 0 when it does not fit. */
static int append_name(u32 length, const char *name)
{
	if (length + 2 + string_length(name) > sizeof(path))
		return 0;
	if (length != 1)
		path[length++] = '/';
	string_copy(path + length, sizeof(path) - length, name);
	return 1;
}

static int same_device(const struct statx *a, const struct statx *b)
{
	return a->stx_dev_major == b->stx_dev_major && a->stx_dev_minor == b->stx_dev_minor;
}

static int enter(u32 depth, int at, const char *name)
{
	struct level *level = &levels[depth];

	level->fd = sys(openat, at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	level->path_length = string_length(path);
	level->used = level->length = 0;
	return level->fd >= 0;
}

static const struct dirent64 *next_entry(struct level *level)
{
	const struct dirent64 *entry;

	if (level->used >= level->length) {
		long n = sys(getdents64, level->fd, level->entries, sizeof(level->entries));

		if (n <= 0)
			return 0;
		level->used = 0;
		level->length = n;
	}
	entry = (const void *)(level->entries + level->used);
	level->used += entry->length;
	return entry;
}

/* Every file beneath the directory in `path`, on its file system. */
static void walk_tree(const struct statx *top)
{
	struct statx file;
	u32 depth = 0;

	if (!enter(0, AT_FDCWD, path))
		return;
	for (;;) {
		struct level *level = &levels[depth];
		const struct dirent64 *entry = next_entry(level);

		if (!entry) {
			sys(close, level->fd);
			if (!depth--)
				return;
			continue;
		}
		if (string_equal(entry->name, ".") || string_equal(entry->name, "..") ||
		    !append_name(level->path_length, entry->name))
			continue;
		if (sys(statx, level->fd, entry->name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS,
			&file) ||
		    !same_device(&file, top))
			continue;
		judge_file(&file);
		if ((file.stx_mode & S_IFMT) != S_IFDIR)
			continue;
		if (depth + 1 == MAX_DEPTH)
			warn("%s lies too deep: hard links below it were not looked for", path);
		else if (enter(depth + 1, level->fd, entry->name))
			depth++;
	}
}

static int find_hard_links(void)
{
	const struct stele_plan_protected *name = plan_at(plan->protected_paths.offset);

	linked_files = 0;
	for (u32 i = 0; i < plan->protected_paths.count; i++, name++) {
		struct statx file;

		string_copy(path, sizeof(path), plan_at(name->path));
		if (sys(statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT, STATX_BASIC_STATS, &file))
			continue;
		if (name->tree)
			walk_tree(&file);
		else
			judge_file(&file);
	}
	if (!linked_files)
		return 0;
	return problem(STELE_EXIT_HARD_LINKS, "remove the other names: find / -xdev -samefile FILE",
		       "%u protected files have further names, which the policy does not cover", linked_files);
}

int check_hard_links(void)
{
	return in_future_root(find_hard_links);
}

/* Where a path leads, or "" when it leads nowhere. */
static const char *real_path(const char *name)
{
	static char target[MAX_PATH];
	char digits[12] = {0}, *digit = digits + sizeof(digits) - 1;
	long fd = sys(open, name, O_PATH | O_CLOEXEC), n;

	if (fd < 0)
		return "";
	for (u32 rest = fd; rest || !*digit; rest /= 10)
		*--digit = '0' + rest % 10;
	n = sys(readlinkat, own_descriptors, digit, target, sizeof(target) - 1);
	sys(close, fd);
	target[n > 0 ? n : 0] = 0;
	return target;
}

static void warn_of_symlink(const char *name)
{
	for (u32 end = 1; end < sizeof(path) && name[end - 1]; end++) {
		const char *real;
		char ignored;

		if (name[end] && name[end] != '/')
			continue;
		string_copy(path, end + 1, name);
		if (sys(readlink, path, &ignored, 1) < 0)
			continue;
		real = real_path(name);
		if (*real)
			warn("%s never matches: %s is a symbolic link; write %s", name, path, real);
		else
			warn("%s never matches: %s is a symbolic link", name, path);
		return;
	}
}

static int find_symlinks(void)
{
	const struct stele_plan_protected *name = plan_at(plan->protected_paths.offset);

	for (u32 i = 0; i < plan->protected_paths.count; i++)
		warn_of_symlink(plan_at(name[i].path));
	return 0;
}

int warn_of_symlinks(void)
{
	return in_future_root(find_symlinks);
}
