/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * What would make a name of the policy untrue on this machine: hard links that already exist (a second name for a
 * protected file), and symbolic links on the way (files are named by where they lie, so such a name never matches).
 */
#include <linux/fs.h>

#include "enforcer.h"
#include "../../bpf-templates/shared.h"

#define MAX_PATH    32768 /* deeper than the deepest name that counts */
#define MAX_DEPTH   64
#define PROGRESS_US 5000000 /* between two words of progress */

#define MAX_LINKED (1u << 18) /* files with several names; a power of two */

/* A directory on the way down. */
struct level {
	int fd;
	u32 path_length; /* of the path up to this directory */
	u32 state;
	u64 mount;
	u32 used;
	u32 length;
	char entries[4096] __attribute__((aligned(8)));
};

/* A protected file with several names, and what was seen of them. */
struct linked_file {
	u64 inode;
	u32 device;
	u32 path_class;
	u32 names;
	u32 met;    /* of them that are decided alike */
	u8 unlike;  /* another one is protected in another way */
	u8 of_user; /* a user may have made the other names */
	u8 entered; /* in late->linked: all are decided like the protected one */
};

static struct level levels[MAX_DEPTH];
static char path[MAX_PATH];
static struct linked_file *linked_files;
static u32 linked_count;
u32 has_linked;			/* entries of late->linked */
static struct stele_late *late; /* where they are entered */
static u32 room_for_users;
static u32 looked_at;	     /* files and directories */
static u64 progress_due;     /* when to say so, us */
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

/* What a walk is for. */
enum purpose {
	COUNT_NAMES,
	ENTER_FILES,	 /* that have names of which the policy knows nothing */
	SHOW_NAMES,	 /* of those for which that could not be done: the ones that the policy names */
	SHOW_OTHER_NAMES /* and those that it does not: they may lie anywhere */
};

/* May a user link the file? Its owner may, and who may write it (fs.protected_hardlinks = 1). */
static int is_users(const struct statx *file)
{
	return file->stx_uid || file->stx_mode & (0022);
}

/* The file's record. When it has none: a new one, 0 when there is no room; 0 when it is only looked for. */
static struct linked_file *linked_file(const struct statx *file, u32 path_class, enum purpose purpose)
{
	u32 device = device_number(file->stx_dev_major, file->stx_dev_minor);
	u32 slot = (u32)file->stx_ino * 0x9e3779b1u + device;

	for (;; slot++) {
		struct linked_file *record = &linked_files[slot % MAX_LINKED];

		if (record->names && (record->inode != file->stx_ino || record->device != device))
			continue;
		if (!record->names) {
			if (linked_count == MAX_LINKED / 2 || purpose)
				return 0;
			linked_count++;
			*record = (struct linked_file){.inode = file->stx_ino,
						       .device = device,
						       .path_class = path_class,
						       .names = file->stx_nlink,
						       .of_user = is_users(file)};
		}
		return record;
	}
}

static int is_covered(const struct linked_file *record)
{
	return record->entered || (record->met >= record->names && !record->unlike);
}

static const struct stele_plan_state *state_at(u32 number)
{
	return (const struct stele_plan_state *)plan_at(plan->states.offset) + number;
}

/* Is the inode number that statx() tells the kernel's own, and does no other file of the file system have it? Not so
 * with overlays and network file systems. */
static int numbers_files(long fd)
{
	static const u32 types[] = {EXT4_SUPER_MAGIC, XFS_SUPER_MAGIC, BTRFS_SUPER_MAGIC, F2FS_SUPER_MAGIC,
				    TMPFS_MAGIC,      RAMFS_MAGIC,     SQUASHFS_MAGIC,	  EROFS_SUPER_MAGIC_V1};
	struct statfs64 system = {0};

	sys(fstatfs, fd, &system);
	for (u32 i = 0; i < ARRAY_SIZE(types); i++)
		if ((u32)system.type == types[i])
			return 1;
	return 0;
}

/* Keeps the order of keys. */
static void insert_linked(struct stele_linked_file file)
{
	u32 at = has_linked++;

	for (u32 i = has_linked; at == 0 && i < STELE_LINKED_FILES; i++)
		late->linked[i].key = STELE_NO_LINKED;
	for (; at && late->linked[at - 1].key > file.key; at--)
		late->linked[at] = late->linked[at - 1];
	late->linked[at] = file;
}

/* The file is decided like the name under which it lies in `directory`. Not done where there is no room: users' files
 * leave some to root's. Only a regular file is opened for more than its name, and so has a generation. */
static void enter_file(long directory, const char *name, const struct statx *file, struct linked_file *record)
{
	struct stele_linked_file linked = {
	    .inode = file->stx_ino, .dev = device_of_mount(file->stx_mnt_id), .path_class = record->path_class};
	u32 access = (file->stx_mode & S_IFMT) == S_IFREG ? O_RDONLY | O_NONBLOCK : O_PATH;
	long fd = sys(openat, directory, name, access | O_NOFOLLOW | O_CLOEXEC);
	struct statx opened;

	linked.key = LINKED_KEY(linked.inode, (u64)linked.dev);
	if (has_linked < (record->of_user ? room_for_users : STELE_LINKED_FILES) && linked.dev && numbers_files(fd) &&
	    !sys(statx, fd, "", AT_EMPTY_PATH, STATX_INO, &opened) && opened.stx_ino == file->stx_ino) {
		linked.generation_mask = sys(ioctl, fd, FS_IOC_GETVERSION, &linked.generation) ? 0 : ~0u;
		insert_linked(linked);
		record->entered = 1;
	}
	if (fd >= 0)
		sys(close, fd);
}

static void show_name(const struct statx *file, const struct linked_file *record, int named)
{
	detail(named ? "%s has %u names, %s (inode %llu)" : "%s is one of %u names, %s (inode %llu)", path,
	       file->stx_nlink,
	       record->unlike ? "which the policy treats differently" : "not all of which the policy names",
	       (u64)file->stx_ino);
}

static void judge_file(const struct level *level, const char *name, const struct statx *file, u32 state,
		       enum purpose purpose)
{
	u32 path_class = state_at(state)->path_class;
	int named = state_at(state)->flags & STELE_STATE_UNLINKED;
	struct linked_file *record;

	if ((file->stx_mode & S_IFMT) == S_IFDIR || file->stx_nlink < 2 || (!named && purpose != SHOW_OTHER_NAMES))
		return;
	record = linked_file(file, path_class, purpose);
	if (!record)
		return;
	if (!purpose) {
		record->met++;
		record->unlike |= record->path_class != path_class;
	} else if (purpose == ENTER_FILES) {
		if (!is_covered(record) && !record->unlike)
			enter_file(level->fd, name, file, record);
		if (record->entered && output_mode == OUTPUT_PREFLIGHT)
			show_name(file, record, named);
	} else if (!is_covered(record)) {
		show_name(file, record, named);
	}
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

static int enter(u32 depth, int at, const char *name, u32 state, u64 mount)
{
	struct level *level = &levels[depth];

	level->fd = sys(openat, at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	level->path_length = string_length(path);
	level->state = state;
	level->mount = mount;
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

static void show_progress(void)
{
	if (looked_at++ % 1024 || now_us() < progress_due)
		return;
	if (progress_due)
		warn("looking for hard links of protected files: %u looked at, now %s", looked_at, path);
	progress_due = now_us() + PROGRESS_US;
}

/* Judges every file below "/" by whose name a constraint could be evaded. Where nothing of the kind can lie, it does
 * not look, unless it is for other names; where another file system is mounted, it goes on when that is named by this
 * place. */
static void walk_names(enum purpose purpose)
{
	struct statx file;
	u32 depth = 0;

	string_copy(path, sizeof(path), "/");
	if (!(state_at(STELE_STATE_ROOT)->flags & STELE_STATE_ABOVE) ||
	    sys(statx, AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS | STATX_MNT_ID, &file) ||
	    !enter(0, AT_FDCWD, path, STELE_STATE_ROOT, file.stx_mnt_id))
		return;
	for (;;) {
		struct level *level = &levels[depth];
		const struct dirent64 *entry = next_entry(level);
		int by_pattern = 0;
		u32 state;

		if (!entry) {
			sys(close, level->fd);
			if (!depth--)
				return;
			continue;
		}
		if (string_equal(entry->name, ".") || string_equal(entry->name, "..") ||
		    !append_name(level->path_length, entry->name))
			continue;
		state = next_state(level->state, entry->name, string_length(entry->name), &by_pattern);
		if (!(state_at(state)->flags & STELE_STATE_ABOVE) && purpose != SHOW_OTHER_NAMES)
			continue;
		show_progress();
		if (sys(statx, level->fd, entry->name, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT,
			STATX_BASIC_STATS | STATX_MNT_ID, &file))
			continue;
		if (file.stx_mnt_id != level->mount && !holds_names(file.stx_mnt_id))
			continue;
		judge_file(level, entry->name, &file, state, purpose);
		if ((file.stx_mode & S_IFMT) != S_IFDIR)
			continue;
		if (depth + 1 == MAX_DEPTH)
			warn("%s lies too deep: hard links below it were not looked for", path);
		else if (enter(depth + 1, level->fd, entry->name, state, file.stx_mnt_id))
			depth++;
	}
}

/* Files that are not covered yet. */
static void count_uncovered(u32 *ret_roots, u32 *ret_users)
{
	*ret_roots = *ret_users = 0;
	for (u32 i = 0; i < MAX_LINKED; i++)
		if (linked_files[i].names && !is_covered(&linked_files[i]))
			++*(linked_files[i].of_user ? ret_users : ret_roots);
}

/* What nobody could enter: root's files keep the policy from starting, users' may not. */
static int refuse_links(u32 roots, u32 users)
{
	walk_names(roots ? SHOW_OTHER_NAMES : SHOW_NAMES); /* what users link costs no start a walk of everything */
	if (users)
		warn("%u protected files that users may link have further names, which are not protected", users);
	if (!roots)
		return 0;
	return problem(STELE_EXIT_HARD_LINKS, "remove the other names, which are listed",
		       "%u protected files have further names, which the policy does not treat alike", roots);
}

static int find_links(void)
{
	u32 roots, users;

	linked_files = map_pages(MAX_LINKED * sizeof(*linked_files));
	walk_names(COUNT_NAMES);
	if (linked_count == MAX_LINKED / 2)
		warn("more than %u protected files have several names: the others were not looked at", linked_count);
	count_uncovered(&roots, &users);
	if (!roots && !users)
		return 0;
	room_for_users = roots < STELE_LINKED_FILES ? STELE_LINKED_FILES - roots : 0;
	walk_names(ENTER_FILES);
	if (has_linked)
		warn(
		    "%u protected files have further names: they are decided like the protected one, whichever is used",
		    has_linked);
	count_uncovered(&roots, &users);
	return roots || users ? refuse_links(roots, users) : 0;
}

int find_hard_links(struct stele_late *late_constants)
{
	late = late_constants;
	return in_future_root(find_links);
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
