/* SPDX-License-Identifier: Apache-2.0
 *
 * Overlays: what is protected as a lower layer, which they read, and as the upper one, which they change by themselves.
 */
#include "attack.h"

static char *words[] = {"banned", NULL}, *none[] = {NULL};

static int overlay_at(const char *path, const char *options)
{
	mkdir(path, 0755);
	return mount("overlay", path, "overlay", 0, options);
}

/* ---- lower */

#define LOWER "lowerdir=.:/tmp"
#define UPPER ",upperdir=room/up,workdir=room/work"

/* An upper layer of one's own, on a file system of one's own: a layer may not lie within another. */
static void make_upper(void)
{
	mount("tmpfs", "room", "tmpfs", 0, "mode=0755");
	mkdir("room/up", 0755);
	mkdir("room/work", 0755);
}

void attack_lower_read(void)
{
	own_namespaces();
	overlay_at("seen", LOWER);
	take_path("seen/secret");
}

void attack_lower_read_root(void)
{
	own_mounts();
	overlay_at("seen", LOWER);
	take_path("seen/secret");
}

void attack_lower_read_below(void)
{
	own_namespaces();
	overlay_at("seen", "lowerdir=vault:/tmp");
	take_path("seen/in");
}

void attack_lower_read_host(void)
{
	overlay_at("seen", LOWER);
	take_path("seen/secret");
}

void attack_lower_read_stacked(void)
{
	own_namespaces();
	overlay_at("seen", LOWER);
	overlay_at("again", "lowerdir=seen:/tmp");
	take_path("again/secret");
}

void attack_lower_read_mapped(void)
{
	char *text;

	own_namespaces();
	overlay_at("seen", LOWER);
	text = mmap(NULL, 4096, PROT_READ, MAP_SHARED, open("seen/secret", O_RDONLY), 0);
	if (text != MAP_FAILED)
		memcpy(got, text, 64);
}

void attack_lower_read_fsopen(void)
{
	int fs = (int)syscall(SYS_fsopen, "overlay", 0), tree;

	syscall(SYS_fsconfig, fs, 1 /* FSCONFIG_SET_STRING */, "lowerdir", LOWER + 9, 0);
	syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0);
	tree = (int)syscall(SYS_fsmount, fs, 0, 0);
	take(openat(tree, "secret", O_RDONLY));
}

/* The layers are given as descriptors. */
void attack_lower_read_fds(void)
{
	int fs = (int)syscall(SYS_fsopen, "overlay", 0), tree;

	syscall(SYS_fsconfig, fs, 5 /* FSCONFIG_SET_FD */, "lowerdir+", NULL, open(".", O_PATH));
	syscall(SYS_fsconfig, fs, 5 /* FSCONFIG_SET_FD */, "lowerdir+", NULL, open("/tmp", O_PATH));
	syscall(SYS_fsconfig, fs, 6 /* FSCONFIG_CMD_CREATE */, NULL, NULL, 0);
	tree = (int)syscall(SYS_fsmount, fs, 0, 0);
	take(openat(tree, "secret", O_RDONLY));
}

/* A forged file without content, whose content lies in a layer that gives no names. */
void attack_lower_data_only(void)
{
	own_mounts();
	make_upper();
	close(open("room/up/other", O_WRONLY | O_CREAT, 0644));
	truncate("room/up/other", 28);
	setxattr("room/up/other", "trusted.overlay.metacopy", "", 0, 0);
	setxattr("room/up/other", "trusted.overlay.redirect", "/secret", 7, 0);
	overlay_at("seen", "lowerdir=room/up::vault/..,metacopy=on");
	take_path("seen/other");
}

void attack_lower_copied_up(void)
{
	own_namespaces();
	make_upper();
	overlay_at("seen", "lowerdir=." UPPER);
	chmod("seen/secret", 0644);
	take_path("room/up/secret");
}

void attack_lower_copied_to_write(void)
{
	own_namespaces();
	make_upper();
	overlay_at("seen", "lowerdir=." UPPER);
	open("seen/secret", O_WRONLY | O_APPEND);
	take_path("room/up/secret");
}

void attack_lower_copied_to_link(void)
{
	own_namespaces();
	make_upper();
	overlay_at("seen", "lowerdir=." UPPER);
	link("seen/secret", "seen/other");
	take_path("room/up/other");
}

void attack_lower_renamed(void)
{
	own_namespaces();
	make_upper();
	overlay_at("seen", "lowerdir=." UPPER);
	rename("seen/secret", "seen/other");
	take_path("seen/other");
}

void attack_lower_metacopy(void)
{
	own_mounts();
	make_upper();
	overlay_at("seen", "lowerdir=." UPPER ",metacopy=on");
	chmod("seen/secret", 0600);
	take_path("seen/secret");
}

void attack_lower_redirect(void)
{
	own_mounts();
	make_upper();
	overlay_at("seen", "lowerdir=." UPPER ",redirect_dir=on");
	rename("seen/vault", "seen/other");
	take_path("seen/other/in");
}

void attack_lower_forged(void)
{
	own_mounts();
	make_upper();
	mkdir("room/up/door", 0755);
	setxattr("room/up/door", "trusted.overlay.redirect", "/vault", 6, 0);
	overlay_at("seen", "lowerdir=." UPPER ",redirect_dir=on");
	take_path("seen/door/in");
}

void attack_lower_handle(void)
{
	union {
		struct file_handle handle;
		char space[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} file = {.handle.handle_bytes = MAX_HANDLE_SZ};
	int mount_id;

	own_mounts();
	make_upper();
	overlay_at("seen", "lowerdir=." UPPER ",index=on,nfs_export=on");
	if (name_to_handle_at(AT_FDCWD, "seen/secret", &file.handle, &mount_id, 0) == 0)
		take(open_by_handle_at(open("seen", O_RDONLY), &file.handle, O_RDONLY));
}

void attack_lower_exec(void)
{
	own_namespaces();
	overlay_at("seen", LOWER);
	execve("seen/banned", words, none);
}

void attack_lower_exec_root(void)
{
	own_mounts();
	overlay_at("seen", LOWER);
	execve("seen/banned", words, none);
}

void attack_lower_exec_stacked(void)
{
	own_namespaces();
	overlay_at("seen", LOWER);
	overlay_at("again", "lowerdir=seen:/tmp");
	execve("again/banned", words, none);
}

void attack_lower_map_exec(void)
{
	own_namespaces();
	overlay_at("seen", LOWER);
	if (mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, open("seen/banned", O_RDONLY), 0) != MAP_FAILED)
		write(STDOUT_FILENO, "ran", 3);
}

/* ---- upper */

static void be_upper(const char *more)
{
	char options[128];

	snprintf(options, sizeof(options), "lowerdir=/tmp,upperdir=stock,workdir=room%s", more);
	overlay_at("seen", options);
}

static void own_upper(void)
{
	own_namespaces();
	be_upper(",userxattr");
}

static void write_new(const char *path, int flags)
{
	write(open(path, O_WRONLY | flags, 0644), "changed", 7);
}

void attack_upper_write(void)
{
	own_upper();
	write_new("seen/in", 0);
}

void attack_upper_create(void)
{
	own_upper();
	write_new("seen/other", O_CREAT);
}

void attack_upper_o_trunc(void)
{
	own_upper();
	open("seen/in", O_RDONLY | O_TRUNC);
}

void attack_upper_truncate(void)
{
	own_upper();
	truncate("seen/in", 0);
}

void attack_upper_unlink(void)
{
	own_upper();
	unlink("seen/in");
}

void attack_upper_rename(void)
{
	own_upper();
	rename("seen/in", "seen/other");
}

void attack_upper_rename_over(void)
{
	own_upper();
	write_new("seen/other", O_CREAT);
	rename("seen/other", "seen/in");
}

void attack_upper_link(void)
{
	own_upper();
	link("seen/in", "seen/other");
}

void attack_upper_mkdir(void)
{
	own_upper();
	mkdir("seen/other", 0755);
}

void attack_upper_symlink(void)
{
	own_upper();
	symlink("in", "seen/other");
}

void attack_upper_mknod(void)
{
	own_upper();
	mknod("seen/other", S_IFIFO | 0644, 0);
}

void attack_upper_chmod(void)
{
	own_upper();
	chmod("seen/in", 0777);
}

void attack_upper_tmpfile(void)
{
	char path[32];

	own_upper();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", open("seen", O_TMPFILE | O_WRONLY, 0644));
	linkat(AT_FDCWD, path, AT_FDCWD, "seen/other", AT_SYMLINK_FOLLOW);
}

void attack_upper_unlink_root(void)
{
	own_mounts();
	be_upper("");
	unlink("seen/in");
}

void attack_upper_chown(void)
{
	own_mounts();
	be_upper("");
	chown("seen/in", 7, 7);
}

void attack_upper_xattr(void)
{
	own_mounts();
	be_upper("");
	setxattr("seen/in", "trusted.attack", "x", 1, 0);
}

void attack_upper_read(void)
{
	own_namespaces();
	overlay_at("seen", "lowerdir=/tmp,upperdir=vault,workdir=room,userxattr");
	take_path("seen/in");
}

/* What the whole arena is, may not hold its own working directory, which must lie on the same mount. */
static void arena_is_upper(void)
{
	char options[256], here[128], work[] = "/tmp/work-XXXXXX";

	mkdtemp(work);
	own_namespaces();
	snprintf(options, sizeof(options), "lowerdir=/run,upperdir=%s,workdir=%s,userxattr", getcwd(here, sizeof(here)),
		 work);
	overlay_at("room", options);
}

void attack_upper_exec(void)
{
	arena_is_upper();
	execve("room/banned", words, none);
}

void attack_upper_made(void)
{
	arena_is_upper();
	mkdir("room/new", 0755);
}

/* Overlays work in a directory of their own and move from there. */
void attack_upper_workdir(void)
{
	own_mounts();
	overlay_at("seen", "lowerdir=/tmp,upperdir=room,workdir=stock");
}
