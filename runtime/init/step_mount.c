/* SPDX-License-Identifier: Apache-2.0
 * Steps that change what names mean to the caller: mounts, namespaces, roots.
 */
#include "guest.h"
#include <linux/mount.h>
#include <linux/sched.h>

static s64 do_mount(int count, char **words)
{
	return SYS5(mount, words[1], words[2], words[1], 0, count > 3 ? words[3] : 0);
}

static s64 do_mount_bind(int count, char **words)
{
	(void)count;
	return SYS5(mount, words[1], words[2], 0, MS_BIND, 0);
}

static s64 do_mount_rbind(int count, char **words)
{
	(void)count;
	return SYS5(mount, words[1], words[2], 0, MS_BIND | MS_REC, 0);
}

static s64 do_mount_tmpfs(int count, char **words)
{
	(void)count;
	return SYS5(mount, "tmpfs", words[1], "tmpfs", 0, 0);
}

static s64 do_umount(int count, char **words)
{
	(void)count;
	return SYS2(umount2, words[1], 2 /* MNT_DETACH */);
}

/* A detached copy of the mount that SOURCE lies in. */
static s64 detached_tree(const char *source)
{
	return SYS3(open_tree, AT_FDCWD, source, OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
}

static s64 do_move_mount(int count, char **words)
{
	s64 tree = detached_tree(words[1]), ret;

	(void)count;
	if (tree < 0)
		return tree;
	ret = SYS5(move_mount, tree, "", AT_FDCWD, words[2], MOVE_MOUNT_F_EMPTY_PATH);
	SYS1(close, tree);
	return ret;
}

static s64 do_read_detached(int count, char **words)
{
	s64 tree = detached_tree(words[1]), ret;

	(void)count;
	if (tree < 0)
		return tree;
	ret = open_and_touch((int)tree, words[2], O_RDONLY, 0);
	SYS1(close, tree);
	return ret;
}

static s64 make_private(void)
{
	return SYS5(mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0);
}

static s64 do_unshare_mounts(int count, char **words)
{
	s64 ret = SYS1(unshare, CLONE_NEWNS);

	(void)count, (void)words;
	return ret < 0 ? ret : make_private();
}

static s64 write_map(const char *path, s64 id)
{
	struct line map = {.length = 0};

	add_text(&map, "0");
	add_number(&map, id);
	add_text(&map, " 1");
	map.text[map.length] = 0;
	return write_file(path, 0, map.text);
}

/* New user and mount namespaces; the caller is root in them, itself outside. */
static s64 do_unshare_user(int count, char **words)
{
	s64 uid = SYS0(geteuid), gid = SYS0(getegid);
	s64 ret = SYS1(unshare, CLONE_NEWUSER | CLONE_NEWNS);

	(void)count, (void)words;
	if (ret == 0)
		ret = write_file("/proc/self/setgroups", 0, "deny");
	if (ret == 0)
		ret = write_map("/proc/self/uid_map", uid);
	if (ret == 0)
		ret = write_map("/proc/self/gid_map", gid);
	return ret < 0 ? ret : make_private();
}

static s64 do_setns(int count, char **words)
{
	s64 fd = SYS3(open, words[1], O_RDONLY | O_CLOEXEC, 0), ret;

	(void)count;
	if (fd < 0)
		return fd;
	ret = SYS2(setns, fd, 0);
	SYS1(close, fd);
	return ret;
}

static s64 do_chroot(int count, char **words)
{
	s64 ret = SYS1(chroot, words[1]);

	(void)count;
	return ret < 0 ? ret : SYS1(chdir, "/");
}

static s64 do_pivot_root(int count, char **words)
{
	s64 ret = SYS2(pivot_root, words[1], words[2]);

	(void)count;
	return ret < 0 ? ret : SYS1(chdir, "/");
}

const struct step_verb mount_verbs[] = {
    {"mount", do_mount, 2},
    {"mount_bind", do_mount_bind, 2},
    {"mount_rbind", do_mount_rbind, 2},
    {"mount_tmpfs", do_mount_tmpfs, 1},
    {"umount", do_umount, 1},
    {"move_mount", do_move_mount, 2},
    {"read_detached", do_read_detached, 2},
    {"unshare_mounts", do_unshare_mounts, 0},
    {"unshare_user", do_unshare_user, 0},
    {"setns", do_setns, 1},
    {"chroot", do_chroot, 1},
    {"pivot_root", do_pivot_root, 2},
};
const u32 mount_verb_count = ARRAY_SIZE(mount_verbs);
