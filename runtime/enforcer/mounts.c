/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * From the policy's paths to mounted file systems.
 *
 * A policy names a file by where it lies on its file system, and a file system by where pid 1's mount namespace mounts
 * it. So each device gets the automaton state of its mount point: the programs start there and walk on. A device whose
 * mounts lead to different states would have two names: that is refused, not guessed. A device of which directories are
 * mounted, and whose whole is mounted nowhere or where the policy names less, gets a tree (parts.c). A layer of an
 * overlay counts as mounted where the overlay is: it shows the same files.
 *
 * "Live" is a state from which the policy can still match. A mount point reached "by pattern" is so only through `*` or
 * `**`. A mount hidden by a later one on the same mount point counts only when its device has no other.
 *
 * Format: proc_pid_mountinfo(5).
 */
#include "enforcer.h"

#define MAX_MOUNTINFO	(16u << 20)
#define MAX_MOUNTS	16384
#define MAX_MULTIPLIERS 100000

struct mount_point {
	u32 id;
	const char *root; /* of the mount, in its file system */
	const char *path; /* of the mount point */
	const char *type; /* of the file system */
	char *options;	  /* its own: "rw,lowerdir=/a:/b" */
	u32 device;
	u32 state;
	u8 by_pattern;
	u8 hidden;
	u8 whole; /* root is "/" */
	u8 layer; /* not mounted there: an overlay is, and shows it */
	u8 done;
	u8 names; /* files are named by this one */
};

const char *future_root;
static struct mount_point *mounts;
static u32 mount_count;

static const struct stele_plan_edge *find_edge(u32 from, const char *name, size_t length)
{
	const struct stele_plan_edge *edges = plan_at(plan->edges.offset);
	u32 low = 0, high = plan->edges.count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;
		const struct stele_plan_edge *edge = &edges[middle];
		int order = edge->from < from	? -1
			    : edge->from > from ? 1
						: bytes_compare(plan_at(edge->name), edge->name_length, name, length);

		if (!order)
			return edge;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return 0;
}

u32 next_state(u32 state, const char *name, size_t length, int *ret_by_pattern)
{
	const struct stele_plan_state *states = plan_at(plan->states.offset);
	const struct stele_plan_edge *edge = find_edge(state, name, length);

	*ret_by_pattern |= !edge;
	return edge ? edge->to : states[state].other;
}

u32 walk(u32 state, const char *path, int *ret_by_pattern)
{
	while (*path && state != STELE_STATE_DEAD) {
		size_t length = 0;

		while (path[length] && path[length] != '/')
			length++;
		if (length)
			state = next_state(state, path, length, ret_by_pattern);
		path += length + (path[length] == '/');
	}
	return state;
}

/* Cuts off what comes before the next delimiter: *cursor moves behind it. */
static char *cut(char **cursor, char delimiter)
{
	char *word = *cursor, *end = word;

	while (*end && *end != delimiter)
		end++;
	*cursor = *end ? end + 1 : end;
	*end = 0;
	return word;
}

static char *next_word(char **line)
{
	return cut(line, ' ');
}

char *unescape(char *text)
{
	char *to = text;

	for (const char *from = text; *from; to++) {
		if (from[0] == '\\' && from[1] >= '0' && from[1] <= '3' && from[2] && from[3]) {
			*to = (from[1] - '0') << 6 | (from[2] - '0') << 3 | (from[3] - '0');
			from += 4;
		} else {
			*to = *from++;
		}
	}
	*to = 0;
	return text;
}

static u32 parse_device(const char *text)
{
	u32 major = parse_number(&text);

	text += *text == ':';
	return device_number(major, parse_number(&text));
}

static int lies_in(const char *path, const char *directory)
{
	const char *rest = path + string_length(directory);

	return string_starts(path, directory) && (!*rest || *rest == '/');
}

/* Of a directory, what the paths below it begin with. */
static const char *below_root(const char *path)
{
	return string_equal(path, "/") ? "" : path;
}

/* What lies in the root that will be, and how it is called there; what whoever switches to it takes along (their own
 * names are those that they will have). Everything else is left behind, without a name: "". */
static const char *future_path(const char *path)
{
	static const char *const taken[] = {"/dev", "/proc", "/run", "/sys"};

	if (lies_in(path, future_root)) {
		path += string_length(future_root);
		return *path ? path : "/";
	}
	for (u32 i = 0; i < ARRAY_SIZE(taken); i++)
		if (lies_in(path, taken[i]))
			return path;
	return "";
}

static u32 depth_of(const char *root)
{
	u32 depth = 0;

	for (; *root; root++)
		depth += root[0] == '/' && root[1] && root[1] != '/';
	return depth;
}

static int add_mount(struct mount_point mount)
{
	int by_pattern = 0;

	if (mount_count == MAX_MOUNTS)
		return problem(STELE_EXIT_MOUNTS, "start the policy before the containers", "more than %u mounts",
			       MAX_MOUNTS);
	mount.state = *mount.path ? walk(STELE_STATE_ROOT, mount.path, &by_pattern) : STELE_STATE_DEAD;
	mount.by_pattern = by_pattern;
	mount.whole = !depth_of(mount.root);
	for (u32 i = 0; i < mount_count && !mount.layer; i++)
		if (string_equal(mounts[i].path, mount.path))
			mounts[i].hidden = 1;
	mounts[mount_count++] = mount;
	return 0;
}

static int parse_mount(char *line)
{
	const char *number = next_word(&line);
	struct mount_point mount = {.id = parse_number(&number)};

	next_word(&line); /* parent id */
	mount.device = parse_device(next_word(&line));
	mount.root = unescape(next_word(&line));
	mount.path = unescape(next_word(&line));
	if (*mount.root != '/') /* "mnt:[4026531841]": a file of a namespace or the like, which has no name */
		return 0;
	while (*line && !string_equal(next_word(&line), "-")) /* options, and what propagates */
		;
	mount.type = next_word(&line);
	next_word(&line); /* source */
	mount.options = line;
	if (future_root && *future_root)
		mount.path = future_path(mount.path);
	return add_mount(mount);
}

/* ---- layers of overlays */

/* Cuts off the next directory of a list, in which a colon of a name stands behind a backslash. */
static char *next_directory(char **list)
{
	char *directory = *list, *to = directory, *from = directory;

	for (; *from && *from != ':'; *to++ = *from++)
		from += from[0] == '\\' && from[1];
	*list = *from ? from + 1 : from;
	*to = 0;
	return directory;
}

/* Counts a directory as mounted where the overlay is. The overlay's options tell it as whoever mounted it called it: it
 * is looked up among the mounts, and left out when it lies on none. */
u32 has_layers;

static int add_layer(const struct mount_point *overlay, const char *directory)
{
	const struct mount_point *on = 0;
	struct mount_point layer = *overlay;
	char *root;
	u32 length;

	for (u32 i = 0; *directory == '/' && i < mount_count; i++) {
		const struct mount_point *mount = &mounts[i];

		if (!mount->layer && !mount->hidden && *mount->path && lies_in(directory, below_root(mount->path)) &&
		    (!on || string_length(mount->path) >= string_length(on->path)))
			on = mount;
	}
	if (!on || on->device == overlay->device)
		return 0;
	directory += string_length(below_root(on->path));
	length = string_length(below_root(on->root));
	root = map_pages(length + string_length(directory) + 1);
	memcpy(root, on->root, length);
	memcpy(root + length, directory, string_length(directory));
	layer.device = on->device;
	layer.root = root;
	layer.layer = 1;
	has_layers = 1;
	return add_mount(layer);
}

/* Of overlays whose place the policy names literally. Behind an empty name (`::`) come layers that hold contents only.
 */
static int add_layers(void)
{
	const u32 count = mount_count;
	int r = 0;

	for (u32 i = 0; !r && i < count; i++) {
		char *options = mounts[i].options;

		if (!mounts[i].state || mounts[i].by_pattern || mounts[i].hidden ||
		    !string_equal(mounts[i].type, "overlay"))
			continue;
		while (!r && *options) {
			char *value = unescape(cut(&options, ',')), *name = cut(&value, '='), *layer;

			if (string_equal(name, "upperdir"))
				r = add_layer(&mounts[i], value);
			while (!r && string_starts(name, "lowerdir") && *(layer = next_directory(&value)))
				r = add_layer(&mounts[i], layer);
		}
	}
	return r;
}

static int read_mounts(void)
{
	static const char path[] = "/proc/1/mountinfo";
	char *text = map_pages(MAX_MOUNTINFO), *line = text;
	long length = read_file(path, text, MAX_MOUNTINFO);

	if (length < 0)
		return problem(STELE_EXIT_SYSTEM, "mount proc on /proc", "%s: %s", path, errno_name(length));
	mounts = map_pages(MAX_MOUNTS * sizeof(*mounts));
	while (*line) {
		char *end = line;
		int r;

		while (*end && *end != '\n')
			end++;
		*end = 0;
		r = parse_mount(line);
		if (r)
			return r;
		line = end + 1; /* behind the text lie zeroes */
	}
	return 0;
}

/* The better name for a device: seen before hidden, live before dead, literal before an overlay's before pattern. */
static u32 rank(const struct mount_point *mount)
{
	u32 live = mount->state == STELE_STATE_DEAD ? 0 : mount->by_pattern ? 1 : mount->layer ? 2 : 3;

	return (mount->hidden ? 0 : 4) + live;
}

/* Names the device of mounts[first] by all its whole mounts; *ret is 0 when it has none. Returns STELE_EXIT_MOUNTS when
 * two of them disagree. */
static int name_device(u32 first, struct mount_point **ret)
{
	struct mount_point *best = 0;

	for (u32 i = first; i < mount_count; i++) {
		struct mount_point *mount = &mounts[i];

		if (mount->device != mounts[first].device)
			continue;
		mount->done = 1;
		if (mount->whole && (!best || rank(mount) > rank(best)))
			best = mount;
	}
	*ret = best;
	for (u32 i = first; best && i < mount_count; i++) {
		const struct mount_point *mount = &mounts[i];

		if (mount->device != best->device || !mount->whole || rank(mount) != rank(best) ||
		    mount->state == best->state || mount->layer)
			continue;
		return problem(
		    STELE_EXIT_MOUNTS, "mount it at one of them only, or name only one of them in the policy",
		    "the policy names one file system twice: it is mounted at %s and at %s", best->path, mount->path);
	}
	if (best)
		best->names = 1;
	return 0;
}

/* The tree of the device of mounts[first], by the directories of it that are mounted where the policy names something,
 * outer ones first; 0 when the name of the whole, or none, is enough. */
static int name_parts(struct stele_late *late, u32 first, const struct mount_point *whole, u32 *ret_tree)
{
	const u32 whole_rank = whole ? rank(whole) : 0, whole_state = whole ? whole->state : STELE_STATE_ELSEWHERE;
	int r = 0;

	*ret_tree = 0;
	for (u32 depth = 1; depth <= STELE_PART_DEPTH; depth++)
		for (u32 i = first; !r && i < mount_count; i++) {
			struct mount_point *mount = &mounts[i];

			if (mount->device != mounts[first].device || mount->whole || !mount->state ||
			    rank(mount) <= whole_rank || depth_of(mount->root) != depth)
				continue;
			if (!*ret_tree)
				*ret_tree = new_tree(late, whole_state, whole_rank);
			r = add_part(late, *ret_tree, mount->root, mount->state, rank(mount), &mount->names);
		}
	return r;
}

/* Likewise those where the policy names nothing, of a device whose whole is not mounted. */
static u32 add_unnamed_parts(struct stele_late *late, u32 first, u32 tree)
{
	for (u32 i = first; i < mount_count; i++) {
		if (mounts[i].device != mounts[first].device || mounts[i].state)
			continue;
		if (!tree)
			tree = new_tree(late, STELE_STATE_ELSEWHERE, 0);
		if (tree)
			add_unnamed_part(late, tree, mounts[i].root);
	}
	return tree;
}

static struct stele_device *slot_of(const struct stele_late *late, struct stele_devices *devices, u32 device)
{
	return &devices->slot[device * late->device_multiplier >> 24];
}

/* Enters a device if its slot is free. */
static int add_device(const struct stele_late *late, struct stele_devices *devices, struct stele_device device)
{
	struct stele_device *slot = slot_of(late, devices, device.dev);

	if (slot->dev)
		return 0;
	*slot = device;
	return 1;
}

/* Finds a multiplier with which no two live devices share a slot, and enters them. */
static int place_live(struct stele_late *late, struct stele_devices *devices, const struct stele_device *live,
		      u32 count)
{
	u32 multiplier = 0x9e3779b1u;

	for (u32 try = 0; try < MAX_MULTIPLIERS; try++, multiplier = multiplier * 1664525u + 1013904223u) {
		u32 i = 0;

		memset(devices, 0, sizeof(*devices));
		late->device_multiplier = multiplier | 1;
		while (i < count && add_device(late, devices, live[i]))
			i++;
		if (i == count)
			return 0;
	}
	return problem(STELE_EXIT_MOUNTS, "name fewer mounted file systems in the policy",
		       "the policy names files on %u file systems: too many", count);
}

/* Where the programs believe that a mounted directory lies. */
static u32 state_of_part(const struct stele_late *late, struct stele_devices *devices, const struct mount_point *mount)
{
	const struct stele_device *slot = slot_of(late, devices, mount->device);
	int ignored;

	if (slot->dev != mount->device)
		return STELE_STATE_DEAD;
	if (slot->state >= STELE_STATE_PART)
		return walk_tree(late, slot->state, mount->root);
	return walk(slot->state, mount->root, &ignored);
}

/* Does a mount show a directory where its files lie by their names, as a read-only /usr does? */
static int is_in_place(const struct mount_point *mount)
{
	const struct mount_point *names = 0;
	const char *path;

	for (u32 i = 0; i < mount_count; i++)
		if (mounts[i].names && !mounts[i].layer && mounts[i].device == mount->device &&
		    lies_in(mount->root, below_root(mounts[i].root)) &&
		    (!names || string_length(mounts[i].root) > string_length(names->root)))
			names = &mounts[i];
	if (!names)
		return 0;
	path = below_root(names->path);
	return string_starts(mount->path, path) &&
	       string_equal(mount->path + string_length(path), mount->root + string_length(below_root(names->root)));
}

/* A part of a file system mounted where the policy names something, or a layer of an overlay there, and not named by
 * that: those files have another name. */
static int check_partial(const struct stele_late *late, struct stele_devices *devices, struct mount_point *mount)
{
	if (mount->state == STELE_STATE_DEAD || mount->hidden || (mount->whole && !mount->layer))
		return 0;
	if (state_of_part(late, devices, mount) == mount->state) {
		mount->names |= is_in_place(mount);
		return 0; /* the policy treats both names alike */
	}
	if (!mount->by_pattern && !mount->layer)
		return problem(STELE_EXIT_MOUNTS, "name the files where they lie on their file system",
			       "%s shows %s of another file system: the policy's names do not reach it", mount->path,
			       mount->root);
	if (output_mode == OUTPUT_PREFLIGHT)
		warn("%s shows %s of another file system, where its files have other names", mount->path, mount->root);
	return 0;
}

static int check_root(void)
{
	int is_said = !!future_root;

	if (!is_said)
		future_root = "";
	for (u32 i = mount_count; i-- > 0;) {
		if (!string_equal(mounts[i].path, "/"))
			continue;
		if (!is_said && string_equal(mounts[i].type, "rootfs")) /* a type that nobody else can mount */
			return problem(
			    STELE_EXIT_MOUNTS,
			    "say `--root DIR`, where the machine's root is mounted; `--root /` if this is it",
			    "/ is the initramfs, which most machines leave behind");
		return 0;
	}
	return problem(STELE_EXIT_MOUNTS, "mount the machine's root there first", "nothing is mounted at %s/",
		       future_root);
}

/* Where the first file system of a type begins, which is mounted in many instances of one content. */
static u32 state_of_type(const char *type)
{
	for (u32 i = 0; i < mount_count; i++)
		if (mounts[i].whole && string_equal(mounts[i].type, type))
			return mounts[i].state;
	return STELE_STATE_DEAD;
}

static const struct mount_point *mount_of(u32 id)
{
	for (u32 i = 0; i < mount_count; i++)
		if (mounts[i].id == id)
			return &mounts[i];
	return 0;
}

/* Does the kernel make each file of the file system, with one name? Some have very many. */
static int is_made_by_kernel(const char *type)
{
	static const char *const types[] = {"proc", "sysfs", "cgroup2", "tracefs", "debugfs"};

	for (u32 i = 0; i < ARRAY_SIZE(types); i++)
		if (string_equal(type, types[i]))
			return 1;
	return 0;
}

int holds_names(u32 id)
{
	const struct mount_point *mount = mount_of(id);

	return mount && mount->names && mount->state && !mount->hidden && !is_made_by_kernel(mount->type);
}

u32 device_of_mount(u32 id)
{
	const struct mount_point *mount = mount_of(id);

	return mount ? mount->device : 0;
}

/* The device's state is that of its best mount, or a tree; dead ones take the slots that are left, the rest stays
 * unknown. */
static int place_devices(struct stele_late *late, struct stele_devices *devices)
{
	static struct stele_device live[STELE_DEVICE_SLOTS];
	struct stele_device *dead = map_pages(MAX_MOUNTS * sizeof(*dead));
	u32 *without_whole = map_pages(MAX_MOUNTS * sizeof(*without_whole));
	u32 live_count = 0, dead_count = 0, without_count = 0;
	int r;

	for (u32 i = 0; i < mount_count; i++) {
		struct mount_point *name = 0;
		u32 tree;

		if (mounts[i].done || !mounts[i].device)
			continue;
		r = name_device(i, &name);
		if (!r)
			r = name_parts(late, i, name, &tree);
		if (r)
			return r;
		if (!name)
			without_whole[without_count++] = i;
		if (!tree && (!name || !name->state)) {
			if (name)
				dead[dead_count++] = (struct stele_device){mounts[i].device, STELE_STATE_DEAD};
			continue;
		}
		if (live_count == STELE_DEVICE_SLOTS - 1)
			return problem(STELE_EXIT_MOUNTS, "name fewer mounted file systems in the policy",
				       "the policy names files on too many file systems");
		live[live_count++] = (struct stele_device){mounts[i].device, tree ? tree : name->state};
	}
	r = place_live(late, devices, live, live_count);
	for (u32 i = 0; !r && i < without_count; i++) {
		u32 device = mounts[without_whole[i]].device;
		const struct stele_device *slot = slot_of(late, devices, device);
		int is_live = slot->dev == device;
		u32 tree = add_unnamed_parts(late, without_whole[i], is_live ? slot->state : 0);

		if (tree && !is_live)
			dead[dead_count++] = (struct stele_device){device, tree};
	}
	for (u32 i = 0; !r && i < dead_count; i++)
		add_device(late, devices, dead[i]);
	return r ? r : place_parts(late);
}

int name_devices(struct stele_late *late, struct stele_devices *devices, u32 own_device)
{
	struct statx namespace;
	int r = read_mounts();

	if (!r)
		r = check_root();
	if (!r && own_device)
		r = add_mount(
		    (struct mount_point){.device = own_device, .root = "/", .path = pin_directory(), .type = "bpf"});
	if (!r)
		r = add_layers();
	if (!r)
		r = place_devices(late, devices);
	for (u32 i = 0; !r && i < mount_count; i++)
		r = check_partial(late, devices, &mounts[i]);
	if (r)
		return r;
	if (sys(statx, AT_FDCWD, "/proc/1/ns/mnt", 0, STATX_INO, &namespace))
		return problem(STELE_EXIT_SYSTEM, "mount proc on /proc", "cannot read /proc/1/ns/mnt");
	late->mount_namespace = namespace.stx_ino;
	late->can_probe = can_probe();
	late->proc_state = state_of_type("proc");
	late->sysfs_state = state_of_type("sysfs");
	return 0;
}
