/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways to change a file, or what its name leads to.
 */
#include "attack.h"

static void write_to(int fd)
{
	write(fd, "changed", 7);
}

void attack_change_write(void)
{
	write_to(open("kept", O_WRONLY));
}

void attack_change_append(void)
{
	write_to(open("kept", O_WRONLY | O_APPEND));
}

void attack_change_o_trunc(void)
{
	open("kept", O_RDONLY | O_TRUNC);
}

void attack_change_truncate(void)
{
	truncate("kept", 0);
}

void attack_change_mapped(void)
{
	char *text = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, open("kept", O_RDWR), 0);

	if (text != MAP_FAILED)
		text[0] = '!';
}

void attack_change_fallocate(void)
{
	fallocate(open("kept", O_WRONLY), FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, 0, 4);
}

void attack_change_copy_range(void)
{
	copy_file_range(open("free", O_RDONLY), NULL, open("kept", O_WRONLY), NULL, 4, 0);
}

void attack_change_unlink(void)
{
	unlink("kept");
	write_to(open("kept", O_WRONLY | O_CREAT, 0600));
}

void attack_change_rename_over(void)
{
	rename("free", "kept");
}

void attack_change_exchange(void)
{
	syscall(SYS_renameat2, AT_FDCWD, "free", AT_FDCWD, "kept", RENAME_EXCHANGE);
}

void attack_change_link(void)
{
	link("kept", "other");
	write_to(open("other", O_WRONLY));
}

void attack_change_chmod(void)
{
	chmod("kept", 0777);
}

void attack_change_utimensat(void)
{
	struct timespec times[2] = {{1, 0}, {1, 0}};

	utimensat(AT_FDCWD, "kept", times, 0);
}

void attack_change_xattr(void)
{
	setxattr("kept", "trusted.attack", "x", 1, 0);
}

void attack_change_chown(void)
{
	chown("kept", 7, 7);
}

void attack_change_bind_over(void)
{
	mount("free", "kept", NULL, MS_BIND, NULL);
}

void attack_change_bind_private(void)
{
	mount("free", "kept", NULL, MS_BIND | MS_PRIVATE, NULL);
}

void attack_change_move_mount(void)
{
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, "free", 1 /* OPEN_TREE_CLONE */);

	syscall(SYS_move_mount, tree, "", AT_FDCWD, "kept", 4 /* MOVE_MOUNT_F_EMPTY_PATH */);
}

void attack_change_tmpfs_above(void)
{
	mount("tmpfs", ".", "tmpfs", 0, NULL);
}

static int reopen(int fd, int flags)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return open(path, flags);
}

void attack_change_proc_fd(void)
{
	write_to(reopen(open("kept", O_RDONLY), O_WRONLY));
}

void attack_change_o_path(void)
{
	write_to(reopen(open("kept", O_PATH), O_WRONLY));
}

void attack_change_fchmod(void)
{
	fchmod(open("kept", O_RDONLY), 0777);
}

void attack_change_futimens(void)
{
	struct timespec times[2] = {{1, 0}, {1, 0}};

	futimens(open("kept", O_RDONLY), times);
}

void attack_change_splice(void)
{
	int from[2];

	pipe(from);
	write_to(from[1]);
	splice(from[0], NULL, open("kept", O_WRONLY), NULL, 7, 0);
}

void attack_change_sendfile(void)
{
	sendfile(open("kept", O_WRONLY), open("free", O_RDONLY), NULL, 7);
}

void attack_change_symlink(void)
{
	unlink("kept");
	symlink("free", "kept");
}

void attack_change_bind_above(void)
{
	mount("room", ".", NULL, MS_BIND | MS_REC, NULL);
}

void attack_change_fsmount(void)
{
	int fs = (int)syscall(SYS_fsopen, "tmpfs", 0), tree;

	syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0);
	tree = (int)syscall(SYS_fsmount, fs, 0, 0);
	syscall(SYS_move_mount, tree, "", AT_FDCWD, ".", 4 /* MOVE_MOUNT_F_EMPTY_PATH */);
}
