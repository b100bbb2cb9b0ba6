/* SPDX-License-Identifier: Apache-2.0
 *
 * Other names, other roots, other mounts.
 */
#include "attack.h"
#include <linux/openat2.h>
#include <time.h>

static char *words[] = {"banned", NULL}, *none[] = {NULL};

/* The path of `name` in the arena, below `prefix`. */
static const char *below(const char *prefix, const char *name)
{
	static char path[512];
	char here[256];

	snprintf(path, sizeof(path), "%s%s/%s", prefix, getcwd(here, sizeof(here)), name);
	return path;
}

void attack_name_proc_root(void)
{
	take_path(below("/proc/self/root", "secret"));
}

void attack_name_proc_cwd(void)
{
	take_path("/proc/self/cwd/secret");
}

void attack_name_openat2(void)
{
	struct open_how how = {.flags = O_RDONLY, .resolve = RESOLVE_BENEATH};

	take((int)syscall(SYS_openat2, AT_FDCWD, "secret", &how, sizeof(how)));
}

void attack_name_int80(void)
{
	static const char name[] = "secret"; /* below 4 GiB: the program is not position independent */
	long fd;

	__asm__ volatile("int $0x80"
			 : "=a"(fd)
			 : "a"(5L), "b"(name), "c"(0L), "d"(0L)
			 : "memory", "r8", "r9", "r10", "r11");
	take((int)fd);
}

void attack_name_vault_link(void)
{
	symlink("vault", "other");
	take_path("other/in");
}

void attack_name_vault_exchanged(void)
{
	syscall(SYS_renameat2, AT_FDCWD, "vault", AT_FDCWD, "room", RENAME_EXCHANGE);
	take_path("room/in");
}

void attack_name_moved_out(void)
{
	rename("vault/in", "room/out");
	take_path("room/out");
}

void attack_name_linked_out(void)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open("vault/in", O_PATH));
	linkat(AT_FDCWD, path, AT_FDCWD, "room/out", AT_SYMLINK_FOLLOW);
	take_path("room/out");
}

void attack_name_user_tree(void)
{
	int tree;

	own_namespaces();
	tree = (int)syscall(SYS_open_tree, AT_FDCWD, ".", 1 | AT_RECURSIVE /* OPEN_TREE_CLONE */);
	syscall(SYS_move_mount, tree, "", AT_FDCWD, "room", 4 /* MOVE_MOUNT_F_EMPTY_PATH */);
	take_path("room/secret");
}

void attack_name_user_chroot(void)
{
	own_namespaces();
	chroot(".");
	take_path("/secret");
}

void attack_name_user_pivot(void)
{
	own_namespaces();
	mount(".", "room", NULL, MS_BIND | MS_REC, NULL);
	if (chdir("room") == 0 && syscall(SYS_pivot_root, ".", ".") == 0)
		take_path("secret");
}

void attack_name_bind_vault(void)
{
	unshare(CLONE_NEWNS);
	mount("vault", "room", NULL, MS_BIND, NULL);
	take_path("room/in");
}

void attack_name_bind_twice(void)
{
	unshare(CLONE_NEWNS);
	mount("vault", "room", NULL, MS_BIND, NULL);
	mkdir("other", 0755);
	mount("room", "other", NULL, MS_BIND, NULL);
	take_path("other/in");
}

void attack_name_exec_symlink(void)
{
	symlink("banned", "other");
	execve("other", words, none);
}

void attack_name_exec_proc_fd(void)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open("banned", O_PATH));
	execve(path, words, none);
}

void attack_name_exec_proc_root(void)
{
	execve(below("/proc/self/root", "banned"), words, none);
}

void attack_name_exec_exchanged(void)
{
	syscall(SYS_renameat2, AT_FDCWD, "free", AT_FDCWD, "banned", RENAME_EXCHANGE);
	execve("free", words, none);
}

void attack_name_exec_chroot(void)
{
	chroot(".");
	execve("/banned", words, none);
}

void attack_name_exec_detached(void)
{
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, ".", 1 /* OPEN_TREE_CLONE */);

	syscall(SYS_execveat, tree, "banned", words, none, 0);
}

void attack_name_exec_bind(void)
{
	mount("banned", "free", NULL, MS_BIND, NULL);
	execve("free", words, none);
}

void attack_name_arena_renamed(void)
{
	char to[64];

	snprintf(to, sizeof(to), "/arena/moved-%d", getpid());
	rename("/arena/name_arena_renamed", to);
}

/* Opens `other`, which another process makes lead there and elsewhere, for a second at most. */
static void take_in_race(const char *name, void (*flip)(void))
{
	struct timespec start, now;
	int fd;

	if (fork() == 0)
		for (;;)
			flip();
	clock_gettime(CLOCK_MONOTONIC, &start);
	do {
		fd = open(name, O_RDONLY);
		if (fd < 0 && errno == EPERM)
			return;
		read(fd, got, 64);
		close(fd);
		sched_yield();
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (memcmp(got, secret_in_memory, 10) && now.tv_sec < start.tv_sec + 5);
}

static void exchange_symlinks(void)
{
	syscall(SYS_renameat2, AT_FDCWD, "other", AT_FDCWD, "another", RENAME_EXCHANGE);
	sched_yield();
}

void attack_name_race_symlink(void)
{
	symlink("free", "other");
	symlink("secret", "another");
	take_in_race("other", exchange_symlinks);
}

static void exchange_directories(void)
{
	syscall(SYS_renameat2, AT_FDCWD, "room", AT_FDCWD, "another", RENAME_EXCHANGE);
	sched_yield();
}

void attack_name_race_directory(void)
{
	symlink("vault", "another");
	close(open("room/in", O_WRONLY | O_CREAT, 0644));
	take_in_race("room/in", exchange_directories);
}

/* Within what is protected it may be moved, however deep. */
void attack_name_deep_within(void)
{
	int from = open(".", O_PATH);

	chdir("vault");
	for (int i = 0; i < 80; i++) {
		mkdir("deeper", 0755);
		chdir("deeper");
	}
	renameat(from, "vault/in", AT_FDCWD, "in");
	take_path("in");
}
