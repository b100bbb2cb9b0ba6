/* SPDX-License-Identifier: Apache-2.0
 * Steps on files by name: open in each way, create, remove, rename, change.
 */
#include "guest.h"
#include <linux/fs.h>

static const char *optional(int count, char **words, int index, const char *otherwise)
{
	return index < count ? words[index] : otherwise;
}

s64 touch_and_close(s64 fd, int flags)
{
	char byte = 'x';
	s64 ret = 0;

	if (fd < 0)
		return fd;
	if ((flags & O_ACCMODE) == O_RDONLY)
		ret = SYS3(read, fd, &byte, 1);
	else
		ret = SYS3(write, fd, &byte, 1);
	SYS1(close, fd);
	return ret == -EISDIR && (flags & O_ACCMODE) == O_RDONLY ? 0 : ret;
}

s64 open_and_touch(int directory, const char *path, int flags, int mode)
{
	return touch_and_close(SYS4(openat, directory, path, flags | O_CLOEXEC, mode), flags);
}

static s64 do_read(int count, char **words)
{
	(void)count;
	return open_and_touch(AT_FDCWD, words[1], O_RDONLY, 0);
}

static s64 do_write(int count, char **words)
{
	(void)count;
	return open_and_touch(AT_FDCWD, words[1], O_WRONLY, 0);
}

static s64 do_read_write(int count, char **words)
{
	(void)count;
	return open_and_touch(AT_FDCWD, words[1], O_RDWR, 0);
}

static s64 do_append(int count, char **words)
{
	(void)count;
	return open_and_touch(AT_FDCWD, words[1], O_WRONLY | O_APPEND, 0);
}

static s64 do_create(int count, char **words)
{
	(void)count;
	return open_and_touch(AT_FDCWD, words[1], O_WRONLY | O_CREAT | O_EXCL, 0644);
}

static s64 do_create_or_write(int count, char **words)
{
	(void)count;
	return open_and_touch(AT_FDCWD, words[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
}

static s64 do_truncate(int count, char **words)
{
	(void)count;
	return SYS2(truncate, words[1], 0);
}

static s64 do_ftruncate(int count, char **words)
{
	s64 fd = SYS3(open, words[1], O_WRONLY | O_CLOEXEC, 0), ret;

	(void)count;
	if (fd < 0)
		return fd;
	ret = SYS2(ftruncate, fd, 0);
	SYS1(close, fd);
	return ret;
}

static s64 do_delete(int count, char **words)
{
	(void)count;
	return SYS1(unlink, words[1]);
}

static s64 do_rmdir(int count, char **words)
{
	(void)count;
	return SYS1(rmdir, words[1]);
}

static s64 do_mkdir(int count, char **words)
{
	(void)count;
	return SYS2(mkdir, words[1], 0755);
}

static s64 do_mknod(int count, char **words)
{
	(void)count;
	return SYS3(mknod, words[1], S_IFIFO | 0644, 0);
}

static s64 do_symlink(int count, char **words)
{
	(void)count;
	return SYS2(symlink, words[1], words[2]);
}

static s64 do_link(int count, char **words)
{
	(void)count;
	return SYS2(link, words[1], words[2]);
}

static s64 do_rename(int count, char **words)
{
	(void)count;
	return SYS2(rename, words[1], words[2]);
}

static s64 do_exchange(int count, char **words)
{
	(void)count;
	return SYS5(renameat2, AT_FDCWD, words[1], AT_FDCWD, words[2], RENAME_EXCHANGE);
}

static s64 do_chmod(int count, char **words)
{
	return SYS2(chmod, words[1], number(optional(count, words, 2, "0600")));
}

static s64 do_fchmod(int count, char **words)
{
	s64 fd = SYS3(open, words[1], O_RDONLY | O_CLOEXEC, 0), ret;

	if (fd < 0)
		return fd;
	ret = SYS2(fchmod, fd, number(optional(count, words, 2, "0600")));
	SYS1(close, fd);
	return ret;
}

static s64 do_chown(int count, char **words)
{
	(void)count;
	return SYS3(chown, words[1], number(words[2]), number(words[3]));
}

static s64 do_setxattr(int count, char **words)
{
	const char *value = optional(count, words, 3, "x");

	return SYS5(setxattr, words[1], words[2], value, strlen(value), 0);
}

static s64 do_removexattr(int count, char **words)
{
	(void)count;
	return SYS2(removexattr, words[1], words[2]);
}

static s64 do_stat(int count, char **words)
{
	struct statx status;

	(void)count;
	return SYS5(statx, AT_FDCWD, words[1], 0, STATX_BASIC_STATS, &status);
}

static s64 do_list(int count, char **words)
{
	static char entries[32768];
	s64 fd = SYS3(open, words[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), ret;

	(void)count;
	if (fd < 0)
		return fd;
	ret = SYS3(getdents64, fd, entries, sizeof(entries));
	SYS1(close, fd);
	return ret;
}

static s64 do_chdir(int count, char **words)
{
	(void)count;
	return SYS1(chdir, words[1]);
}

/* make_deep DEPTH NAME: DEPTH directories NAME, each in the one before, from the working directory; ends in the last.
 */
static s64 do_make_deep(int count, char **words)
{
	s64 ret = 0;

	(void)count;
	for (s64 i = number(words[1]); i > 0 && ret >= 0; i--) {
		ret = SYS2(mkdir, words[2], 0755);
		if (ret == 0 || ret == -EEXIST)
			ret = SYS1(chdir, words[2]);
	}
	return ret;
}

const struct step_verb file_verbs[] = {
    {"read", do_read, 1},	    {"write", do_write, 1},	    {"read_write", do_read_write, 1},
    {"append", do_append, 1},	    {"create", do_create, 1},	    {"create_or_write", do_create_or_write, 1},
    {"truncate", do_truncate, 1},   {"ftruncate", do_ftruncate, 1}, {"delete", do_delete, 1},
    {"rmdir", do_rmdir, 1},	    {"mkdir", do_mkdir, 1},	    {"mknod", do_mknod, 1},
    {"symlink", do_symlink, 2},	    {"link", do_link, 2},	    {"rename", do_rename, 2},
    {"exchange", do_exchange, 2},   {"chmod", do_chmod, 1},	    {"fchmod", do_fchmod, 1},
    {"chown", do_chown, 3},	    {"setxattr", do_setxattr, 2},   {"removexattr", do_removexattr, 2},
    {"stat", do_stat, 1},	    {"list", do_list, 1},	    {"chdir", do_chdir, 1},
    {"make_deep", do_make_deep, 2},
};
const u32 file_verb_count = ARRAY_SIZE(file_verbs);
