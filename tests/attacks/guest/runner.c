/* SPDX-License-Identifier: Apache-2.0
 *
 * Pid 1 of the test machine. Moves to a tmpfs, tries each attack bare, makes the arenas anew, applies the enforcer,
 * tries each again, and reports on the second serial port: a line each, `attack NAME WHO BARE ENFORCED EXPECTED FROM TO
 * WHY`, where FROM to TO (exclusive, inclusive) are the numbers of its events, and then the events.
 * `--table` prints the rows for docs/threat-model.md. `--show FILE` is the program that attacks bring along (the
 * file is the last word); as `banned` or `sealed` it only says that it ran. `--insist FILE` opens it until that
 * succeeds.
 */
#include "attack.h"
#include "arena.h"
#include <signal.h>
#include <sys/auxv.h>
#include <sys/reboot.h>
#include <sys/utsname.h>

#define SECONDS 20

static const struct attack attacks[] = {
#define ATTACK(name, text, who, kernel, gain, outcome, why)                                                            \
	{#name, text, who, kernel, gain, outcome, why, attack_##name},
#include "attacks.def"
#undef ATTACK
};

#define COUNT (sizeof(attacks) / sizeof(attacks[0]))

char *got;

void take(int fd)
{
	read(fd, got, 64);
}

void take_path(const char *path)
{
	take(open(path, O_RDONLY));
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

void own_mounts(void)
{
	unshare(CLONE_NEWNS);
	mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL);
}

void bring_program(const char *path)
{
	copy("/proc/self/exe", path);
}

void run_it(const char *path, const char *to_show)
{
	execl(path, path, "--show", to_show, NULL);
}

/* Did it get through? */
static int try_attack(const struct attack *a)
{
	struct stat before = {0};
	char arena[128], text[64] = "";
	int status, through, said[2];
	pid_t pid;

	snprintf(arena, sizeof(arena), "/arena/%s", a->name);
	make_late(a);
	look_at_arena(a, &before);
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
	read(said[0], text, sizeof(text) - 1);
	through = got_through(a, &before, text);
	kill(-pid, SIGKILL);
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	close(said[0]);
	close(said[1]);
	clean_up(a);
	return through;
}

static int enforcer(char *word, char *option, int out)
{
	char *argv[] = {"/enforcer", word, option, NULL}, *envp[] = {NULL};
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(out, STDOUT_FILENO);
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
static void try_enforced(const struct attack *a, int works_bare, int kernel, int report)
{
	unsigned long long before = events();
	int is_open = try_attack(a);
	unsigned long long after = events();

	dprintf(report, "attack %s %s %s %s %s %llu %llu %s\n", a->name, a->who == USER ? "user" : "root",
		works_bare ? "works" : "fails",
		is_open						 ? "open"
		: after > before || !strcmp(a->why, "AT_SECURE") ? "held"
								 : "unseen",
		kernel < a->held_from ? "open" : "held", before, after, a->why);
	if (!strncmp(a->name, "torn_", 5)) /* the next one may write more than are kept */
		enforcer("events", "--json", report);
}

static void run_all(void)
{
	int bare[COUNT], kernel, minor, status, report = open("/dev/ttyS1", O_WRONLY | O_NOCTTY | O_CLOEXEC);
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
	status = enforcer("apply", NULL, STDOUT_FILENO);
	dprintf(report, "enforcer %d\n", status);
	for (size_t i = 0; status == 0 && i < COUNT; i++) {
		const struct attack *a = &attacks[i];

		if (kernel < a->kernel)
			dprintf(report, "attack %s %s not applicable\n", a->name, a->who == USER ? "user" : "root");
		else
			try_enforced(a, bare[i], kernel, report);
	}
	enforcer("events", "--json", report);
	dprintf(report, "done\n");
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY);
	char begin[4] = "";

	pread(fd, begin, sizeof(begin), 0);
	syscall(SYS_finit_module, fd, "", begin[1] == 'E' ? 0 : 4 /* MODULE_INIT_COMPRESSED_FILE */);
	close(fd);
}

static void enter_root(void)
{
	char *argv[] = {"/sbin/runner", NULL}, *envp[] = {NULL};

	load_module("/overlay.ko");
	load_module("/binfmt_misc.ko");
	mkdir("/new", 0755);
	mount("root", "/new", "tmpfs", 0, "mode=0755");
	chdir("/new");
	mkdir("sbin", 0755);
	mkdir("arena", 0755);
	mkdir("proc", 0755);
	mkdir("sys", 0755);
	mkdir("dev", 0755);
	mkdir("tmp", 0755);
	chmod("tmp", 01777);
	mkdir("run", 0755);
	mkdir("usr", 0755);
	mkdir("usr/lib", 0755);
	copy("/init", "sbin/runner");
	copy("/keeper", "keeper");
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
	put_secrets_of_the_kernel();
	execve(argv[0], argv, envp);
}

static void print_table(void)
{
	const struct attack *a;

	printf("| attack | what it does | who | kernels | outcome |\n|---|---|---|---|---|\n");
	for (a = attacks; a < attacks + COUNT; a++) {
		printf("| `%s` | %s | %s | >= %d.%d | ", a->name, a->text, a->who == USER ? "user" : "root",
		       a->kernel / 100, a->kernel % 100);
		if (a->held_from == HELD || a->held_from == OPEN)
			printf("%s: %s |\n", a->held_from == OPEN ? "open" : "held", a->why);
		else
			printf("held from %d.%d, open before: %s |\n", a->held_from / 100, a->held_from % 100, a->why);
	}
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "--table"))
		return print_table(), 0;
	if (argc > 2 && !strcmp(argv[1], "--show"))
		return sendfile(STDOUT_FILENO, open(argv[argc - 1], O_RDONLY), NULL, 64) < 0;
	if (argc > 2 && !strcmp(argv[1], "--insist"))
		return sendfile(STDOUT_FILENO, insist(argv[2]), NULL, 64) < 0 && open("kept_for", O_RDONLY) < 0;
	if (getauxval(AT_EXECFD)) /* what binfmt_misc gave it to interpret */
		return sendfile(STDOUT_FILENO, (int)getauxval(AT_EXECFD), NULL, 64) < 0;
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
