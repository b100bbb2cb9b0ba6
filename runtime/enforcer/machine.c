/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only OR BSD-2-Clause
 *
 * Is this a machine, and a moment, in which the policy can be enforced? Nothing here changes anything.
 */
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/utsname.h>

#include "enforcer.h"

#define BPFFS_MAGIC	  0xcafe4a11
#define LOCK_TRIES	  600 /* of 100 ms */
#define FOREIGN_TRIES	  20  /* of 50 ms: the kernel lets go of a link a moment after its last reference */
#define MAX_FOREIGN_SHOWN 16

static int has_capability(const struct __user_cap_data_struct *sets, u32 capability)
{
	return sets[capability / 32].effective >> capability % 32 & 1;
}

int check_privileges(void)
{
	struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct sets[2] = {0};
	long r = sys(capget, &header, sets);

	if (!r && has_capability(sets, CAP_SYS_ADMIN) && has_capability(sets, CAP_BPF))
		return 0;
	return problem(STELE_EXIT_PRIVILEGE, "run it as root of the host, early in the boot",
		       "CAP_SYS_ADMIN and CAP_BPF are needed");
}

/* "6.12.117-cloud" → 6 << 16 | 12 << 8. */
static u32 parse_version(const char *release)
{
	u32 major = parse_number(&release);

	release += *release == '.';
	return major << 16 | parse_number(&release) << 8;
}

int check_kernel_version(void)
{
	struct new_utsname names = {0};
	u32 version;

	sys(uname, &names);
	version = parse_version(names.release);
	if (version >= plan->min_kernel && version <= plan->max_kernel)
		return 0;
	return problem(STELE_EXIT_TARGET, "boot a kernel of the policy's target, or build the policy for this one",
		       "kernel %s is outside the target, %u.%u to %u.%u", names.release, plan->min_kernel >> 16,
		       plan->min_kernel >> 8 & 255, plan->max_kernel >> 16, plan->max_kernel >> 8 & 255);
}

static int list_has(const char *list, const char *word)
{
	size_t length = string_length(word);

	while (*list) {
		const char *end = list;

		while (*end && *end != ',' && *end != '\n')
			end++;
		if (!bytes_compare(list, end - list, word, length))
			return 1;
		list = *end ? end + 1 : end;
	}
	return 0;
}

/* Without securityfs the proof decides (proof.c). */
int check_bpf_lsm(void)
{
	char list[512];
	long length = read_file("/sys/kernel/security/lsm", list, sizeof(list));

	if (length < 0 || list_has(list, "bpf"))
		return 0;
	return problem(STELE_EXIT_NO_BPF_LSM, "add `bpf` to the lsm= parameter on the kernel's command line",
		       "`bpf` is not among the active security modules (%s)", list);
}

static int same_file(const char *a, const char *b)
{
	struct statx x, y;

	return !sys(statx, AT_FDCWD, a, 0, STATX_INO, &x) && !sys(statx, AT_FDCWD, b, 0, STATX_INO, &y) &&
	       x.stx_ino == y.stx_ino && x.stx_dev_major == y.stx_dev_major && x.stx_dev_minor == y.stx_dev_minor;
}

/* Names are those of pid 1's mounts; pins that only our own mount namespace sees would die with it. */
int check_proc(void)
{
	struct statfs64 fs = {0};
	long r = sys(statfs, "/proc", &fs);

	if (r || fs.type != PROC_SUPER_MAGIC)
		return problem(STELE_EXIT_MOUNTS, "mount proc on /proc", "/proc is not the proc file system");
	if (!same_file("/proc/self/ns/mnt", "/proc/1/ns/mnt") || !same_file("/", "/proc/1/root"))
		return problem(STELE_EXIT_MOUNTS, "start it outside containers, without PrivateMounts= or chroot",
			       "this process does not see the mounts that the first process sees");
	return 0;
}

/* Two starts at once would both find nothing enforced: the second waits here for the first. */
static int lock_bpffs(void)
{
	long fd = sys(open, STELE_BPFFS, O_RDONLY | O_DIRECTORY | O_CLOEXEC), r = fd;

	for (u32 i = 0; fd >= 0 && i < LOCK_TRIES; i++) {
		r = sys(flock, fd, LOCK_EX | LOCK_NB);
		if (!r)
			return 0; /* held until the process ends */
		if (r != -EAGAIN && r != -EINTR)
			break;
		sleep_ms(100);
	}
	if (is_denied(r))
		return problem(STELE_EXIT_SYSTEM, DENIED_HELP, "cannot lock " STELE_BPFFS ": %s", errno_name(r));
	return problem(STELE_EXIT_SYSTEM, "wait for the other start, or end the process that holds the lock",
		       "cannot lock " STELE_BPFFS);
}

static int is_bpffs(const char *path)
{
	struct statfs64 fs = {0};

	return !sys(statfs, path, &fs) && fs.type == BPFFS_MAGIC;
}

int check_bpffs(void)
{
	if (!is_bpffs(STELE_BPFFS))
		return problem(STELE_EXIT_NO_BPFFS, "mount -t bpf -o mode=0700 bpf " STELE_BPFFS,
			       STELE_BPFFS " is not a bpf file system");
	return lock_bpffs();
}

int is_active(void)
{
	struct statx here, above;
	long r = sys(statx, AT_FDCWD, pin_directory(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &here);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r)
		return r;
	r = sys(statx, AT_FDCWD, STELE_BPFFS, 0, STATX_BASIC_STATS, &above);
	if (r)
		return r;
	return is_bpffs(pin_directory()) &&
	       (here.stx_dev_major != above.stx_dev_major || here.stx_dev_minor != above.stx_dev_minor);
}

int is_marked(void)
{
	struct statx mark;

	return !sys(statx, AT_FDCWD, pin_path(plan_mark()), AT_SYMLINK_NOFOLLOW, STATX_INO, &mark);
}

/* The directory may be left over from a start that was killed. Whoever else owned it could remove it in a mount
 * namespace of their own, and our mount with it. */
int check_not_active(void)
{
	struct statx directory;
	long r = is_active();

	if (r > 0 && is_marked())
		return problem(STELE_EXIT_ACTIVE, "nothing to do: see `status`", "this policy is already enforced");
	if (r > 0)
		return problem(STELE_EXIT_OTHER,
			       "restart the machine for another version; give another policy a name of its own",
			       "a policy of this name is already enforced, by another enforcer");
	if (r < 0)
		return problem(STELE_EXIT_SYSTEM, is_denied(r) ? DENIED_HELP : "look at " STELE_BPFFS, "%s: %s",
			       pin_directory(), errno_name(r));
	r = sys(statx, AT_FDCWD, pin_directory(), AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &directory);
	if (r == -ENOENT)
		return 0;
	if (r || (directory.stx_mode & S_IFMT) != S_IFDIR || directory.stx_uid || directory.stx_nlink > 2)
		return problem(STELE_EXIT_SYSTEM, "remove it", "%s is not an empty directory of root's",
			       pin_directory());
	return 0;
}

static long bpf(int command, union bpf_attr *attr)
{
	return sys(bpf, command, attr, sizeof(*attr));
}

/* Information on the program or link behind *id in the order of ids, which *id becomes. Returns -ENOENT when there is
 * no further one. */
static long next_info(int next, int get_fd, u32 *id, void *info, u32 size)
{
	union bpf_attr attr;
	long fd, r;

	do {
		attr = (union bpf_attr){.start_id = *id};
		r = bpf(next, &attr);
		if (r)
			return r;
		*id = attr.next_id;
		attr = (union bpf_attr){.prog_id = *id}; /* link_id lies there, too */
		fd = bpf(get_fd, &attr);
	} while (fd == -ENOENT || fd == -EAGAIN); /* on its way out, or in */
	if (fd < 0)
		return fd;
	memset(info, 0, size);
	attr = (union bpf_attr){.info = {.bpf_fd = fd, .info_len = size, .info = (u64)info}};
	r = bpf(BPF_OBJ_GET_INFO_BY_FD, &attr);
	sys(close, fd);
	return r;
}

/* How a program is attached, or -1: nowhere. A program has one attach type for good; links show it. */
static int attach_type_of(u32 program)
{
	static struct bpf_link_info link;
	u32 id = 0;

	while (!next_info(BPF_LINK_GET_NEXT_ID, BPF_LINK_GET_FD_BY_ID, &id, &link, sizeof(link)))
		if (link.prog_id == program)
			return link.type == BPF_LINK_TYPE_TRACING ? link.tracing.attach_type : BPF_LSM_MAC;
	return -1;
}

/* What attaches last answers first, on every kernel: an LSM program that is attached already comes after ours, and ours
 * end the chain when they deny. So what can answer before ours is a program that is yet to be attached, one that
 * answers for the function that calls the hooks (modify_return), and one that takes the place of another (extension).
 * Returns its kind, or 0. */
static const char *danger_of(const struct bpf_prog_info *program)
{
	int attach_type;

	if (program->type == BPF_PROG_TYPE_EXT)
		return "extension";
	if (program->type != BPF_PROG_TYPE_LSM && program->type != BPF_PROG_TYPE_TRACING)
		return 0;
	attach_type = attach_type_of(program->id);
	return attach_type == BPF_MODIFY_RETURN	    ? "modify_return"
	       : attach_type >= 0		    ? 0
	       : program->type == BPF_PROG_TYPE_LSM ? "unattached LSM"
						    : "unattached tracing";
}

/* Programs that can answer before ours, or LSM programs that cannot and are not Stele's. Returns their number or
 * -errno. */
static long count_programs(int dangerous, int show)
{
	static struct bpf_prog_info program;
	long count = 0, r;
	u32 id = 0;

	while (!(r = next_info(BPF_PROG_GET_NEXT_ID, BPF_PROG_GET_FD_BY_ID, &id, &program, sizeof(program)))) {
		const char *danger = danger_of(&program);

		if (dangerous ? !danger
			      : danger || program.type != BPF_PROG_TYPE_LSM || string_starts(program.name, "stele_"))
			continue;
		if (count++ < MAX_FOREIGN_SHOWN && show)
			detail("%s program %u `%s`", danger ? danger : "beside it: LSM", id, program.name);
	}
	return r == -ENOENT ? count : r;
}

void show_other_programs(void)
{
	count_programs(0, 1);
}

int check_foreign_programs(void)
{
	long count = count_programs(1, 0);

	for (u32 i = 0; i < FOREIGN_TRIES && count > 0; i++) {
		sleep_ms(50);
		count = count_programs(1, 0);
	}
	if (count < 0)
		return problem(STELE_EXIT_REFUSED, "look for a security module that restricts bpf(2)",
			       "cannot list the BPF programs: %s", errno_name(count));
	if (output_mode == OUTPUT_PREFLIGHT)
		show_other_programs();
	if (!count)
		return 0;
	count_programs(1, 1);
	return problem(STELE_EXIT_FOREIGN, "start the policy before the software that loads them",
		       "%ld foreign BPF programs could answer before this policy's", count);
}
