/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways to change what belongs to a file beside its content: flags, attributes, access lists; and ways to let the kernel
 * write it.
 */
#include "attack.h"
#include <linux/fs.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <utime.h>

struct access_list {
	unsigned int version;
	struct {
		unsigned short tag, permissions;
		unsigned int id;
	} entries[5];
};

/* The mode 0644, and user 7 may write. */
static const struct access_list list = {2, {{1, 6, ~0u}, {2, 6, 7}, {4, 4, ~0u}, {16, 6, ~0u}, {32, 4, ~0u}}};

void attack_flag_setflags(void)
{
	int flags = FS_NODUMP_FL;

	ioctl(open("kept", O_RDONLY), FS_IOC_SETFLAGS, &flags);
}

void attack_flag_fssetxattr(void)
{
	struct fsxattr flags = {.fsx_xflags = FS_XFLAG_NODUMP};

	ioctl(open("kept", O_RDONLY), FS_IOC_FSSETXATTR, &flags);
}

void attack_flag_file_setattr(void)
{
	struct {
		unsigned long long flags;
		unsigned int extent, extents, project, cow_extent;
	} attributes = {.flags = FS_XFLAG_NODUMP};

	syscall(469 /* file_setattr */, AT_FDCWD, "kept", &attributes, sizeof(attributes), 0);
}

void attack_flag_acl(void)
{
	setxattr("kept", "system.posix_acl_access", &list, sizeof(list), 0);
}

void attack_flag_facl(void)
{
	fsetxattr(open("kept", O_RDONLY), "system.posix_acl_access", &list, sizeof(list), 0);
}

void attack_flag_user_xattr(void)
{
	setxattr("kept", "user.attack", "x", 1, 0);
}

void attack_flag_lsetxattr(void)
{
	lsetxattr("kept", "trusted.attack", "x", 1, 0);
}

void attack_flag_fsetxattr(void)
{
	fsetxattr(open("kept", O_RDONLY), "trusted.attack", "x", 1, 0);
}

void attack_flag_setxattrat(void)
{
	struct {
		unsigned long long value;
		unsigned int size, flags;
	} attribute = {(unsigned long)"x", 1, 0};

	syscall(463 /* setxattrat */, AT_FDCWD, "kept", 0, "trusted.attack", &attribute, sizeof(attribute));
}

void attack_flag_security_xattr(void)
{
	setxattr("kept", "security.attack", "x", 1, 0);
}

void attack_flag_capability(void)
{
	unsigned int capability[5] = {0x02000000, 1, 0, 0, 0}; /* VFS_CAP_REVISION_2: CAP_CHOWN */

	setxattr("kept", "security.capability", capability, sizeof(capability), 0);
}

void attack_flag_removexattr(void)
{
	removexattr("kept", "trusted.kept");
}

void attack_flag_fremovexattr(void)
{
	fremovexattr(open("kept", O_RDONLY), "trusted.kept");
}

void attack_flag_fchmodat2(void)
{
	syscall(452 /* fchmodat2 */, open("kept", O_PATH), "", 0777, AT_EMPTY_PATH);
}

void attack_flag_fchown(void)
{
	fchown(open("kept", O_RDONLY), 7, 7);
}

void attack_flag_fchownat(void)
{
	fchownat(open("kept", O_PATH), "", 7, 7, AT_EMPTY_PATH);
}

void attack_flag_utime(void)
{
	utime("kept", &(struct utimbuf){1, 1});
}

void attack_flag_utimes_o_path(void)
{
	struct timespec times[2] = {{1, 0}, {1, 0}};

	utimensat(open("kept", O_PATH), "", times, AT_EMPTY_PATH);
}

void attack_flag_write_handle(void)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} file = {.handle.handle_bytes = MAX_HANDLE_SZ};
	int mount_id;

	if (name_to_handle_at(AT_FDCWD, "kept", &file.handle, &mount_id, 0) == 0)
		write(open_by_handle_at(open(".", O_RDONLY), &file.handle, O_WRONLY), "changed", 7);
}

void attack_flag_acct(void)
{
	acct("kept");
	if (fork() == 0)
		_exit(0);
	wait(NULL);
	acct(NULL);
}

static void set_core_pattern(const char *text)
{
	int fd = open("/proc/sys/kernel/core_pattern", O_WRONLY);

	write(fd, text, strlen(text));
	close(fd);
}

void attack_flag_core(void)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};

	set_core_pattern("/arena/flag_core/kept");
	setrlimit(RLIMIT_CORE, &all);
	if (fork() == 0)
		abort();
	wait(NULL);
	set_core_pattern("core");
}
