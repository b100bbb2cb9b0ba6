/* SPDX-License-Identifier: Apache-2.0
 * Steps that change what names mean to the caller: mounts, namespaces, roots.
 */
#include "guest.h"
#include <linux/mount.h>
#include <linux/sched.h>

s64 step_mount(int count, char **words)
{
	return SYS5(mount, words[1], words[2], words[1], 0, count > 3 ? words[3] : 0);
}

/* What is said of propagation beside the bind, which the kernel does not hear. */
static u64 propagation(const char *word)
{
	static const struct {
		const char *word;
		u64 flag;
	} known[] = {
	    {"shared", MS_SHARED}, {"private", MS_PRIVATE}, {"slave", MS_SLAVE}, {"unbindable", MS_UNBINDABLE}};

	for (u32 i = 0; i < ARRAY_SIZE(known); i++)
		if (equal(word, known[i].word))
			return known[i].flag;
	return 0;
}

s64 step_mount_bind(int count, char **words)
{
	return SYS5(mount, words[1], words[2], 0, MS_BIND | (count > 3 ? propagation(words[3]) : 0), 0);
}

s64 step_mount_rbind(int count, char **words)
{
	return SYS5(mount, words[1], words[2], 0, MS_BIND | MS_REC, 0);
}

s64 step_mount_tmpfs(int count, char **words)
{
	return SYS5(mount, "tmpfs", words[1], "tmpfs", 0, 0);
}

s64 step_umount(int count, char **words)
{
	return SYS2(umount2, words[1], 2 /* MNT_DETACH */);
}

s64 step_move_mount(int count, char **words)
{
	s64 tree = SYS3(open_tree, AT_FDCWD, words[1], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), ret;

	if (tree < 0)
		return tree;
	ret = SYS5(move_mount, tree, "", AT_FDCWD, words[2], MOVE_MOUNT_F_EMPTY_PATH);
	SYS1(close, tree);
	return ret;
}

static s64 make_private(void)
{
	return SYS5(mount, 0, "/", 0, MS_REC | MS_PRIVATE, 0);
}

/* With all that is mounted below it, as systemd does with the root. */
s64 step_make_shared(int count, char **words)
{
	return SYS5(mount, 0, words[1], 0, MS_REC | MS_SHARED, 0);
}

/* A mount namespace of its own; what was shared stays so. */
s64 step_unshare_shared(int count, char **words)
{
	return SYS1(unshare, CLONE_NEWNS);
}

s64 step_unshare_mounts(int count, char **words)
{
	s64 ret = SYS1(unshare, CLONE_NEWNS);

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
s64 step_unshare_user(int count, char **words)
{
	s64 uid = SYS0(geteuid), gid = SYS0(getegid);
	s64 ret = SYS1(unshare, CLONE_NEWUSER | CLONE_NEWNS);

	if (ret == 0)
		ret = write_file("/proc/self/setgroups", 0, "deny");
	if (ret == 0)
		ret = write_map("/proc/self/uid_map", uid);
	if (ret == 0)
		ret = write_map("/proc/self/gid_map", gid);
	return ret < 0 ? ret : make_private();
}

s64 step_setns(int count, char **words)
{
	s64 fd = SYS3(open, words[1], O_RDONLY | O_CLOEXEC, 0), ret;

	if (fd < 0)
		return fd;
	ret = SYS2(setns, fd, 0);
	SYS1(close, fd);
	return ret;
}

s64 step_chroot(int count, char **words)
{
	s64 ret = SYS1(chroot, words[1]);

	return ret < 0 ? ret : SYS1(chdir, "/");
}

s64 step_pivot_root(int count, char **words)
{
	s64 ret = SYS2(pivot_root, words[1], words[2]);

	return ret < 0 ? ret : SYS1(chdir, "/");
}

/* switch_root(8), but for the removal of what the old root holds. */
s64 step_switch_root(int count, char **words)
{
	static const char *const taken[] = {"dev", "proc", "sys", "run"};
	s64 ret = SYS1(chdir, words[1]);

	for (u32 i = 0; ret == 0 && i < ARRAY_SIZE(taken); i++) {
		char old[8] = "/";

		memcpy(old + 1, taken[i], strlen(taken[i]) + 1);
		SYS2(mkdir, taken[i], 0755);
		ret = SYS5(mount, old, taken[i], 0, MS_MOVE, 0);
	}
	if (ret == 0)
		ret = SYS5(mount, ".", "/", 0, MS_MOVE, 0);
	if (ret == 0)
		ret = SYS1(chroot, ".");
	return ret < 0 ? ret : SYS1(chdir, "/");
}
