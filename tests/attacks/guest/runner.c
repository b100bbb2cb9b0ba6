/* SPDX-License-Identifier: Apache-2.0
 *
 * Pid 1 of the test machine. Moves to a tmpfs, tries each attack bare, makes the arenas anew, applies the enforcer,
 * tries each again, and reports a line each on the second serial port: `attack NAME WHO BARE ENFORCED EXPECTED`.
 * `--table` prints the rows for docs/threat-model.md. As `banned` it only says that it ran.
 */
#include "attack.h"
#include <dirent.h>
#include <ftw.h>
#include <signal.h>
#include <sys/reboot.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

#define SECONDS 20

enum who { USER, ROOT };
enum gain { SECRET, VAULT, KEPT, BANNED };
enum outcome { HELD, OPEN };

static const struct attack {
	const char *name, *text;
	enum who who;
	int kernel; /* major * 100 + minor */
	enum gain gain;
	enum outcome outcome;
	const char *why;
	void (*run)(void);
} attacks[] = {
#define ATTACK(name, text, who, kernel, gain, outcome, why)                                                            \
	{#name, text, who, kernel, gain, outcome, why, attack_##name},
#include "attacks.def"
#undef ATTACK
};

#define COUNT (sizeof(attacks) / sizeof(attacks[0]))

char *got;
static const char secret[] = "the secret that nobody reads";

void take(int fd)
{
	read(fd, got, 64);
}

void take_path(const char *path)
{
	take(open(path, O_RDONLY));
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	write(fd, text, strlen(text));
	close(fd);
}

void own_namespaces(void)
{
	char map[32];
	unsigned int uid = getuid();

	unshare(CLONE_NEWUSER | CLONE_NEWNS);
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %u 1", uid);
	put("/proc/self/uid_map", map);
	put("/proc/self/gid_map", map);
	mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

static int remove_one(const char *path, const struct stat *st, int kind, struct FTW *ftw)
{
	(void)st, (void)kind, (void)ftw;
	return remove(path);
}

static void copy(const char *from, const char *to)
{
	int in = open(from, O_RDONLY), out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0755);

	while (sendfile(out, in, NULL, 1 << 24) > 0)
		;
	close(in);
	close(out);
}

static void make_arena(const struct attack *a)
{
	static const char *const names[] = {".", "secret", "kept", "free", "banned", "vault", "vault/in", "room"};
	char path[128];

	snprintf(path, sizeof(path), "/arena/%s", a->name);
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	mkdir(path, 0755);
	chdir(path);
	mkdir("vault", 0755);
	mkdir("room", 0755);
	put("secret", secret);
	put("vault/in", secret);
	put("kept", "as it was");
	put("free", "something else");
	if (a->gain == BANNED)
		copy("/sbin/runner", "banned");
	for (size_t i = 0; a->who == USER && i < sizeof(names) / sizeof(names[0]); i++)
		chown(names[i], 1000, 1000);
	chdir("/");
}

static int was_changed(const struct stat *before, const char *path)
{
	char text[32] = "";
	struct stat st;
	int fd = open(path, O_RDONLY);

	if (fd < 0 || fstat(fd, &st))
		return 1;
	read(fd, text, sizeof(text) - 1);
	close(fd);
	return strcmp(text, "as it was") || st.st_mode != before->st_mode || st.st_uid != before->st_uid ||
	       st.st_mtim.tv_sec != before->st_mtim.tv_sec || getxattr(path, "trusted.attack", NULL, 0) >= 0;
}

/* Did it get through? */
static int try_attack(const struct attack *a)
{
	struct stat before = {0};
	char arena[128], kept[160];
	int status, through, said[2];
	pid_t pid;

	snprintf(arena, sizeof(arena), "/arena/%s", a->name);
	snprintf(kept, sizeof(kept), "%s/kept", arena);
	stat(kept, &before);
	memset(got, 0, 4096);
	pipe2(said, O_CLOEXEC | O_NONBLOCK);
	pid = fork();
	if (pid == 0) {
		alarm(SECONDS);
		setpgid(0, 0);
		dup2(said[1], STDOUT_FILENO);
		chdir(arena);
		if (a->who == USER && (syscall(SYS_setgroups, 0, NULL) || setgid(1000) || setuid(1000)))
			_exit(1);
		prctl(PR_SET_DUMPABLE, 1);
		a->run();
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (a->gain == BANNED)
		through = read(said[0], got, 64) == 3 && !memcmp(got, "ran", 3);
	else if (a->gain == KEPT)
		through = was_changed(&before, kept);
	else
		through = !memcmp(got, secret, sizeof(secret) - 1);
	kill(-pid, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	close(said[0]);
	close(said[1]);
	umount2(kept, MNT_DETACH);
	snprintf(kept, sizeof(kept), "%s/free", arena);
	umount2(kept, MNT_DETACH);
	umount2(arena, MNT_DETACH);
	return through;
}

static int apply(void)
{
	char *argv[] = {"/enforcer", "apply", NULL}, *envp[] = {NULL};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		execve(argv[0], argv, envp);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return status;
}

/* How many events the policy's programs have written. */
static unsigned long long events(void)
{
	unsigned long long count = 0;
	int fd = open("/sys/fs/bpf/stele_attacks/counters", O_RDONLY);

	read(fd, &count, sizeof(count));
	close(fd);
	return count;
}

/* Held is what did not get through and left an event: an arena that is broken would hold everything. */
static const char *try_enforced(const struct attack *a)
{
	unsigned long long before = events();

	if (try_attack(a))
		return "open";
	return events() > before ? "held" : "unseen";
}

static void run_all(void)
{
	int bare[COUNT], kernel, minor, status, report = open("/dev/ttyS1", O_WRONLY | O_NOCTTY);
	struct utsname name;

	uname(&name);
	sscanf(name.release, "%d.%d", &kernel, &minor);
	kernel = kernel * 100 + minor;
	for (size_t i = 0; i < COUNT; i++) {
		make_arena(&attacks[i]);
		bare[i] = kernel >= attacks[i].kernel && try_attack(&attacks[i]);
	}
	for (size_t i = 0; i < COUNT; i++)
		make_arena(&attacks[i]);
	status = apply();
	dprintf(report, "enforcer %d\n", status);
	for (size_t i = 0; status == 0 && i < COUNT; i++) {
		const struct attack *a = &attacks[i];

		if (kernel < a->kernel)
			dprintf(report, "attack %s %s not applicable\n", a->name, a->who == USER ? "user" : "root");
		else
			dprintf(report, "attack %s %s %s %s %s\n", a->name, a->who == USER ? "user" : "root",
				bare[i] ? "works" : "fails", try_enforced(a), a->outcome == OPEN ? "open" : "held");
	}
	dprintf(report, "done\n");
}

static void enter_root(void)
{
	char *argv[] = {"/sbin/runner", NULL}, *envp[] = {NULL};

	mkdir("/new", 0755);
	mount("root", "/new", "tmpfs", 0, "mode=0755");
	chdir("/new");
	mkdir("sbin", 0755);
	mkdir("arena", 0755);
	mkdir("proc", 0755);
	mkdir("sys", 0755);
	mkdir("dev", 0755);
	mkdir("tmp", 01777);
	mkdir("run", 0755);
	copy("/init", "sbin/runner");
	copy("/enforcer", "enforcer");
	mount(".", "/", NULL, MS_MOVE, NULL);
	chroot(".");
	mount("proc", "/proc", "proc", 0, NULL);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	mount("security", "/sys/kernel/security", "securityfs", 0, NULL);
	mount("bpf", "/sys/fs/bpf", "bpf", 0, NULL);
	mount("dev", "/dev", "devtmpfs", 0, NULL);
	mount("run", "/run", "tmpfs", 0, NULL);
	put("/proc/sys/fs/protected_hardlinks", "0");
	execve(argv[0], argv, envp);
}

static void print_table(void)
{
	printf("| attack | what it does | who | kernels | outcome |\n|---|---|---|---|---|\n");
	for (size_t i = 0; i < COUNT; i++)
		printf("| `%s` | %s | %s | >= %d.%d | %s: %s |\n", attacks[i].name, attacks[i].text,
		       attacks[i].who == USER ? "user" : "root", attacks[i].kernel / 100, attacks[i].kernel % 100,
		       attacks[i].outcome == OPEN ? "open" : "held", attacks[i].why);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--table"))
		return print_table(), 0;
	if (strcmp(argv[0], "/sbin/runner") && getpid() != 1)
		return write(STDOUT_FILENO, "ran", 3) != 3;
	if (getpid() != 1)
		return 1;
	if (strcmp(argv[0], "/sbin/runner"))
		enter_root();
	got = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	run_all();
	sync();
	reboot(RB_POWER_OFF);
	return 1;
}
