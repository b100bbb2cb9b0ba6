/* SPDX-License-Identifier: Apache-2.0
 * Steps that reach a file by the less common ways: kept descriptors, openat2, io_uring, the 32-bit table, handles,
 * detached mounts.
 */
#include "guest.h"
#include <linux/io_uring.h>
#include <linux/mman.h>
#include <linux/mount.h>
#include <linux/openat2.h>

/* ---- descriptors that are kept */

int kept_fd = -1;

static s64 keep(s64 fd)
{
	if (fd < 0)
		return fd;
	kept_fd = (int)fd;
	return 0;
}

s64 step_open_path(int count, char **words)
{
	return keep(SYS3(open, words[1], O_PATH | O_CLOEXEC, 0));
}

s64 step_hold_open(int count, char **words)
{
	return keep(SYS3(open, words[1], O_RDONLY | O_CLOEXEC, 0));
}

s64 step_reopen(int count, char **words)
{
	struct line path = {.length = 0};
	int flags = count > 1 && equal(words[1], "write") ? O_WRONLY : O_RDONLY;

	if (kept_fd < 0)
		return -EBADF;
	add_text(&path, "/proc/self/fd/");
	add_digits(&path, kept_fd);
	path.text[path.length] = 0;
	return open_and_touch(AT_FDCWD, path.text, flags, 0);
}

s64 step_read_kept(int count, char **words)
{
	char byte;

	return SYS3(read, kept_fd, &byte, 1);
}

/* ---- openat2 with RESOLVE_ flags */

static u64 resolve_flag(const char *name)
{
	if (equal(name, "no_symlinks"))
		return RESOLVE_NO_SYMLINKS;
	if (equal(name, "no_magiclinks"))
		return RESOLVE_NO_MAGICLINKS;
	if (equal(name, "no_xdev"))
		return RESOLVE_NO_XDEV;
	if (equal(name, "beneath"))
		return RESOLVE_BENEATH;
	if (equal(name, "in_root"))
		return RESOLVE_IN_ROOT;
	return 1ul << 63; /* refused by the kernel */
}

s64 step_openat2(int count, char **words)
{
	struct open_how how = {.flags = O_RDONLY | O_CLOEXEC};

	for (int i = 2; i < count; i++)
		how.resolve |= resolve_flag(words[i]);
	return touch_and_close(SYS4(openat2, AT_FDCWD, words[1], &how, sizeof(how)), O_RDONLY);
}

/* ---- io_uring: one IORING_OP_OPENAT, submitted and awaited */

static s64 ring_open(s64 ring, const struct io_uring_params *params, const char *path)
{
	u64 size = params->sq_off.array + params->sq_entries * sizeof(u32);
	u64 cq_size = params->cq_off.cqes + params->cq_entries * sizeof(struct io_uring_cqe);
	u8 *rings = (u8 *)sys6(__NR_mmap, 0, (s64)(size > cq_size ? size : cq_size), PROT_READ | PROT_WRITE,
			       MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
	struct io_uring_sqe *sqe = (void *)sys6(__NR_mmap, 0, params->sq_entries * sizeof(*sqe), PROT_READ | PROT_WRITE,
						MAP_SHARED | MAP_POPULATE, ring, (s64)IORING_OFF_SQES);
	const struct io_uring_cqe *cqe;
	s64 ret;

	if ((s64)rings < 0 || (s64)sqe < 0)
		return (s64)rings < 0 ? (s64)rings : (s64)sqe;
	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_OPENAT;
	sqe->fd = AT_FDCWD;
	sqe->addr = (u64)path;
	sqe->open_flags = O_RDONLY;
	((u32 *)(rings + params->sq_off.array))[0] = 0;
	__atomic_store_n((u32 *)(rings + params->sq_off.tail), 1, __ATOMIC_RELEASE);
	ret = sys6(__NR_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, 0, 0);
	if (ret < 0)
		return ret;
	cqe = (const struct io_uring_cqe *)(rings + params->cq_off.cqes);
	return cqe->res;
}

s64 step_io_uring_open(int count, char **words)
{
	struct io_uring_params params;
	s64 ring, fd;

	memset(&params, 0, sizeof(params));
	ring = SYS2(io_uring_setup, 1, &params);
	if (ring < 0)
		return ring;
	if (!(params.features & IORING_FEAT_SINGLE_MMAP))
		fd = -EOPNOTSUPP;
	else
		fd = ring_open(ring, &params, words[1]);
	SYS1(close, ring);
	return touch_and_close(fd, O_RDONLY);
}

/* ---- the 32-bit system call table; this program is linked below 4 GiB, so its own buffers can be named there */

s64 step_int80_open(int count, char **words)
{
	static char low[4096];
	u64 n = strlen(words[1]) + 1;
	s64 fd;

	if (n > sizeof(low))
		return -ENAMETOOLONG;
	memcpy(low, words[1], n);
	__asm__ volatile("int $0x80"
			 : "=a"(fd)
			 : "a"(5L /* open */), "b"((u64)low), "c"(0L), "d"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	return touch_and_close((int)fd, O_RDONLY);
}

/* ---- by file handle */

struct handle {
	u32 bytes;
	int type;
	u8 data[128];
};

static s64 open_directory_of(const char *path)
{
	static char directory[4096];
	u64 end = strlen(path);

	while (end > 1 && path[end - 1] != '/')
		end--;
	if (end >= sizeof(directory))
		return -ENAMETOOLONG;
	memcpy(directory, path, end);
	directory[end] = 0;
	return SYS3(open, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
}

s64 step_open_by_handle(int count, char **words)
{
	struct handle handle = {.bytes = sizeof(handle.data)};
	s64 ret, directory;
	int mount_id;

	ret = SYS5(name_to_handle_at, AT_FDCWD, words[1], &handle, &mount_id, 0);
	if (ret < 0)
		return ret;
	directory = open_directory_of(words[1]);
	if (directory < 0)
		return directory;
	ret = touch_and_close(SYS3(open_by_handle_at, directory, &handle, O_RDONLY), O_RDONLY);
	SYS1(close, directory);
	return ret;
}

/* ---- in a mount that is part of no tree: a detached copy of the one that the directory lies in */

s64 step_read_detached(int count, char **words)
{
	s64 tree = SYS3(open_tree, AT_FDCWD, words[1], OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC), ret;

	if (tree < 0)
		return tree;
	ret = open_and_touch((int)tree, words[2], O_RDONLY, 0);
	SYS1(close, tree);
	return ret;
}
