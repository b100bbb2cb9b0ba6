/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways to put another program in the place of the excepted executable, or under its name. It alone may read `kept_for`.
 */
#include "attack.h"

#define KEEPER "/sbin/keeper"
#define MINE   "kept_for"

/* ---- another program in its place */

void attack_id_parent_renamed(void)
{
	if (rename("/sbin", "/others") != 0)
		return;
	mkdir("/sbin", 0755);
	bring_program(KEEPER);
	if (fork() == 0)
		run_it(KEEPER, MINE);
	wait(NULL);
	unlink(KEEPER);
	rmdir("/sbin");
	rename("/others", "/sbin");
}

void attack_id_write(void)
{
	int fd = open(KEEPER, O_WRONLY);

	if (fd >= 0) {
		close(fd);
		bring_program(KEEPER);
		run_it(KEEPER, MINE);
	}
}

void attack_id_link_write(void)
{
	if (link(KEEPER, "other") == 0) {
		bring_program("other");
		run_it(KEEPER, MINE);
	}
}

void attack_id_unlink(void)
{
	if (unlink(KEEPER) == 0) {
		bring_program(KEEPER);
		run_it(KEEPER, MINE);
	}
}

void attack_id_link_over(void)
{
	bring_program("other");
	unlink(KEEPER);
	if (link("other", KEEPER) == 0)
		run_it(KEEPER, MINE);
}

void attack_id_rename_over(void)
{
	bring_program("other");
	if (rename("other", KEEPER) == 0)
		run_it(KEEPER, MINE);
}

void attack_id_exchange(void)
{
	bring_program("other");
	if (syscall(SYS_renameat2, AT_FDCWD, "other", AT_FDCWD, KEEPER, RENAME_EXCHANGE) == 0)
		run_it(KEEPER, MINE);
}

void attack_id_moved_away(void)
{
	if (rename(KEEPER, "/sbin/other") == 0) {
		bring_program(KEEPER);
		run_it(KEEPER, MINE);
	}
}

void attack_id_symlink(void)
{
	bring_program("other");
	if (unlink(KEEPER) == 0 && symlink("/arena/id_symlink/other", KEEPER) == 0)
		run_it(KEEPER, MINE);
}

static void bind_over(unsigned long flags)
{
	bring_program("other");
	if (mount("other", KEEPER, NULL, flags, NULL) == 0)
		run_it(KEEPER, MINE);
}

void attack_id_bind(void)
{
	bind_over(MS_BIND);
}

void attack_id_bind_private(void)
{
	bind_over(MS_BIND | MS_PRIVATE);
}

void attack_id_bind_slave(void)
{
	bind_over(MS_BIND | MS_SLAVE | MS_REC);
}

void attack_id_move_mount(void)
{
	int tree;

	bring_program("other");
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, "other", 1 /* OPEN_TREE_CLONE */);
	if (syscall(SYS_move_mount, tree, "", AT_FDCWD, KEEPER, 4 /* MOVE_MOUNT_F_EMPTY_PATH */) == 0)
		run_it(KEEPER, MINE);
}

void attack_id_tmpfs(void)
{
	bring_program("other");
	if (mount("tmpfs", "/sbin", "tmpfs", 0, NULL) == 0) {
		bring_program(KEEPER);
		run_it(KEEPER, MINE);
	}
}

void attack_id_overlay(void)
{
	mkdir("own", 0755);
	bring_program("own/keeper");
	if (mount("overlay", "/sbin", "overlay", 0, "lowerdir=own:/sbin") == 0)
		run_it(KEEPER, MINE);
}

/* ---- another program under its name, as far as the caller can see */

void attack_id_user_bind(void)
{
	own_namespaces();
	bind_over(MS_BIND);
}

void attack_id_user_tmpfs(void)
{
	own_namespaces();
	attack_id_tmpfs();
}

void attack_id_user_overlay(void)
{
	own_namespaces();
	attack_id_overlay();
}

static void bring_root(void)
{
	mkdir("sbin", 0755);
	bring_program("." KEEPER);
}

void attack_id_user_chroot(void)
{
	bring_root();
	own_namespaces();
	if (chroot(".") == 0)
		run_it(KEEPER, MINE);
}

void attack_id_chroot(void)
{
	bring_root();
	if (chroot(".") == 0)
		run_it(KEEPER, MINE);
}

void attack_id_pivot(void)
{
	bring_root();
	own_mounts();
	mount(".", "room", NULL, MS_BIND | MS_REC, NULL);
	if (chdir("room") == 0 && syscall(SYS_pivot_root, ".", ".") == 0 && chroot(".") == 0)
		run_it(KEEPER, MINE);
}

void attack_id_own_mounts(void)
{
	own_mounts();
	bind_over(MS_BIND);
}

void attack_id_memfd(void)
{
	int fd = memfd_create(KEEPER, 0);
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	bring_program(path);
	run_it(path, MINE);
}

void attack_id_words(void)
{
	bring_program("keeper");
	prctl(PR_SET_NAME, "keeper");
	execl("keeper", KEEPER, "--show", MINE, NULL);
}

void attack_id_o_path(void)
{
	int fd;

	bring_root();
	fd = open("." KEEPER, O_PATH);
	chdir("sbin");
	syscall(SYS_execveat, fd, "", (char *[]){KEEPER, "--show", "../" MINE, NULL}, environ, AT_EMPTY_PATH);
}

void attack_id_script(void)
{
	int fd;

	bring_program("other");
	fd = open("keeper", O_WRONLY | O_CREAT, 0755);
	write(fd, "#!other --show\n", 15);
	close(fd);
	execl("keeper", KEEPER, MINE, NULL);
}

/* Numbers of file systems are used again: one of a user's own gets that of one where another excepted executable was.
 */
void attack_id_number_reused(void)
{
	struct stat st;
	char name[32];
	dev_t number;

	stat("early", &st);
	number = st.st_dev;
	umount2("early", MNT_DETACH);
	usleep(200000);
	for (int i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "own-%d", i);
		mkdir(name, 0777);
		chmod(name, 0777);
	}
	syscall(SYS_setgroups, 0, NULL);
	setgid(1000);
	setuid(1000);
	prctl(PR_SET_DUMPABLE, 1);
	own_namespaces();
	for (int i = 0; i < 64; i++) {
		snprintf(name, sizeof(name), "own-%d", i);
		mount("own", name, "tmpfs", 0, "mode=0755");
		stat(name, &st);
		if (st.st_dev == number)
			break;
	}
	if (st.st_dev != number)
		return;
	strcat(name, "/keeper");
	bring_program(name);
	run_it(name, MINE);
}
