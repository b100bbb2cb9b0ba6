// SPDX-License-Identifier: Apache-2.0
/*
 * Many processes at once that open, rename, mount, fork, execute, link and nest, each a bounded number of times, and
 * that know what machine.stele says of each call. A denial where nothing is protected is as wrong as a call that
 * should have been denied. One line for each worker: its name, its calls, the wrong ones.
 * Usage: storm TURNS
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALICE 1000
#define PROGRAM "/var/tmp/storm-program"

enum verdict { ALLOWED, DENIED };

static const char *worker;
static unsigned long calls, wrong;

static void judge(enum verdict expected, int result, const char *what, const char *path) {
  int error = errno;
  int denied = result < 0 && error == EPERM;

  calls++;
  if (expected == DENIED ? denied : result >= 0) return;
  if (wrong++ < 5) printf("storm: %s: %s %s: %s\n", worker, what, path, result < 0 ? strerror(error) : "succeeded");
}

/* What must work for the storm to mean anything. */
static void need(int result, const char *what) {
  if (result >= 0) return;
  printf("storm: %s cannot go on: %s: %s\n", worker, what, strerror(errno));
  exit(1);
}

static void try_open(enum verdict expected, const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);

  judge(expected, fd, "open", path);
  if (fd >= 0) close(fd);
}

static void try_exec(enum verdict expected, const char *path) {
  int status = 0, pipes[2], error = 0;
  pid_t pid;

  need(pipe2(pipes, O_CLOEXEC), "pipe");
  pid = fork();
  need(pid, "fork");
  if (pid == 0) {
    execl(path, path, (char *)NULL);
    error = errno;
    _exit(write(pipes[1], &error, sizeof(error)) < 0);
  }
  close(pipes[1]);
  if (read(pipes[0], &error, sizeof(error)) < 0) error = errno;
  close(pipes[0]);
  need(waitpid(pid, &status, 0), "wait");
  errno = error;
  judge(expected, error ? -1 : 0, "execute", path);
}

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

  need(fd, path);
  need((int)write(fd, text, strlen(text)), path);
  close(fd);
}

static void enter_namespaces(int flags) {
  uid_t uid = getuid();
  gid_t gid = getgid();
  char map[64];

  need(unshare(flags), "unshare");
  if (flags & CLONE_NEWUSER) {
    write_file("/proc/self/setgroups", "deny");
    snprintf(map, sizeof(map), "0 %u 1", uid);
    write_file("/proc/self/uid_map", map);
    snprintf(map, sizeof(map), "0 %u 1", gid);
    write_file("/proc/self/gid_map", map);
  }
  need(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "make mounts private");
}

static void opens(unsigned long turns) {
  while (turns--) {
    try_open(DENIED, "/etc/shadow");
    try_open(ALLOWED, "/etc/passwd");
    try_open(DENIED, "/proc/self/root/etc/gshadow");
    try_open(ALLOWED, "/usr/bin/true");
  }
}

/* Directories above a file change places all the time; nothing of it is protected. */
static void renames(unsigned long turns) {
  need(mkdir("/srv/storm", 0755), "mkdir");
  need(mkdir("/srv/storm/a", 0755), "mkdir");
  need(mkdir("/srv/storm/a/b", 0755), "mkdir");
  write_file("/srv/storm/a/b/file", "text");
  while (turns--) {
    judge(ALLOWED, rename("/srv/storm/a/b", "/srv/storm/b"), "rename", "b");
    judge(ALLOWED, rename("/srv/storm/a", "/srv/storm/b/a"), "rename", "a");
    try_open(ALLOWED, "/srv/storm/b/file");
    judge(ALLOWED, rename("/srv/storm/b/a", "/srv/storm/a"), "rename", "a");
    judge(ALLOWED, rename("/srv/storm/b", "/srv/storm/a/b"), "rename", "b");
    judge(DENIED, rename("/etc/shadow", "/etc/storm"), "rename", "/etc/shadow");
  }
}

/* A protected file has the same verdict below any number of mounts that come and go. */
static void mounts(unsigned long turns) {
  enter_namespaces(CLONE_NEWNS);
  need(mount("storm", "/mnt", "tmpfs", 0, NULL), "mount");
  need(mkdir("/mnt/etc", 0755), "mkdir");
  while (turns--) {
    judge(ALLOWED, mount("/etc", "/mnt/etc", NULL, MS_BIND, NULL), "bind", "/etc");
    try_open(DENIED, "/mnt/etc/shadow");
    try_open(ALLOWED, "/mnt/etc/passwd");
    judge(ALLOWED, umount2("/mnt/etc", MNT_DETACH), "umount", "/etc");
    judge(ALLOWED, mount("other", "/mnt/etc", "tmpfs", 0, NULL), "mount", "/mnt/etc");
    write_file("/mnt/etc/shadow", "own");
    try_open(ALLOWED, "/mnt/etc/shadow");
    judge(ALLOWED, umount2("/mnt/etc", 0), "umount", "/mnt/etc");
  }
}

static void forks(unsigned long turns) {
  while (turns--) {
    try_exec(ALLOWED, "/usr/bin/true");
    try_exec(DENIED, PROGRAM);
  }
}

/* A root of its own, with files that are called like protected ones. */
static void containers(unsigned long turns) {
  int status = 0;
  pid_t pid;

  while (turns--) {
    pid = fork();
    need(pid, "fork");
    if (pid == 0) {
      calls = wrong = 0;
      enter_namespaces(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC);
      need(mount("room", "/mnt", "tmpfs", 0, NULL), "mount");
      need(mkdir("/mnt/etc", 0755), "mkdir");
      need(mkdir("/mnt/old", 0755), "mkdir");
      need(chdir("/mnt"), "chdir");
      need((int)syscall(SYS_pivot_root, ".", "old"), "pivot_root");
      try_open(DENIED, "/old/etc/shadow");
      need(umount2("/old", MNT_DETACH), "umount");
      write_file("/etc/shadow.new", "own");
      judge(ALLOWED, rename("/etc/shadow.new", "/etc/shadow"), "rename", "own shadow");
      try_open(ALLOWED, "/etc/shadow");
      fflush(stdout);
      _exit(wrong != 0);
    }
    need(waitpid(pid, &status, 0), "wait");
    calls++;
    wrong += status != 0;
  }
}

/* What anybody can do without privilege: binds, links and nests in namespaces of their own. */
static void a_user(unsigned long turns) {
  char deep[1024] = "/home/alice/storm";
  int level;

  need(setgid(ALICE), "setgid");
  need(setuid(ALICE), "setuid");
  need(prctl(PR_SET_DUMPABLE, 1), "prctl");  // or /proc/self is root's
  need(mkdir(deep, 0755), "mkdir");
  for (level = 0; level < 50; level++) {
    strcat(deep, "/d");
    need(mkdir(deep, 0755), "mkdir");
  }
  strcat(deep, "/file");
  write_file(deep, "text");
  enter_namespaces(CLONE_NEWUSER | CLONE_NEWNS);
  while (turns--) {
    judge(ALLOWED, link(deep, "/home/alice/storm/linked"), "link", deep);
    try_open(ALLOWED, "/home/alice/storm/linked");
    judge(ALLOWED, unlink("/home/alice/storm/linked"), "unlink", "linked");
    try_open(ALLOWED, deep);
    judge(ALLOWED, mount("/var/tmp", "/mnt", NULL, MS_BIND, NULL), "bind", "/var/tmp");
    judge(ALLOWED, mount("/mnt", "/srv", NULL, MS_BIND, NULL), "bind", "/mnt");
    try_exec(DENIED, "/srv/storm-program");
    try_exec(DENIED, "/mnt/storm-program");
    try_exec(ALLOWED, "/usr/bin/true");
    judge(ALLOWED, umount2("/srv", MNT_DETACH), "umount", "/srv");
    judge(ALLOWED, umount2("/mnt", MNT_DETACH), "umount", "/mnt");
  }
}

static const struct {
  const char *name;
  void (*work)(unsigned long turns);
  unsigned long part; /* of the turns: some are slower than others */
} kWorkers[] = {
    {"opens", opens, 1},  {"renames", renames, 1},        {"mounts", mounts, 4},
    {"forks", forks, 16}, {"containers", containers, 16}, {"a user", a_user, 16},
};

int main(int argc, char **argv) {
  unsigned long turns = argc == 2 ? strtoul(argv[1], NULL, 10) : 0;
  size_t count = sizeof(kWorkers) / sizeof(kWorkers[0]);
  int failed = 0, status = 0;

  if (turns == 0) {
    fprintf(stderr, "usage: storm TURNS\n");
    return 2;
  }
  for (size_t i = 0; i < count; i++) {
    pid_t pid = fork();

    worker = kWorkers[i].name;
    need(pid, "fork");
    if (pid == 0) {
      kWorkers[i].work(turns / kWorkers[i].part);
      printf("storm: %s: %lu calls, %lu wrong\n", worker, calls, wrong);
      fflush(stdout);
      _exit(wrong != 0 || calls == 0);
    }
  }
  for (size_t i = 0; i < count; i++) {
    need(wait(&status), "wait");
    failed |= status;
  }
  return failed != 0;
}
