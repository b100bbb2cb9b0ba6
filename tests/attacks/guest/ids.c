/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways to be another user or group, so that a rule `for uid 1000` or `for gid 1000` is about somebody else.
 */
#include "attack.h"
#include <sys/fsuid.h>

void attack_ids_namespace(void)
{
	own_namespaces();
	if (setresuid(0, 0, 0) == 0)
		take_path("apart");
}

void attack_ids_nested(void)
{
	own_namespaces();
	own_namespaces();
	if (setresuid(0, 0, 0) == 0)
		take_path("apart");
}

static void map_to(const char *name, const char *map)
{
	int fd = open(name, O_WRONLY);

	write(fd, map, strlen(map));
	close(fd);
}

void attack_ids_other_number(void)
{
	unshare(CLONE_NEWUSER);
	map_to("/proc/self/uid_map", "4711 1000 1");
	if (setresuid(4711, 4711, 4711) == 0)
		take_path("apart");
}

void attack_ids_unmapped(void)
{
	if (unshare(CLONE_NEWUSER) == 0) /* everybody is nobody */
		take_path("apart");
}

void attack_ids_setfsuid(void)
{
	own_namespaces();
	setfsuid(0);
	if (setfsuid(0) == 0)
		take_path("apart");
}

void attack_ids_group(void)
{
	own_namespaces();
	if (setresgid(0, 0, 0) == 0)
		take_path("apart_by_group");
}

/* Root does for a user what newuidmap does: ids that /etc/subuid gives him are his in his namespace. */
void attack_ids_subuid(void)
{
	int ready[2], mapped[2];
	char path[64], byte = 0;
	pid_t pid;

	pipe(ready);
	pipe(mapped);
	pid = fork();
	if (pid == 0) {
		setgid(1000);
		setuid(1000);
		unshare(CLONE_NEWUSER);
		write(ready[1], &byte, 1);
		read(mapped[0], &byte, 1);
		if (setresuid(1, 1, 1) == 0)
			take_path("apart");
		_exit(0);
	}
	read(ready[0], &byte, 1);
	snprintf(path, sizeof(path), "/proc/%d/uid_map", pid);
	map_to(path, "0 1000 1\n1 100000 65536\n");
	write(mapped[1], &byte, 1);
	waitpid(pid, NULL, 0);
}
