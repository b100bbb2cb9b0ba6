/* SPDX-License-Identifier: Apache-2.0
 *
 * Ways to be, to lead or to listen to the excepted executable. It alone may read `kept_for`.
 */
#include "attack.h"
#include "keeper.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <sys/fanotify.h>
#include <sys/resource.h>

#define KEEPER "/sbin/keeper"
#define MINE   "kept_for"

void attack_id_plain(void)
{
	take_path(MINE);
}

/* ---- becoming it */

/* The kernel changes the executable of a process only when nothing of the old one is mapped. */
static void move_to_memory(void)
{
	struct {
		unsigned long start, end;
		char flags[5];
	} part[16];
	char line[512];
	FILE *maps = fopen("/proc/self/maps", "r");
	int count = 0;

	while (count < 16 && fgets(line, sizeof(line), maps)) {
		sscanf(line, "%lx-%lx %4s", &part[count].start, &part[count].end, part[count].flags);
		count += strstr(line, "/runner") != NULL;
	}
	fclose(maps);
	for (int i = 0; i < count; i++) {
		size_t length = part[i].end - part[i].start;
		void *copy = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		memcpy(copy, (void *)part[i].start, length);
		mprotect(copy, length,
			 (part[i].flags[0] == 'r' ? PROT_READ : 0) | (part[i].flags[1] == 'w' ? PROT_WRITE : 0) |
			     (part[i].flags[2] == 'x' ? PROT_EXEC : 0));
		mremap(copy, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, (void *)part[i].start);
	}
}

static void take_as_keeper(void)
{
	char exe[64] = "";

	readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	if (!strcmp(exe, KEEPER))
		take_path(MINE);
}

void attack_id_mm_map(void)
{
	unsigned long here = (unsigned long)got;
	struct prctl_mm_map map = {.start_code = here,
				   .end_code = here + 1,
				   .start_data = here,
				   .end_data = here,
				   .start_brk = here,
				   .brk = here,
				   .start_stack = here,
				   .arg_start = here,
				   .arg_end = here,
				   .env_start = here,
				   .env_end = here,
				   .exe_fd = (unsigned int)open(KEEPER, O_RDONLY)};

	own_namespaces();
	move_to_memory();
	prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0);
	take_as_keeper();
}

void attack_id_mm_exe_file(void)
{
	int fd = open(KEEPER, O_RDONLY);

	move_to_memory();
	prctl(PR_SET_MM, PR_SET_MM_EXE_FILE, fd, 0, 0);
	take_as_keeper();
}

/* ---- leading it */

struct keeper {
	pid_t pid;
	int to, from;
};

static struct keeper start_keeper(int is_traced)
{
	struct keeper keeper;
	int to[2], from[2], status;
	char ready;

	pipe2(to, O_CLOEXEC);
	pipe2(from, O_CLOEXEC);
	keeper = (struct keeper){fork(), to[1], from[0]};
	if (keeper.pid == 0) {
		dup2(to[0], STDIN_FILENO);
		dup2(from[1], STDOUT_FILENO);
		if (is_traced)
			ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execl(KEEPER, KEEPER, NULL);
		_exit(1);
	}
	close(to[0]);
	close(from[1]);
	if (is_traced && waitpid(keeper.pid, &status, 0) == keeper.pid && WIFSTOPPED(status))
		ptrace(PTRACE_CONT, keeper.pid, NULL, NULL);
	read(keeper.from, &ready, 1);
	return keeper;
}

static void take_from_keeper(struct keeper keeper)
{
	write(keeper.to, "s", 1);
	take(keeper.from);
}

/* Lets a stopped keeper show MINE. */
static void poke_keeper(struct keeper keeper)
{
	long word;

	memcpy(&word, MINE, sizeof(word));
	waitpid(keeper.pid, NULL, 0);
	ptrace(PTRACE_POKEDATA, keeper.pid, KEEPER_PAGE + KEEPER_SHOWN, word);
	ptrace(PTRACE_DETACH, keeper.pid, NULL, NULL);
	take_from_keeper(keeper);
}

void attack_id_ptrace(void)
{
	struct keeper keeper = start_keeper(0);

	if (ptrace(PTRACE_ATTACH, keeper.pid, NULL, NULL) == 0)
		poke_keeper(keeper);
}

void attack_id_traceme(void)
{
	struct keeper keeper = start_keeper(1);

	kill(keeper.pid, SIGSTOP);
	poke_keeper(keeper);
}

void attack_id_seize(void)
{
	struct keeper keeper = start_keeper(0);

	if (ptrace(PTRACE_SEIZE, keeper.pid, NULL, NULL) == 0 && ptrace(PTRACE_INTERRUPT, keeper.pid, NULL, NULL) == 0)
		poke_keeper(keeper);
}

void attack_id_vm_write(void)
{
	struct iovec mine = {MINE, sizeof(MINE)}, there = {(void *)(KEEPER_PAGE + KEEPER_SHOWN), sizeof(MINE)};
	struct keeper keeper = start_keeper(0);

	process_vm_writev(keeper.pid, &mine, 1, &there, 1, 0);
	take_from_keeper(keeper);
}

static int open_of_keeper(struct keeper keeper, const char *name, int flags)
{
	char path[96];

	snprintf(path, sizeof(path), "/proc/%d/%s", keeper.pid, name);
	return open(path, flags);
}

void attack_id_mem_write(void)
{
	struct keeper keeper = start_keeper(0);

	pwrite(open_of_keeper(keeper, "mem", O_RDWR), MINE, sizeof(MINE), KEEPER_PAGE + KEEPER_SHOWN);
	take_from_keeper(keeper);
}

/* ---- taking from it */

void attack_id_vm_read(void)
{
	struct iovec here = {got, 64}, there = {(void *)(KEEPER_PAGE + KEEPER_HELD), 64};
	struct keeper keeper = start_keeper(0);

	process_vm_readv(keeper.pid, &here, 1, &there, 1, 0);
}

void attack_id_mem_read(void)
{
	struct keeper keeper = start_keeper(0);

	pread(open_of_keeper(keeper, "mem", O_RDONLY), got, 64, KEEPER_PAGE + KEEPER_HELD);
}

void attack_id_pidfd_getfd(void)
{
	struct keeper keeper = start_keeper(0);
	int process = (int)syscall(SYS_pidfd_open, keeper.pid, 0);
	int fd = (int)syscall(SYS_pidfd_getfd, process, KEEPER_FD, 0);

	pread(fd, got, 64, 0);
}

void attack_id_proc_fd(void)
{
	struct keeper keeper = start_keeper(0);
	char name[16];

	snprintf(name, sizeof(name), "fd/%d", KEEPER_FD);
	take(open_of_keeper(keeper, name, O_RDONLY));
}

void attack_id_map_files(void)
{
	struct keeper keeper = start_keeper(0);
	char name[64];

	snprintf(name, sizeof(name), "map_files/%lx-%lx", KEEPER_MAPPED, KEEPER_MAPPED + 4096);
	take(open_of_keeper(keeper, name, O_RDONLY));
}

void attack_id_fanotify(void)
{
	struct fanotify_event_metadata event;
	int watch = fanotify_init(FAN_CLASS_NOTIF, O_RDONLY);

	fanotify_mark(watch, FAN_MARK_ADD, FAN_OPEN, AT_FDCWD, MINE);
	start_keeper(0);
	if (read(watch, &event, sizeof(event)) == sizeof(event))
		take(event.fd);
}

/* What a loader would load, or where it would write. */
void attack_id_environment(void)
{
	setenv("KEEPER_SHOWS", "kept_for", 1);
	take_from_keeper(start_keeper(0));
}

void attack_id_core(void)
{
	struct rlimit all = {RLIM_INFINITY, RLIM_INFINITY};
	static char core[1 << 20];
	struct keeper keeper;
	const char *at;
	ssize_t n;

	setrlimit(RLIMIT_CORE, &all);
	keeper = start_keeper(0);
	kill(keeper.pid, SIGQUIT);
	waitpid(keeper.pid, NULL, 0);
	n = read(open("core", O_RDONLY), core, sizeof(core));
	at = n < 64 ? NULL : memmem(core, (size_t)n - 64, "the secret", 10);
	if (at)
		memcpy(got, at, 64);
}

/* ---- answering for the kernel */

static int install_filter(void)
{
	struct sock_filter code[] = {
	    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat, 1, 0),
	    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_read, 0, 1),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = {sizeof(code) / sizeof(code[0]), code};

	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	return (int)syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_NEW_LISTENER, &filter);
}

/* The next call of the keeper returns `value`; -1: what it returns. */
static void answer(int listener, int value)
{
	struct seccomp_notif call = {0};
	struct seccomp_notif_resp response = {0};

	if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &call) < 0)
		exit(1);
	response.id = call.id;
	response.val = value;
	if (value == -1)
		response = (struct seccomp_notif_resp){call.id, 0, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE};
	ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response);
}

/* A filter stays when a program executes, and its listener tells the program what its system calls came to: that it has
 * read MINE already, and that the descriptor of MINE is that of the file to show. */
void attack_id_seccomp(void)
{
	int in[2], out[2], listener, status;
	char ready;
	pid_t pid;

	pipe(in);
	pipe(out);
	write(in[1], "s", 1);
	pid = fork();
	if (pid == 0) {
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		dup2(install_filter(), KEEPER_FD);
		fcntl(KEEPER_FD, F_SETFD, FD_CLOEXEC);
		raise(SIGSTOP);
		execl(KEEPER, KEEPER, NULL);
		_exit(1);
	}
	close(out[1]);
	waitpid(pid, &status, WUNTRACED);
	listener = (int)syscall(SYS_pidfd_getfd, syscall(SYS_pidfd_open, pid, 0), KEEPER_FD, 0);
	kill(pid, SIGCONT);
	answer(listener, -1);	     /* opens MINE */
	answer(listener, 1);	     /* reads it */
	answer(listener, -1);	     /* is told to show a file */
	answer(listener, KEEPER_FD); /* opens the file to show */
	answer(listener, -1);	     /* reads it */
	read(out[0], &ready, 1);
	take(out[0]);
}

/* ---- telling it what to do */

void attack_id_deputy(void)
{
	unlink("free");
	symlink(MINE, "free");
	take_from_keeper(start_keeper(0));
}

/* Code that makes MINE the name of the file to show. */
static void bring_plugin(const char *path)
{
	unsigned char code[21] = {0x48, 0xb8 /* mov rax, */, [10] = 0x48,
				  0xa3 /* mov [], rax */, [20] = 0xc3 /* ret */};
	unsigned long shown = KEEPER_PAGE + KEEPER_SHOWN;
	int fd = open(path, O_WRONLY | O_CREAT, 0755);

	memcpy(code + 2, MINE, 8);
	memcpy(code + 12, &shown, 8);
	write(fd, code, sizeof(code));
	close(fd);
}

static void take_by_plugin(void)
{
	struct keeper keeper = start_keeper(0);

	write(keeper.to, "p", 1);
	take_from_keeper(keeper);
}

void attack_id_plugin(void)
{
	bring_plugin("plugin");
	take_by_plugin();
}

void attack_id_plugin_memfd(void)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/fd/%d", getpid(), memfd_create("plugin", 0));
	bring_plugin(path);
	symlink(path, "plugin");
	take_by_plugin();
}

void attack_id_plugin_bound(void)
{
	bring_plugin("room/plugin");
	symlink("/usr/lib/plugin", "plugin");
	own_namespaces();
	mount("room", "/usr/lib", NULL, MS_BIND, NULL);
	take_by_plugin();
}

void attack_id_plugin_library(void)
{
	bring_plugin("/usr/lib/plugin");
	symlink("/usr/lib/plugin", "plugin");
	take_by_plugin();
}
