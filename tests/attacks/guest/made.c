/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways to make something under a name that is protected and not there yet.
 */
#include "attack.h"
#include <sys/sysmacros.h>

static void write_free(void)
{
	write(open("free", O_WRONLY), "changed", 7);
}

void attack_made_create(void)
{
	open("new", O_WRONLY | O_CREAT, 0644);
}

void attack_made_create_read(void)
{
	open("new", O_RDONLY | O_CREAT | O_EXCL, 0644);
}

void attack_made_mknod(void)
{
	mknod("new", S_IFREG | 0644, 0);
}

void attack_made_fifo(void)
{
	mkfifo("new", 0644);
}

void attack_made_device(void)
{
	mknod("new", S_IFCHR | 0666, makedev(1, 3));
}

void attack_made_socket(void)
{
	struct sockaddr_un name = {.sun_family = AF_UNIX, .sun_path = "new"};

	bind(socket(AF_UNIX, SOCK_STREAM, 0), (struct sockaddr *)&name, sizeof(name));
}

void attack_made_mkdir(void)
{
	mkdir("new", 0755);
}

void attack_made_symlink(void)
{
	symlink("free", "new");
}

void attack_made_through_symlink(void)
{
	symlink("new", "other");
	open("other", O_WRONLY | O_CREAT, 0644);
}

void attack_made_link(void)
{
	link("free", "new");
}

void attack_made_tmpfile(void)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open(".", O_TMPFILE | O_WRONLY, 0644));
	linkat(AT_FDCWD, path, AT_FDCWD, "new", AT_SYMLINK_FOLLOW);
}

void attack_made_rename(void)
{
	write_free();
	rename("free", "new");
}

void attack_made_whiteout(void)
{
	syscall(SYS_renameat2, AT_FDCWD, "free", AT_FDCWD, "new", 4 /* RENAME_WHITEOUT */);
}

static void make_other(void)
{
	mkdir("other", 0755);
	open("other/new", O_WRONLY | O_CREAT, 0644);
}

void attack_made_parent_renamed(void)
{
	make_other();
	rename("other", "shelf");
}

void attack_made_below(void)
{
	mkdir("shelf", 0755);
	open("shelf/new", O_WRONLY | O_CREAT, 0644);
}

void attack_made_parent_symlink(void)
{
	make_other();
	symlink("other", "shelf");
}

void attack_made_parent_bound(void)
{
	make_other();
	mkdir("shelf", 0755);
	mount("other", "shelf", NULL, MS_BIND, NULL);
}

/* ---- in a directory in which nothing is changed */

void attack_stock_create(void)
{
	open("stock/other", O_WRONLY | O_CREAT, 0644);
}

void attack_stock_renamed_into(void)
{
	rename("free", "stock/other");
}

void attack_stock_linked_into(void)
{
	link("free", "stock/other");
}

void attack_stock_exchanged(void)
{
	syscall(SYS_renameat2, AT_FDCWD, "stock", AT_FDCWD, "room", RENAME_EXCHANGE);
}

void attack_stock_moved(void)
{
	rename("stock", "other");
	mkdir("stock", 0755);
}

void attack_stock_by_descriptor(void)
{
	openat(open("stock", O_PATH), "../stock/other", O_WRONLY | O_CREAT, 0644);
}

void attack_stock_proc_cwd(void)
{
	chdir("stock");
	open("/proc/self/cwd/other", O_WRONLY | O_CREAT, 0644);
}
