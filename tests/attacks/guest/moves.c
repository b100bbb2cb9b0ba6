/* SPDX-License-Identifier: Apache-2.0
 *
 * Mounts that namespaces share; other roots; the kernel's own file systems.
 */
#include "attack.h"

/* ---- propagation */

/* Mounts `free` on `kept` in a namespace of its own, whose mounts are peers of the host's. */
static void mount_in_child(void)
{
	if (fork() == 0) {
		unshare(CLONE_NEWNS);
		mount("free", "kept", NULL, MS_BIND, NULL);
		_exit(0);
	}
	wait(NULL);
}

void attack_change_propagated(void)
{
	mount(NULL, "/", NULL, MS_SHARED, NULL);
	mount_in_child();
}

void attack_change_setattr(void)
{
	struct mount_attr shared = {.propagation = MS_SHARED};

	syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &shared, sizeof(shared));
	mount_in_child();
}

/* A bind mount of one's own, made a peer of the host's by MOVE_MOUNT_SET_GROUP. */
void attack_change_set_group(void)
{
	mount(NULL, "/", NULL, MS_SHARED, NULL);
	if (fork() == 0) {
		int host = open("/", O_PATH), mine;

		unshare(CLONE_NEWNS);
		mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
		mine = open("/", O_PATH);
		syscall(SYS_move_mount, host, "", mine, "",
			MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH | 0x100 /* MOVE_MOUNT_SET_GROUP */);
		mount("free", "kept", NULL, MS_BIND, NULL);
		_exit(0);
	}
	wait(NULL);
}

void attack_change_peer(void)
{
	mount(NULL, "/", NULL, MS_SHARED, NULL);
	mount("/", "room", NULL, MS_BIND, NULL);
	mount("free", "room/arena/change_peer/kept", NULL, MS_BIND, NULL);
}

void attack_change_bound_elsewhere(void)
{
	close(open("other", O_WRONLY | O_CREAT, 0644));
	mount("free", "other", NULL, MS_BIND, NULL);
	mount("other", "kept", NULL, MS_MOVE, NULL);
}

void attack_change_through_bind(void)
{
	int fd;

	own_namespaces();
	mount(".", "room", NULL, MS_BIND | MS_REC, NULL);
	fd = open("room/kept", O_WRONLY);
	write(fd, "changed", 7);
}

void attack_change_moved_over(void)
{
	mount("tmpfs", "room", "tmpfs", 0, NULL);
	mount("room", ".", NULL, MS_MOVE, NULL);
}

/* ---- roots */

void attack_root_escape(void)
{
	int here = open(".", O_RDONLY);

	chroot("room");
	fchdir(here);
	take_path("secret");
}

void attack_root_of_other(void)
{
	char path[128];
	int ready[2];
	pid_t pid;

	pipe(ready);
	pid = fork();
	if (pid == 0) {
		own_namespaces();
		mount(".", "room", NULL, MS_BIND | MS_REC, NULL);
		write(ready[1], "", 1);
		pause();
	}
	read(ready[0], path, 1);
	snprintf(path, sizeof(path), "/proc/%d/root/arena/root_of_other/room/secret", pid);
	take_path(path);
}

void attack_root_setns(void)
{
	char path[64];
	int ready[2];
	pid_t pid;

	pipe(ready);
	pid = fork();
	if (pid == 0) {
		own_mounts();
		mount("vault", "room", NULL, MS_BIND, NULL);
		write(ready[1], "", 1);
		pause();
	}
	read(ready[0], path, 1);
	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	setns(open(path, O_RDONLY), CLONE_NEWNS);
	take_path("/arena/root_setns/room/in");
}

/* Two hundred directories with names as long as names may be. */
void attack_root_deep(void)
{
	int tree;
	char name[256];

	own_namespaces();
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, ".", OPEN_TREE_CLONE | AT_RECURSIVE);
	memset(name, 'n', 255);
	name[255] = 0;
	for (int i = 0; i < 200; i++) {
		mkdir(name, 0755);
		chdir(name);
	}
	mkdir("end", 0755);
	syscall(SYS_move_mount, tree, "", AT_FDCWD, "end", MOVE_MOUNT_F_EMPTY_PATH);
	take_path("end/secret");
}

void attack_root_idmapped(void)
{
	struct mount_attr attr = {.attr_set = MOUNT_ATTR_IDMAP};
	char path[64];
	int ready[2], fd, tree = (int)syscall(SYS_open_tree, AT_FDCWD, ".", OPEN_TREE_CLONE | AT_RECURSIVE);
	pid_t pid;

	pipe(ready);
	pid = fork();
	if (pid == 0) {
		unshare(CLONE_NEWUSER);
		write(ready[1], "", 1);
		pause();
	}
	read(ready[0], path, 1);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	fd = open(path, O_WRONLY);
	write(fd, "0 0 65536", 9);
	close(fd);
	snprintf(path, sizeof(path), "/proc/%d/gid_map", pid);
	fd = open(path, O_WRONLY);
	write(fd, "0 0 65536", 9);
	close(fd);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	attr.userns_fd = (unsigned int)open(path, O_RDONLY);
	if (syscall(SYS_mount_setattr, tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr, sizeof(attr)) == 0)
		take(openat(tree, "secret", O_RDONLY));
}

/* ---- the kernel's own file systems: as many instances as one mounts */

void attack_proc_plain(void)
{
	take_path("/proc/sys/kernel/domainname");
}

void attack_proc_own(void)
{
	own_namespaces();
	unshare(CLONE_NEWPID);
	if (fork() == 0) {
		mount("proc", "room", "proc", 0, NULL);
		take_path("room/sys/kernel/domainname");
		_exit(0);
	}
	wait(NULL);
}

void attack_proc_bound(void)
{
	own_namespaces();
	mount("/proc/sys/kernel", "room", NULL, MS_BIND, NULL);
	take_path("room/domainname");
}

void attack_proc_root(void)
{
	mount("proc", "room", "proc", 0, "hidepid=1");
	take_path("room/sys/kernel/domainname");
}

static void take_unattached(const char *type, const char *path)
{
	int fs = (int)syscall(SYS_fsopen, type, 0);

	syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0);
	take(openat((int)syscall(SYS_fsmount, fs, 0, 0), path, O_RDONLY));
}

void attack_proc_unattached(void)
{
	take_unattached("proc", "sys/kernel/domainname");
}

#define SYS_FILE "module/firmware_class/parameters/path"

void attack_sys_plain(void)
{
	take_path("/sys/" SYS_FILE);
}

void attack_sys_own(void)
{
	own_namespaces();
	unshare(CLONE_NEWNET);
	mount("sysfs", "room", "sysfs", 0, NULL);
	take_path("room/" SYS_FILE);
}

void attack_sys_unattached(void)
{
	unshare(CLONE_NEWNET);
	take_unattached("sysfs", SYS_FILE);
}
