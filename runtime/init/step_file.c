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

s64 step_read(int count, char **words)
{
	return open_and_touch(AT_FDCWD, words[1], O_RDONLY, 0);
}

s64 step_write(int count, char **words)
{
	return open_and_touch(AT_FDCWD, words[1], O_WRONLY, 0);
}

s64 step_read_write(int count, char **words)
{
	return open_and_touch(AT_FDCWD, words[1], O_RDWR, 0);
}

s64 step_append(int count, char **words)
{
	return open_and_touch(AT_FDCWD, words[1], O_WRONLY | O_APPEND, 0);
}

s64 step_create(int count, char **words)
{
	return open_and_touch(AT_FDCWD, words[1], O_WRONLY | O_CREAT | O_EXCL, 0644);
}

s64 step_create_or_write(int count, char **words)
{
	return open_and_touch(AT_FDCWD, words[1], O_WRONLY | O_CREAT | O_TRUNC, 0644);
}

s64 step_truncate(int count, char **words)
{
	return SYS2(truncate, words[1], 0);
}

s64 step_ftruncate(int count, char **words)
{
	s64 fd = SYS3(open, words[1], O_WRONLY | O_CLOEXEC, 0), ret;

	if (fd < 0)
		return fd;
	ret = SYS2(ftruncate, fd, 0);
	SYS1(close, fd);
	return ret;
}

s64 step_delete(int count, char **words)
{
	return SYS1(unlink, words[1]);
}

s64 step_rmdir(int count, char **words)
{
	return SYS1(rmdir, words[1]);
}

s64 step_mkdir(int count, char **words)
{
	return SYS2(mkdir, words[1], 0755);
}

s64 step_mknod(int count, char **words)
{
	return SYS3(mknod, words[1], S_IFIFO | 0644, 0);
}

s64 step_symlink(int count, char **words)
{
	return SYS2(symlink, words[1], words[2]);
}

s64 step_link(int count, char **words)
{
	return SYS2(link, words[1], words[2]);
}

s64 step_rename(int count, char **words)
{
	return SYS2(rename, words[1], words[2]);
}

s64 step_exchange(int count, char **words)
{
	return SYS5(renameat2, AT_FDCWD, words[1], AT_FDCWD, words[2], RENAME_EXCHANGE);
}

s64 step_chmod(int count, char **words)
{
	return SYS2(chmod, words[1], number(optional(count, words, 2, "0600")));
}

s64 step_fchmod(int count, char **words)
{
	s64 fd = SYS3(open, words[1], O_RDONLY | O_CLOEXEC, 0), ret;

	if (fd < 0)
		return fd;
	ret = SYS2(fchmod, fd, number(optional(count, words, 2, "0600")));
	SYS1(close, fd);
	return ret;
}

s64 step_lock(int count, char **words)
{
	s64 fd = SYS3(open, words[1], O_RDONLY | O_CLOEXEC, 0), ret;

	(void)count;
	if (fd < 0)
		return fd;
	ret = SYS2(flock, fd, LOCK_SH | LOCK_NB);
	SYS1(close, fd);
	return ret;
}

s64 step_chown(int count, char **words)
{
	return SYS3(chown, words[1], number(words[2]), number(words[3]));
}

s64 step_utime(int count, char **words)
{
	(void)count;
	return SYS4(utimensat, AT_FDCWD, words[1], 0, 0);
}

s64 step_setxattr(int count, char **words)
{
	const char *value = optional(count, words, 3, "x");

	return SYS5(setxattr, words[1], words[2], value, strlen(value), 0);
}

s64 step_removexattr(int count, char **words)
{
	return SYS2(removexattr, words[1], words[2]);
}

s64 step_stat(int count, char **words)
{
	struct statx status;

	return SYS5(statx, AT_FDCWD, words[1], 0, STATX_BASIC_STATS, &status);
}

s64 step_list(int count, char **words)
{
	static char entries[32768];
	s64 fd = SYS3(open, words[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0), ret;

	if (fd < 0)
		return fd;
	ret = SYS3(getdents64, fd, entries, sizeof(entries));
	SYS1(close, fd);
	return ret;
}

s64 step_chdir(int count, char **words)
{
	return SYS1(chdir, words[1]);
}

/* make_deep DEPTH NAME: DEPTH directories NAME, each in the one before, from the working directory; ends in the last.
 */
s64 step_make_deep(int count, char **words)
{
	s64 ret = 0;

	for (s64 i = number(words[1]); i > 0 && ret >= 0; i--) {
		ret = SYS2(mkdir, words[2], 0755);
		if (ret == 0 || ret == -EEXIST)
			ret = SYS1(chdir, words[2]);
	}
	return ret;
}
