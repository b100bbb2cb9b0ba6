/* SPDX-License-Identifier: Apache-2.0
 *
 * Other ways to the content of a file.
 */
#include "attack.h"

void attack_read_plain(void)
{
	take_path("secret");
}

void attack_read_symlink(void)
{
	symlink("secret", "other");
	take_path("other");
}

void attack_read_o_path(void)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open("secret", O_PATH));
	take_path(path);
}

void attack_read_link(void)
{
	link("secret", "other");
	take_path("other");
}

void attack_read_renamed(void)
{
	rename("secret", "other");
	take_path("other");
}

void attack_read_exchanged(void)
{
	syscall(SYS_renameat2, AT_FDCWD, "secret", AT_FDCWD, "free", RENAME_EXCHANGE);
	take_path("free");
}

void attack_read_parent_renamed(void)
{
	rename("vault", "other");
	take_path("other/in");
}

void attack_read_mapped(void)
{
	char *text = mmap(NULL, 4096, PROT_READ, MAP_SHARED, open("secret", O_RDONLY), 0);

	if (text != MAP_FAILED)
		memcpy(got, text, 64);
}

void attack_read_sendfile(void)
{
	int to[2];

	pipe(to);
	if (sendfile(to[1], open("secret", O_RDONLY), NULL, 64) > 0)
		take(to[0]);
}

void attack_read_splice(void)
{
	int to[2];

	pipe(to);
	if (splice(open("secret", O_RDONLY), NULL, to[1], NULL, 64, 0) > 0)
		take(to[0]);
}

void attack_read_copy_range(void)
{
	int to = open("other", O_RDWR | O_CREAT, 0600);

	copy_file_range(open("secret", O_RDONLY), NULL, to, NULL, 64, 0);
	lseek(to, 0, SEEK_SET);
	take(to);
}

void attack_read_bind_user(void)
{
	own_namespaces();
	mount(".", "room", NULL, MS_BIND | MS_REC, NULL);
	take_path("room/secret");
}

void attack_read_bind_root(void)
{
	mount("secret", "free", NULL, MS_BIND, NULL);
	take_path("free");
}

void attack_read_open_tree(void)
{
	int tree = (int)syscall(SYS_open_tree, AT_FDCWD, ".", 1 /* OPEN_TREE_CLONE */);

	take(openat(tree, "secret", O_RDONLY));
}

void attack_read_chroot(void)
{
	chroot(".");
	take_path("/secret");
}

void attack_read_handle(void)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} file = {.handle.handle_bytes = MAX_HANDLE_SZ};
	int mount_id;

	if (name_to_handle_at(AT_FDCWD, "secret", &file.handle, &mount_id, 0) == 0)
		take(open_by_handle_at(open(".", O_RDONLY), &file.handle, O_RDONLY));
}

void attack_read_passed(void)
{
	char space[CMSG_SPACE(sizeof(int))] = {0}, byte = 0;
	struct iovec part = {&byte, 1};
	struct msghdr message = {
	    .msg_iov = &part, .msg_iovlen = 1, .msg_control = space, .msg_controllen = sizeof(space)};
	struct cmsghdr *head = CMSG_FIRSTHDR(&message);
	int ends[2], fd;

	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	if (fork() == 0) {
		fd = open("secret", O_RDONLY);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(head), &fd, sizeof(fd));
		sendmsg(ends[0], &message, 0);
		_exit(0);
	}
	close(ends[0]);
	if (recvmsg(ends[1], &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
		return;
	memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(fd));
	take(fd);
}
