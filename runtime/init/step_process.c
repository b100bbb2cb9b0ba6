/* SPDX-License-Identifier: Apache-2.0
 * Steps on another process: the case's helper, which runs the executable that the step names and waits. Steps by which
 * a process becomes another executable without executing it.
 */
#include "guest.h"
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/ptrace.h>
#include <linux/uio.h>

/* ---- another process */

s64 helper_pid;
volatile u64 helper_word = 0x57e1e;

s64 step_ptrace_attach(int count, char **words)
{
	s64 ret = SYS4(ptrace, PTRACE_SEIZE, helper_pid, 0, 0);

	if (ret == 0)
		SYS4(ptrace, PTRACE_DETACH, helper_pid, 0, 0);
	return ret;
}

/* Every copy of this program has helper_word at the same address. */
s64 step_vm_read(int count, char **words)
{
	u64 copy;
	struct iovec local = {&copy, sizeof(copy)}, remote = {(void *)&helper_word, sizeof(helper_word)};

	return sys6(__NR_process_vm_readv, helper_pid, (s64)&local, 1, (s64)&remote, 1, 0);
}

s64 step_proc_mem_write(int count, char **words)
{
	struct line path = {.length = 0};
	u64 value = 1;
	s64 fd, ret;

	add_text(&path, "/proc/");
	add_digits(&path, helper_pid);
	add_text(&path, "/mem");
	path.text[path.length] = 0;
	fd = SYS3(open, path.text, O_RDWR | O_CLOEXEC, 0);
	if (fd < 0)
		return fd;
	ret = SYS4(pwrite64, fd, &value, sizeof(value), (u64)&helper_word);
	SYS1(close, fd);
	return ret;
}

/* ---- the executable that a process is */

static u64 hexadecimal(const char **text)
{
	u64 value = 0;

	for (;; (*text)++) {
		char c = **text;

		if (c >= '0' && c <= '9')
			value = value << 4 | (u64)(c - '0');
		else if (c >= 'a' && c <= 'f')
			value = value << 4 | (u64)(c - 'a' + 10);
		else
			return value;
	}
}

/* Copies what is mapped there into memory of its own, and puts that in its place: the code that does it, too. */
static s64 unmap_file_at(u64 start, u64 length, const char *flags)
{
	int protection =
	    (flags[0] == 'r' ? PROT_READ : 0) | (flags[1] == 'w' ? PROT_WRITE : 0) | (flags[2] == 'x' ? PROT_EXEC : 0);
	s64 copy = sys6(__NR_mmap, 0, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), ret;

	if (copy < 0 && copy > -4096)
		return copy;
	memcpy((void *)copy, (void *)start, length);
	ret = SYS3(mprotect, copy, length, protection);
	if (ret == 0)
		ret = SYS5(mremap, copy, length, length, MREMAP_MAYMOVE | MREMAP_FIXED, start);
	return ret < 0 && ret > -4096 ? ret : 0;
}

/* One line of /proc/self/maps: "START-END rwxp OFFSET DEVICE INODE NAME". */
static s64 unmap_file_of_line(const char *line)
{
	u64 start = hexadecimal(&line), end;
	const char *flags;

	line++;
	end = hexadecimal(&line);
	flags = line + 1;
	for (int words = 0; words < 4; words++) {
		while (*line != ' ')
			line++;
		line++;
	}
	return *line == '0' ? 0 : unmap_file_at(start, end - start, flags);
}

/* The kernel changes the executable of a process only when nothing of the old one is mapped. */
static s64 unmap_own_file(void)
{
	char maps[4096];
	s64 fd = SYS3(open, "/proc/self/maps", O_RDONLY | O_CLOEXEC, 0), n, ret = 0;
	u32 used = 0, start = 0;

	if (fd < 0)
		return fd;
	while ((n = SYS3(read, fd, maps + used, sizeof(maps) - used)) > 0)
		used += (u32)n;
	SYS1(close, fd);
	for (u32 i = 0; i < used && ret == 0; i++) {
		if (maps[i] != '\n')
			continue;
		ret = unmap_file_of_line(maps + start);
		start = i + 1;
	}
	return ret;
}

/* Has the process become what the kept descriptor is open for? */
static s64 check_exe(void)
{
	struct line kept = {.length = 0};
	char exe[512], file[512];
	s64 exe_length, file_length;

	add_text(&kept, "/proc/self/fd/");
	add_digits(&kept, kept_fd);
	kept.text[kept.length] = 0;
	exe_length = SYS3(readlink, "/proc/self/exe", exe, sizeof(exe));
	file_length = SYS3(readlink, kept.text, file, sizeof(file));
	return exe_length > 0 && exe_length == file_length && !memcmp(exe, file, exe_length) ? 0 : -ESTALE;
}

/* The member of the memory map as the step wants it: `wide` is the same number to the kernel, which takes 32 bits. */
static u64 member(u64 number, int count, char **words)
{
	return count > 1 && equal(words[1], "wide") ? number | 1ul << 32 : number;
}

s64 step_set_mm_map(int count, char **words)
{
	u64 here = (u64)&helper_word;
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
				   .exe_fd = (u32)kept_fd};
	s64 ret = unmap_own_file();

	if (ret == 0)
		ret = SYS5(prctl, PR_SET_MM, member(PR_SET_MM_MAP, count, words), &map, sizeof(map), 0);
	return ret < 0 ? ret : check_exe();
}

s64 step_set_mm_exe_file(int count, char **words)
{
	s64 ret = unmap_own_file();

	if (ret == 0)
		ret = SYS5(prctl, PR_SET_MM, member(PR_SET_MM_EXE_FILE, count, words), kept_fd, 0, 0);
	return ret < 0 ? ret : check_exe();
}

/* ---- what else prctl does: it must have done it, so that no hook has swallowed the call */

static s64 set_name(void)
{
	char name[16] = "another name", now[16] = "";
	s64 ret = SYS5(prctl, PR_SET_NAME, name, 0, 0, 0);

	if (ret == 0)
		ret = SYS5(prctl, PR_GET_NAME, now, 0, 0, 0);
	return ret < 0 ? ret : equal(name, now) ? 0 : -ESTALE;
}

static s64 set_flag(int set, int get)
{
	s64 ret = SYS5(prctl, set, 1, 0, 0, 0);

	if (ret == 0)
		ret = SYS5(prctl, get, 0, 0, 0, 0);
	return ret < 0 ? ret : ret == 1 ? 0 : -ESTALE;
}

static s64 ask_map_size(void)
{
	u32 size = 0;
	s64 ret = SYS5(prctl, PR_SET_MM, PR_SET_MM_MAP_SIZE, &size, 0, 0);

	return ret < 0 ? ret : size == sizeof(struct prctl_mm_map) ? 0 : -ESTALE;
}

s64 step_prctl(int count, char **words)
{
	u64 here = (u64)&count;

	if (equal(words[1], "name"))
		return set_name();
	if (equal(words[1], "dumpable"))
		return set_flag(PR_SET_DUMPABLE, PR_GET_DUMPABLE);
	if (equal(words[1], "keep_caps")) /* of the capability module */
		return set_flag(PR_SET_KEEPCAPS, PR_GET_KEEPCAPS);
	if (equal(words[1], "ptracer")) /* of yama */
		return SYS5(prctl, PR_SET_PTRACER, PR_SET_PTRACER_ANY, 0, 0, 0);
	if (equal(words[1], "mm_map_size"))
		return ask_map_size();
	if (equal(words[1], "mm_start_stack"))
		return SYS5(prctl, PR_SET_MM, PR_SET_MM_START_STACK, here, 0, 0);
	return -ENOSYS;
}
