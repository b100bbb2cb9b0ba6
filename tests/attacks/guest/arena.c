/* SPDX-License-Identifier: Apache-2.0
 *
 * Makes the arenas, and sees what an attack gained.
 */
#include "attack.h"
#include "arena.h"
#include <dirent.h>
#include <ftw.h>
#include <linux/fs.h>

#define PATH 160

static const char secret[] = "the secret that nobody reads", as_it_was[] = "as it was", attribute[] = "trusted.kept";
const void *const secret_in_memory = secret;

void copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	while (sendfile(out, in, NULL, 1 << 24) > 0)
		;
	close(in);
	close(out);
}

void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	write(fd, text, strlen(text));
	close(fd);
}

static void put_kept(const char *path)
{
	put(path, as_it_was);
	setxattr(path, attribute, "", 0, 0);
}

/* ---- making */

/* Two files of which the kernel makes as many instances as one mounts. */
void put_secrets_of_the_kernel(void)
{
	setdomainname(secret, sizeof(secret) - 1);
	put("/sys/module/firmware_class/parameters/path", secret);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static void make_keeper(void)
{
	unlink("/sbin/keeper");
	copy("/keeper", "/sbin/keeper");
}

/* A file system that is there before the enforcer starts. */
static void make_early(void)
{
	mkdir("early", 0755);
	mount("early", "early", "tmpfs", 0, "mode=0755");
	put("early/secret", secret);
	put_kept("early/kept");
	mkdir("early/shelf", 0755);
}

void make_arena(const struct attack *a)
{
	static const char *const secrets[] = {"secret", "vault/in",	  "kept_for",
					      "apart",	"apart_by_group", DOWN "stormed/in"};
	static const char *const owned[] = {".",	"secret", "kept",     "free", "banned",	  "sealed", "vault",
					    "vault/in", "stock",  "stock/in", "room", "kept_for", DOWN};
	char path[PATH];

	make_keeper();
	clean_up(a);
	snprintf(path, sizeof(path), "/arena/%s", a->name);
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	mkdir(path, 0755);
	chdir(path);
	mkdir("vault", 0755);
	mkdir("stock", 0755);
	mkdir("late", 0755);
	mkdir("room", 0755);
	mkdir(LONG, 0755);
	mkdir(LONG "/" LONG, 0755);
	mkdir(DOWN, 0755);
	mkdir(DOWN "stormed", 0755);
	for (size_t i = 0; i < sizeof(secrets) / sizeof(secrets[0]); i++)
		put(secrets[i], secret);
	put_kept("kept");
	put_kept("stock/in");
	put("free", "something else");
	if (a->gain == BANNED)
		copy("/sbin/runner", "banned");
	if (a->gain == SEALED)
		copy("/sbin/runner", "sealed");
	if (a->gain == EARLY || a->gain == EARLY_KEPT)
		make_early();
	for (size_t i = 0; a->who == USER && i < sizeof(owned) / sizeof(owned[0]); i++)
		chown(owned[i], 1000, 1000);
	chdir("/");
}

void make_late(const struct attack *a)
{
	char path[PATH];

	if (a->gain != LATE)
		return;
	snprintf(path, sizeof(path), "/arena/%s/late", a->name);
	mount("late", path, "tmpfs", 0, "mode=0755");
	strcat(path, "/in");
	put(path, secret);
}

/* The last mount of the host's namespace in the arena, or over /sbin. */
static int find_mount(const char *arena, char *ret_path)
{
	FILE *mounts = fopen("/proc/self/mounts", "r");
	char line[1024], path[1024];
	size_t length = strlen(arena);
	int found = 0;

	while (fgets(line, sizeof(line), mounts))
		if (sscanf(line, "%*s %s", path) == 1 &&
		    (!strncmp(path, "/sbin", 5) || (!strncmp(path, arena, length) && strchr("/", path[length])))) {
			strcpy(ret_path, path);
			found = 1;
		}
	fclose(mounts);
	return found;
}

void clean_up(const struct attack *a)
{
	char arena[PATH], path[1024];

	snprintf(arena, sizeof(arena), "/arena/%s", a->name);
	mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL);
	while (find_mount(arena, path) && umount2(path, MNT_DETACH) == 0)
		;
}

/* ---- what was gained */

static int was_changed(const struct stat *before, const char *path)
{
	char text[32] = "", names[256];
	struct stat st;
	int fd = open(path, O_RDONLY), flags = 0;

	if (fd < 0 || fstat(fd, &st))
		return 1;
	read(fd, text, sizeof(text) - 1);
	ioctl(fd, FS_IOC_GETFLAGS, &flags);
	close(fd);
	return strcmp(text, as_it_was) || st.st_mode != before->st_mode || st.st_uid != before->st_uid ||
	       st.st_mtim.tv_sec != before->st_mtim.tv_sec || flags & (FS_NODUMP_FL | FS_APPEND_FL | FS_IMMUTABLE_FL) ||
	       listxattr(path, names, sizeof(names)) != sizeof(attribute);
}

/* A directory that held `in` alone. */
static int holds_more(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	int count = 0;

	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	closedir(dir);
	return count != 1;
}

/* The path of what an attack of this gain is after; where there are two, of the first. */
static void path_of_gain(const struct attack *a, char *ret_path)
{
	snprintf(ret_path, PATH, "/arena/%s/%s", a->name,
		 a->gain == STOCK	 ? "stock/in"
		 : a->gain == EARLY_KEPT ? "early/kept"
		 : a->gain == MADE	 ? "new"
					 : "kept");
}

void look_at_arena(const struct attack *a, struct stat *ret_before)
{
	char path[PATH];

	path_of_gain(a, path);
	stat(path, ret_before);
}

int got_through(const struct attack *a, const struct stat *before, const char *said)
{
	char path[PATH], other[PATH];
	struct stat st;

	path_of_gain(a, path);
	switch (a->gain) {
	case BANNED:
		return !strcmp(said, "ran");
	case KEPT:
		return was_changed(before, path);
	case EARLY_KEPT: /* that it is there no more is not this gain */
		return lstat(path, &st) == 0 && was_changed(before, path);
	case STOCK:
		snprintf(other, sizeof(other), "/arena/%s/stock", a->name);
		return was_changed(before, path) || holds_more(other);
	case MADE:
		snprintf(other, sizeof(other), "/arena/%s/shelf/new", a->name);
		return lstat(path, &st) == 0 || lstat(other, &st) == 0;
	default:
		return !memcmp(got, secret, sizeof(secret) - 1) || !memcmp(said, secret, sizeof(secret) - 1);
	}
}
