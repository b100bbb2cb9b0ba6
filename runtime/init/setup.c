/* SPDX-License-Identifier: Apache-2.0
 * Sets the machine up, one line of the script at a time: the root, mounts, files of the image.
 */
#include "guest.h"
#include <linux/module.h>
#include <linux/mount.h>

static s64 make_directory(const char *path, int mode)
{
	s64 ret = SYS2(mkdir, path, mode);

	return ret == -EEXIST ? 0 : ret;
}

static s64 make_parents(const char *path)
{
	static char part[4096];
	u64 n = strlen(path);

	/* Deeper than a path may be long: such trees are made by the steps of a case, with chdir. */
	if (n >= sizeof(part))
		return -ENAMETOOLONG;
	for (u64 i = 1; i < n; i++) {
		s64 ret;

		if (path[i] != '/')
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		ret = make_directory(part, 0755);
		if (ret < 0 && ret != -EROFS)
			return ret;
	}
	return 0;
}

static s64 copy_file(const char *from, const char *to, int mode)
{
	s64 in = SYS3(open, from, O_RDONLY | O_CLOEXEC, 0), fd, n;

	if (in < 0)
		return in;
	fd = SYS3(open, to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd < 0) {
		SYS1(close, in);
		return fd;
	}
	while ((n = SYS4(sendfile, fd, in, 0, 1 << 20)) > 0)
		;
	SYS1(close, in);
	SYS1(close, fd);
	return n;
}

/* A module of the kernel that lies in the initramfs; none is fine, and so is one that a case before has loaded. */
static s64 load_module(const char *path)
{
	s64 fd = SYS3(open, path, O_RDONLY | O_CLOEXEC, 0), ret;
	char begin[4] = "";

	if (fd < 0)
		return fd == -ENOENT ? 0 : fd;
	SYS4(pread64, fd, begin, sizeof(begin), 0);
	ret = SYS3(finit_module, fd, "", begin[1] == 'E' ? 0 : MODULE_INIT_COMPRESSED_FILE);
	SYS1(close, fd);
	return ret == -EEXIST ? 0 : ret;
}

/* Makes the directories of a path below /disk, and binds the last one. */
static s64 bind_from_disk(const char *path, const char *to)
{
	s64 ret = make_parents(path);

	if (ret == 0)
		ret = make_directory(path, 0755);
	if (ret == 0)
		ret = make_directory(to, 0755);
	return ret < 0 ? ret : SYS5(mount, path, to, 0, MS_BIND, 0);
}

/* A third directory of the disk, for a mount of type `part`: a descriptor of a mount that is attached nowhere yet. */
static s64 spare_part = -ENOENT;

#define DEPLOYMENT "/disk/deploy/a_name_that_is_longer_than_the_sixty_four_bytes_of_two_pieces.0"

/* `/` and `/home` are directories of one file system, which is mounted nowhere as a whole: as on subvolumes, or where
 * several systems lie side by side. Of a deployment `/usr` is mounted, too, and all of the file system at /sysroot. */
static s64 mount_parts(int is_deployment)
{
	s64 ret = make_directory("/disk", 0755);

	if (ret == 0)
		ret = SYS5(mount, "disk", "/disk", "tmpfs", 0, "mode=0755");
	if (ret == 0)
		ret = bind_from_disk(DEPLOYMENT, "/newroot");
	if (ret == 0)
		ret = bind_from_disk("/disk/@home", "/newroot/home");
	if (ret == 0)
		ret = make_directory("/disk/@spare", 0755);
	if (ret == 0)
		ret = spare_part = SYS3(open_tree, AT_FDCWD, "/disk/@spare", OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC);
	if (ret < 0 || !is_deployment)
		return ret < 0 ? ret : SYS2(umount2, "/disk", 2 /* MNT_DETACH */);
	ret = bind_from_disk(DEPLOYMENT "/usr", "/newroot/usr");
	if (ret == 0)
		ret = make_directory("/newroot/sysroot", 0755);
	return ret < 0 ? ret : SYS5(mount, "/disk", "/newroot/sysroot", 0, MS_MOVE, 0);
}

/* enforcers: of further policies, behind `root tmpfs`. */
static s64 setup_root(const char *kind, int count, char **enforcers)
{
	static char to[4096] = "/newroot";
	s64 ret = make_directory("/newroot", 0755);

	if (ret == 0)
		ret = equal(kind, "tmpfs") ? SYS5(mount, "root", "/newroot", "tmpfs", 0, "mode=0755")
					   : mount_parts(equal(kind, "deployment"));
	if (ret == 0)
		ret = copy_file("/init", "/newroot/init", 0755);
	if (ret == 0)
		ret = copy_file("/enforcer", "/newroot/enforcer", 0755);
	if (ret == -ENOENT)
		ret = 0;
	for (int i = 0; ret == 0 && i < count; i++) {
		memcpy(to + 8, enforcers[i], strlen(enforcers[i]) + 1);
		ret = copy_file(enforcers[i], to, 0755);
		if (ret == -ENOENT) /* in a bare run there is none */
			ret = 0;
	}
	if (ret == 0)
		ret = SYS1(chdir, "/newroot");
	if (ret == 0)
		ret = SYS5(mount, ".", "/", 0, MS_MOVE, 0);
	if (ret == 0)
		ret = SYS1(chroot, ".");
	return ret < 0 ? ret : SYS1(chdir, "/");
}

/* As an init does: what is mounted already, by the enforcer as the first process or by the kernel, is left alone. */
static int is_mounted(const char *path)
{
	struct statx file;

	return SYS5(statx, AT_FDCWD, path, 0, STATX_TYPE, &file) == 0 && file.stx_attributes & STATX_ATTR_MOUNT_ROOT;
}

static s64 setup_base(void)
{
	static const struct {
		const char *at, *type, *options;
	} mounts[] = {
	    {"/proc", "proc", 0},
	    {"/sys", "sysfs", 0},
	    {"/sys/kernel/security", "securityfs", 0},
	    {"/sys/kernel/tracing", "tracefs", 0},
	    {"/sys/fs/bpf", "bpf", "mode=0700"},
	    {"/dev", "devtmpfs", "mode=0755"},
	    {"/dev/shm", "tmpfs", "mode=1777"},
	    {"/tmp", "tmpfs", "mode=1777"},
	    {"/run", "tmpfs", "mode=0755"},
	};

	for (u32 i = 0; i < ARRAY_SIZE(mounts); i++) {
		s64 ret = make_directory(mounts[i].at, 0755);

		if (is_mounted(mounts[i].at))
			continue;
		if (ret == 0 || ret == -EPERM)
			ret = SYS5(mount, mounts[i].type, mounts[i].at, mounts[i].type, 0, mounts[i].options);
		/* A kernel may lack tracefs. */
		if (ret < 0 && ret != -ENODEV && ret != -ENOENT) {
			report_failure("mount", mounts[i].at, ret);
			return ret;
		}
	}
	return 0;
}

static s64 set_owner(char **words)
{
	s64 ret = SYS3(lchown, words[1], number(words[3]), number(words[4]));

	return ret < 0 ? ret : SYS2(chmod, words[1], number(words[2]));
}

/* mount AT TYPE SOURCE OPTIONS; the type `bind` binds SOURCE. */
static s64 setup_mount(char **words)
{
	s64 ret = make_directory(words[1], 0755);

	if (ret < 0)
		return ret;
	if (equal(words[2], "bind"))
		return SYS5(mount, words[3], words[1], 0, MS_BIND, 0);
	if (equal(words[2], "part"))
		return SYS5(move_mount, spare_part, "", AT_FDCWD, words[1], MOVE_MOUNT_F_EMPTY_PATH);
	return SYS5(mount, words[3], words[1], words[2], 0, words[4]);
}

s64 setup_line(int count, char **words)
{
	s64 ret = 0;

	if (count >= 2 && equal(words[0], "root")) {
		ret = load_module("/overlay.ko");
		if (ret == 0 && !equal(words[1], "initramfs"))
			ret = setup_root(words[1], count - 2, words + 2);
		return ret < 0 ? ret : setup_base();
	}
	if (count < 2 || equal(words[0], "policy"))
		return 0;
	ret = make_parents(words[1]);
	if (ret < 0)
		return ret;
	if (count == 5 && equal(words[0], "mount"))
		return setup_mount(words);
	if (count == 3 && equal(words[0], "symlink"))
		return SYS2(symlink, words[2], words[1]);
	if (count == 3 && equal(words[0], "link"))
		return SYS2(link, words[2], words[1]);
	if (count == 5 && equal(words[0], "directory"))
		ret = make_directory(words[1], 0755);
	else if (count == 6 && equal(words[0], "file"))
		ret = write_file(words[1], O_CREAT | O_TRUNC, words[5]);
	else if (count == 5 && equal(words[0], "program"))
		ret = copy_file("/init", words[1], 0755);
	else
		return -EINVAL;
	return ret < 0 ? ret : set_owner(words);
}
