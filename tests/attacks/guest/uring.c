/* SPDX-License-Identifier: Apache-2.0
 *
 * What io_uring does for a process: without its system calls, and in part in threads of the kernel.
 */
#include "attack.h"
#include <linux/io_uring.h>
#include <linux/openat2.h>

static struct ring {
	int fd;
	unsigned int *tail, *mask, *array, *completed, flags;
	struct io_uring_cqe *results;
	struct io_uring_sqe *requests;
} ring;

static void make_ring(unsigned int flags)
{
	struct io_uring_params params = {.flags = flags, .sq_thread_idle = 1000};
	char *queue;

	ring.fd = (int)syscall(SYS_io_uring_setup, 8, &params);
	queue = mmap(NULL, 1 << 14, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQ_RING);
	ring.flags = flags;
	ring.tail = (unsigned int *)(queue + params.sq_off.tail);
	ring.mask = (unsigned int *)(queue + params.sq_off.ring_mask);
	ring.array = (unsigned int *)(queue + params.sq_off.array);
	ring.completed = (unsigned int *)(queue + params.cq_off.tail);
	ring.results = (struct io_uring_cqe *)(queue + params.cq_off.cqes);
	ring.requests = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, IORING_OFF_SQES);
}

/* Does one thing and waits for it. */
static int ask(const struct io_uring_sqe *request)
{
	unsigned int at = *ring.tail, done = *ring.completed;
	unsigned int flags = IORING_ENTER_GETEVENTS | (ring.flags & IORING_SETUP_SQPOLL ? IORING_ENTER_SQ_WAKEUP : 0);

	ring.requests[at & *ring.mask] = *request;
	ring.array[at & *ring.mask] = at & *ring.mask;
	__atomic_store_n(ring.tail, at + 1, __ATOMIC_RELEASE);
	while (__atomic_load_n(ring.completed, __ATOMIC_ACQUIRE) == done)
		if (syscall(SYS_io_uring_enter, ring.fd, 1, 1, flags, NULL, 0) < 0)
			return -errno;
	return ring.results[done & 15].res;
}

static int ask_open(const char *path, int flags)
{
	return ask(&(struct io_uring_sqe){.opcode = IORING_OP_OPENAT,
					  .fd = AT_FDCWD,
					  .addr = (unsigned long)path,
					  .open_flags = (unsigned int)flags});
}

static void ask_names(int opcode, const char *from, const char *to)
{
	ask(&(struct io_uring_sqe){.opcode = (unsigned char)opcode,
				   .fd = AT_FDCWD,
				   .addr = (unsigned long)from,
				   .len = (unsigned int)AT_FDCWD,
				   .addr2 = (unsigned long)to});
}

void attack_uring_open(void)
{
	make_ring(0);
	take(ask_open("secret", O_RDONLY));
}

void attack_uring_worker(void)
{
	make_ring(0);
	take(ask(&(struct io_uring_sqe){
	    .opcode = IORING_OP_OPENAT, .flags = IOSQE_ASYNC, .fd = AT_FDCWD, .addr = (unsigned long)"secret"}));
}

void attack_uring_polled(void)
{
	make_ring(IORING_SETUP_SQPOLL);
	take(ask_open("secret", O_RDONLY));
}

void attack_uring_openat2(void)
{
	struct open_how how = {.flags = O_RDONLY};

	make_ring(0);
	take(ask(&(struct io_uring_sqe){.opcode = IORING_OP_OPENAT2,
					.fd = AT_FDCWD,
					.addr = (unsigned long)"secret",
					.len = sizeof(how),
					.off = (unsigned long)&how}));
}

/* Opens a file that has no number, the first of the ring's own. */
static void open_own(const char *path)
{
	int none = -1;

	make_ring(0);
	syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_FILES, &none, 1);
	ask(&(struct io_uring_sqe){
	    .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .addr = (unsigned long)path, .file_index = 1});
}

void attack_uring_registered(void)
{
	open_own("secret");
	ask(&(struct io_uring_sqe){
	    .opcode = IORING_OP_READ, .flags = IOSQE_FIXED_FILE, .fd = 0, .addr = (unsigned long)got, .len = 64});
}

void attack_uring_splice(void)
{
	int to[2];

	pipe(to);
	open_own("secret");
	if (ask(&(struct io_uring_sqe){.opcode = IORING_OP_SPLICE,
				       .fd = to[1],
				       .off = ~0ull,
				       .splice_fd_in = 0,
				       .splice_off_in = 0,
				       .len = 64,
				       .splice_flags = SPLICE_F_FD_IN_FIXED}) > 0)
		take(to[0]);
}

/* Registered as root, used as a user. */
void attack_uring_personality(void)
{
	int root;

	make_ring(0);
	root = (int)syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_PERSONALITY, NULL, 0);
	setgid(1000);
	setuid(1000);
	take(ask(&(struct io_uring_sqe){.opcode = IORING_OP_OPENAT,
					.fd = AT_FDCWD,
					.addr = (unsigned long)"apart",
					.personality = (unsigned short)root}));
}

void attack_uring_link(void)
{
	make_ring(0);
	ask_names(IORING_OP_LINKAT, "secret", "other");
	take_path("other");
}

void attack_uring_rename(void)
{
	make_ring(0);
	ask_names(IORING_OP_RENAMEAT, "secret", "other");
	take_path("other");
}

void attack_uring_rename_over(void)
{
	make_ring(0);
	ask_names(IORING_OP_RENAMEAT, "free", "kept");
}

void attack_uring_unlink(void)
{
	make_ring(0);
	ask(&(struct io_uring_sqe){.opcode = IORING_OP_UNLINKAT, .fd = AT_FDCWD, .addr = (unsigned long)"kept"});
}

void attack_uring_mkdir(void)
{
	make_ring(0);
	ask(&(struct io_uring_sqe){
	    .opcode = IORING_OP_MKDIRAT, .fd = AT_FDCWD, .addr = (unsigned long)"new", .len = 0755});
}

void attack_uring_symlink(void)
{
	make_ring(0);
	ask(&(struct io_uring_sqe){.opcode = IORING_OP_SYMLINKAT,
				   .fd = AT_FDCWD,
				   .addr = (unsigned long)"free",
				   .addr2 = (unsigned long)"new"});
}

void attack_uring_create(void)
{
	make_ring(0);
	ask_open("new", O_WRONLY | O_CREAT);
}

void attack_uring_write(void)
{
	make_ring(0);
	ask(&(struct io_uring_sqe){
	    .opcode = IORING_OP_WRITE, .fd = ask_open("kept", O_WRONLY), .addr = (unsigned long)"changed", .len = 7});
}

void attack_uring_truncating(void)
{
	make_ring(0);
	ask_open("kept", O_RDONLY | O_TRUNC);
}

void attack_uring_fallocate(void)
{
	make_ring(0);
	ask(&(struct io_uring_sqe){.opcode = IORING_OP_FALLOCATE,
				   .fd = ask_open("kept", O_WRONLY),
				   .off = 0,
				   .addr = 4,
				   .len = FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE});
}

void attack_uring_ftruncate(void)
{
	make_ring(0);
	ask(&(struct io_uring_sqe){.opcode = 55 /* IORING_OP_FTRUNCATE */, .fd = ask_open("kept", O_WRONLY), .off = 0});
}

static void ask_xattr(int opcode, int fd, const char *path)
{
	ask(&(struct io_uring_sqe){.opcode = (unsigned char)opcode,
				   .fd = fd,
				   .addr = (unsigned long)"trusted.attack",
				   .addr2 = (unsigned long)"x",
				   .addr3 = (unsigned long)path,
				   .len = 1});
}

void attack_uring_setxattr(void)
{
	make_ring(0);
	ask_xattr(IORING_OP_SETXATTR, 0, "kept");
}

void attack_uring_fsetxattr(void)
{
	make_ring(0);
	ask_xattr(IORING_OP_FSETXATTR, open("kept", O_RDONLY), NULL);
}
