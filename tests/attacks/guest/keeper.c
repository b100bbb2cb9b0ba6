/* SPDX-License-Identifier: Apache-2.0
 *
 * The executable that may read `kept_for`. Holds it open, mapped and in its memory, and for each byte that it is sent
 * shows another file, whose name is in its memory, too.
 */
#include "keeper.h"
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int main(void)
{
	char *page =
	    mmap((void *)KEEPER_PAGE, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	char *shown = page + KEEPER_SHOWN, byte, text[64];
	int fd = open("kept_for", O_RDONLY);

	dup2(fd, KEEPER_FD);
	read(fd, page + KEEPER_HELD, 64);
	mmap((void *)KEEPER_MAPPED, 4096, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0);
	strcpy(shown, "free");
	write(STDOUT_FILENO, "?", 1);
	while (read(STDIN_FILENO, &byte, 1) == 1) {
		fd = open(shown, O_RDONLY);
		write(STDOUT_FILENO, text, (size_t)read(fd, text, sizeof(text)));
		close(fd);
	}
	return 0;
}
