/* SPDX-License-Identifier: Apache-2.0
 *
 * File systems that are mounted before or after the start, and what becomes of their names.
 */
#include "attack.h"

static int open_tree_of(const char *path)
{
	return (int)syscall(SYS_open_tree, AT_FDCWD, path, OPEN_TREE_CLONE | AT_RECURSIVE);
}

static int attach(int tree, const char *path, unsigned int flags)
{
	return (int)syscall(SYS_move_mount, tree, "", AT_FDCWD, path, MOVE_MOUNT_F_EMPTY_PATH | flags);
}

/* A file system of one's own, with a file `kept`. */
static void mount_own(const char *path)
{
	char kept[128];

	mount("own", path, "tmpfs", 0, "mode=0755");
	snprintf(kept, sizeof(kept), "%s/kept", path);
	write(open(kept, O_WRONLY | O_CREAT, 0644), "changed", 7);
}

/* ---- a file system that is mounted after the start */

void attack_late_plain(void)
{
	take_path("late/in");
}

void attack_late_bound(void)
{
	char name[16];

	own_namespaces();
	for (int i = 0; i < 12; i++) {
		snprintf(name, sizeof(name), "bound-%d", i);
		mkdir(name, 0755);
		mount("late", name, NULL, MS_BIND, NULL);
	}
	take_path("bound-11/in");
}

void attack_late_bound_file(void)
{
	own_namespaces();
	mount("late/in", "free", NULL, MS_BIND, NULL);
	take_path("free");
}

void attack_late_trees(void)
{
	int tree = -1;

	own_namespaces();
	for (int i = 0; i < 12; i++)
		tree = open_tree_of("late");
	take(openat(tree, "in", O_RDONLY));
}

/* A detached mount on another one. */
void attack_late_on_tree(void)
{
	int below, tree;

	own_namespaces();
	mkdir("room/on", 0755);
	below = open_tree_of("room");
	tree = open_tree_of("late");
	syscall(SYS_move_mount, tree, "", below, "on", MOVE_MOUNT_F_EMPTY_PATH);
	take(openat(below, "on/in", O_RDONLY));
}

void attack_late_namespaces(void)
{
	for (int i = 0; i < 12; i++)
		if (fork() == 0) {
			own_namespaces();
			pause();
		}
	own_namespaces();
	usleep(200000);
	take_path("late/in");
}

void attack_late_overlay(void)
{
	own_namespaces();
	mkdir("seen", 0755);
	mount("overlay", "seen", "overlay", 0, "lowerdir=late:/tmp");
	take_path("seen/in");
}

void attack_late_deep(void)
{
	own_namespaces();
	chdir("room");
	for (int i = 0; i < 12; i++) {
		mkdir("on", 0755);
		mount("tmpfs", "on", "tmpfs", 0, NULL);
		chdir("on");
	}
	mkdir("late", 0755);
	mount("/arena/late_deep/late", "late", NULL, MS_BIND, NULL);
	take_path("late/in");
}

void attack_late_deep_within(void)
{
	int from = open("late", O_PATH);

	chdir("late");
	for (int i = 0; i < 80; i++) {
		mkdir("deeper", 0755);
		chdir("deeper");
	}
	renameat(from, "in", AT_FDCWD, "in");
	take_path("in");
}

void attack_late_bind_root(void)
{
	mount("late", "room", NULL, MS_BIND, NULL);
	take_path("room/in");
}

void attack_late_covered(void)
{
	int directory = open("late", O_PATH);

	mount_own("late");
	take(openat(directory, "in", O_RDONLY));
}

static void put_secret(const char *path)
{
	write(open(path, O_WRONLY | O_CREAT, 0644), secret_in_memory, 28);
}

void attack_late_nested(void)
{
	mkdir("late/on", 0755);
	mount("tmpfs", "late/on", "tmpfs", 0, "mode=0755");
	put_secret("late/on/in");
	take_path("late/on/in");
}

void attack_late_attached(void)
{
	int fs = (int)syscall(SYS_fsopen, "tmpfs", 0), tree;

	syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0);
	tree = (int)syscall(SYS_fsmount, fs, 0, 0);
	attach(tree, "late", 0);
	put_secret("late/in");
	take_path("late/in");
}

/* Its oldest mount names it. */
void attack_late_bound_here(void)
{
	mount("tmpfs", "room", "tmpfs", 0, "mode=0755");
	mount("room", "late", NULL, MS_BIND, NULL);
	put_secret("late/in");
	take_path("late/in");
}

void attack_late_moved(void)
{
	mount("late", "room", NULL, MS_MOVE, NULL);
	take_path("room/in");
}

void attack_late_rebound(void)
{
	mount("late", "room", NULL, MS_BIND, NULL);
	umount2("late", MNT_DETACH);
	take_path("room/in");
}

void attack_late_detached(void)
{
	int tree = open_tree_of("late");

	umount2("late", MNT_DETACH);
	take(openat(tree, "in", O_RDONLY));
}

void attack_late_unmounted(void)
{
	int directory = open("late", O_PATH);

	umount2("late", MNT_DETACH);
	take(openat(directory, "in", O_RDONLY));
}

/* What root unmounts stays in the mount namespace that a user made before. */
static void outlive(const char *place, const char *file)
{
	int ready[2], gone[2];
	char byte = 0;

	pipe(ready);
	pipe(gone);
	if (fork() == 0) {
		setgid(1000);
		setuid(1000);
		prctl(PR_SET_DUMPABLE, 1);
		own_namespaces();
		write(ready[1], &byte, 1);
		read(gone[0], &byte, 1);
		take_path(file);
		_exit(0);
	}
	read(ready[0], &byte, 1);
	umount2(place, MNT_DETACH);
	write(gone[1], &byte, 1);
	wait(NULL);
}

void attack_late_outlived(void)
{
	outlive("late", "late/in");
}

/* ---- one that is mounted before the start */

void attack_early_plain(void)
{
	take_path("early/secret");
}

void attack_early_bound(void)
{
	own_namespaces();
	for (int i = 0; i < 12; i++)
		mount("early", "room", NULL, MS_BIND, NULL);
	take_path("room/secret");
}

void attack_early_detached(void)
{
	take(openat(open_tree_of("early"), "secret", O_RDONLY));
}

void attack_early_moved(void)
{
	mount("early", "room", NULL, MS_MOVE, NULL);
	take_path("room/secret");
}

void attack_early_rebound(void)
{
	mount("early", "room", NULL, MS_BIND, NULL);
	umount2("early", MNT_DETACH);
	take_path("room/secret");
}

void attack_early_kept_tree(void)
{
	int tree = open_tree_of("early");

	umount2("early", MNT_DETACH);
	take(openat(tree, "secret", O_RDONLY));
}

void attack_early_outlived(void)
{
	outlive("early", "early/secret");
}

void attack_early_covered(void)
{
	mount_own("early");
}

void attack_early_beneath(void)
{
	mount_own("room");
	if (attach(open_tree_of("room"), "early", 0x200 /* MOVE_MOUNT_BENEATH */) == 0)
		umount2("early", MNT_DETACH);
}

static void make_where_it_was(void)
{
	write(open("early/kept", O_WRONLY | O_CREAT, 0644), "changed", 7);
}

void attack_early_unmounted(void)
{
	if (umount2("early", MNT_DETACH) == 0)
		make_where_it_was();
}

void attack_early_moved_away(void)
{
	if (mount("early", "room", NULL, MS_MOVE, NULL) == 0)
		make_where_it_was();
}

/* The old root lies on the shelf then. */
void attack_early_pivot(void)
{
	if (syscall(SYS_pivot_root, "early", "early/shelf") == 0) {
		if (access("/shelf/arena", F_OK) == 0)
			memcpy(got, secret_in_memory, 64);
		syscall(SYS_pivot_root, "/shelf", "/shelf/arena/early_pivot/early");
	}
}
