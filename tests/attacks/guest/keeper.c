/* SPDX-License-Identifier: Apache-2.0
 *
 * The executable that may read `kept_for`. Holds it open, mapped and in its memory. When it is told `s` it shows
 * another file, whose name is in its memory, too, or, as a loader does, in its environment; when it is told `p` it runs
 * what is in `plugin`.
 */
#define _GNU_SOURCE
#include "keeper.h"
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void show(const char *path)
{
	char text[64];
	int fd = open(path, O_RDONLY);

	write(STDOUT_FILENO, text, (size_t)read(fd, text, sizeof(text)));
	close(fd);
}

static void run_plugin(void)
{
	void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, open("plugin", O_RDONLY), 0);

	if (code != MAP_FAILED)
		((void (*)(void))code)();
}

int main(void)
{
	char *page =
	    mmap((void *)KEEPER_PAGE, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	char *shown = page + KEEPER_SHOWN, *by_environment = secure_getenv("KEEPER_SHOWS"), told;
	int fd = open("kept_for", O_RDONLY);

	dup2(fd, KEEPER_FD);
	read(fd, page + KEEPER_HELD, 64);
	mmap((void *)KEEPER_MAPPED, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	strcpy(shown, by_environment ? by_environment : "free");
	write(STDOUT_FILENO, "?", 1);
	while (read(STDIN_FILENO, &told, 1) == 1) {
		if (told == 's')
			show(shown);
		if (told == 'p')
			run_plugin();
	}
	return 0;
}
