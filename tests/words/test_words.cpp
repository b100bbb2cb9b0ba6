// Every table is consistent with itself, and every group expands to what systemd means by it.

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "dsl/words/words.h"

namespace stele {
namespace {

constexpr words::WordTable kAll[] = {words::WordTable::syscall,     words::WordTable::capability,
                                     words::WordTable::family,      words::WordTable::socket_type,
                                     words::WordTable::protocol,    words::WordTable::netlink_protocol,
                                     words::WordTable::bpf_program, words::WordTable::bpf_map,
                                     words::WordTable::tty,         words::WordTable::argument_constant};

TEST(words, every_name_finds_its_number_and_its_number_a_name) {
  for (words::WordTable table : kAll) {
    const auto names = words::words_of(table);
    EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
    for (const std::string& name : names) {
      const auto number = words::find_word(table, name);
      ASSERT_TRUE(number) << name;
      EXPECT_EQ(words::find_word(table, words::word_of(table, *number)), number) << name;
    }
  }
}

TEST(words, names_are_compared_byte_by_byte) {
  EXPECT_FALSE(words::find_word(words::WordTable::syscall, ""));
  EXPECT_FALSE(words::find_word(words::WordTable::syscall, "OPEN"));
  EXPECT_FALSE(words::find_word(words::WordTable::syscall, "open "));
  EXPECT_FALSE(words::find_word(words::WordTable::syscall, "zzz"));
  EXPECT_FALSE(words::find_word(words::WordTable::capability, "CAP_NET_RAW"));
  EXPECT_FALSE(words::find_word(words::WordTable::family, "AF_INET"));
}

TEST(words, numbers_without_a_name_have_none) {
  EXPECT_EQ(words::word_of(words::WordTable::syscall, 400), "");
  EXPECT_EQ(words::word_of(words::WordTable::capability, 41), "");
  EXPECT_EQ(words::word_of(words::WordTable::netlink_protocol, 17), "");
  EXPECT_EQ(words::word_of(words::WordTable::syscall, UINT64_MAX), "");
}

TEST(words, an_alias_is_found_but_never_printed) {
  EXPECT_EQ(words::find_word(words::WordTable::family, "local"), 1u);
  EXPECT_EQ(words::word_of(words::WordTable::family, 1), "unix");
  EXPECT_EQ(words::find_word(words::WordTable::protocol, "hopopts"), 0u);
  EXPECT_EQ(words::word_of(words::WordTable::protocol, 0), "ip");
  EXPECT_EQ(words::find_word(words::WordTable::netlink_protocol, "inet_diag"), 4u);
  EXPECT_EQ(words::word_of(words::WordTable::netlink_protocol, 4), "sock_diag");
}

TEST(words, what_is_newer_than_many_headers) {
  EXPECT_EQ(words::find_word(words::WordTable::syscall, "mseal"), 462u);
  EXPECT_EQ(words::find_word(words::WordTable::syscall, "rseq_slice_yield"), 471u);
  EXPECT_EQ(words::find_word(words::WordTable::bpf_program, "netfilter"), 32u);
  EXPECT_EQ(words::find_word(words::WordTable::bpf_map, "rhash"), 35u);
  EXPECT_EQ(words::find_word(words::WordTable::argument_constant, "BPF_TOKEN_CREATE"), 36u);
  EXPECT_EQ(words::find_word(words::WordTable::argument_constant, "FSCONFIG_CMD_CREATE_EXCL"), 8u);
}

TEST(groups, every_group_expands_to_system_calls) {
  for (const std::string& name : words::syscall_groups()) {
    const auto numbers = words::syscall_group(name);
    ASSERT_TRUE(numbers) << name;
    EXPECT_FALSE(numbers->empty()) << name;
    EXPECT_TRUE(std::is_sorted(numbers->begin(), numbers->end()));
    for (uint32_t number : *numbers) EXPECT_NE(words::word_of(words::WordTable::syscall, number), "") << name;
  }
}

TEST(groups, an_unknown_group_is_none) {
  EXPECT_FALSE(words::syscall_group("@nothing"));
  EXPECT_FALSE(words::syscall_group("aio"));
  EXPECT_FALSE(words::syscall_group(""));
  EXPECT_TRUE(words::syscall_group_members("@nothing").empty());
}

TEST(groups, groups_within_groups_are_expanded) {
  const auto service = words::syscall_group("@system-service");
  ASSERT_TRUE(service);
  for (const char* inner : {"@aio", "@basic-io", "@default", "@file-system", "@network-io", "@timer"}) {
    const auto part = words::syscall_group(inner);
    ASSERT_TRUE(part) << inner;
    EXPECT_TRUE(std::includes(service->begin(), service->end(), part->begin(), part->end())) << inner;
  }
  const std::set<uint32_t> numbers(service->begin(), service->end());
  for (const char* name : {"read", "openat", "socket", "execve", "ioctl", "mremap"})
    EXPECT_TRUE(numbers.contains(static_cast<uint32_t>(*words::find_word(words::WordTable::syscall, name)))) << name;
  for (const char* name : {"mount", "ptrace", "bpf", "reboot", "init_module"})
    EXPECT_FALSE(numbers.contains(static_cast<uint32_t>(*words::find_word(words::WordTable::syscall, name)))) << name;
}

TEST(groups, a_group_in_full) {
  std::vector<std::string_view> names;
  const auto numbers = words::syscall_group("@privileged");
  ASSERT_TRUE(numbers);
  for (uint32_t number : *numbers) names.push_back(words::word_of(words::WordTable::syscall, number));
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string_view>{"_sysctl",
                                                  "acct",
                                                  "adjtimex",
                                                  "bpf",
                                                  "capset",
                                                  "chown",
                                                  "chroot",
                                                  "clock_adjtime",
                                                  "clock_settime",
                                                  "delete_module",
                                                  "fanotify_init",
                                                  "fanotify_mark",
                                                  "fchown",
                                                  "fchownat",
                                                  "finit_module",
                                                  "init_module",
                                                  "ioperm",
                                                  "iopl",
                                                  "kexec_file_load",
                                                  "kexec_load",
                                                  "lchown",
                                                  "nfsservctl",
                                                  "open_by_handle_at",
                                                  "pivot_root",
                                                  "quotactl",
                                                  "quotactl_fd",
                                                  "reboot",
                                                  "setdomainname",
                                                  "setfsuid",
                                                  "setgroups",
                                                  "sethostname",
                                                  "setresuid",
                                                  "setreuid",
                                                  "settimeofday",
                                                  "setuid",
                                                  "swapoff",
                                                  "swapon",
                                                  "vhangup"}));
}

/// What expansion leaves out: calls that only other architectures have.
TEST(groups, members_that_x86_64_does_not_have) {
  std::set<std::string_view> foreign;
  for (const std::string& group : words::syscall_groups())
    for (std::string_view member : words::syscall_group_members(group))
      if (member[0] != '@' && !words::find_word(words::WordTable::syscall, member)) foreign.insert(member);
  EXPECT_EQ(foreign, (std::set<std::string_view>{"_llseek",
                                                 "_newselect",
                                                 "arm_fadvise64_64",
                                                 "bdflush",
                                                 "break",
                                                 "cacheflush",
                                                 "chown32",
                                                 "clock_adjtime64",
                                                 "clock_getres_time64",
                                                 "clock_gettime64",
                                                 "clock_nanosleep_time64",
                                                 "clock_settime64",
                                                 "fadvise64_64",
                                                 "fchown32",
                                                 "fcntl64",
                                                 "fstat64",
                                                 "fstatat64",
                                                 "fstatfs64",
                                                 "ftime",
                                                 "ftruncate64",
                                                 "futex_time64",
                                                 "getegid32",
                                                 "geteuid32",
                                                 "getgid32",
                                                 "getgroups32",
                                                 "getresgid32",
                                                 "getresuid32",
                                                 "getuid32",
                                                 "gtty",
                                                 "idle",
                                                 "io_pgetevents_time64",
                                                 "ipc",
                                                 "lchown32",
                                                 "lock",
                                                 "lstat64",
                                                 "mmap2",
                                                 "mpx",
                                                 "mq_timedreceive_time64",
                                                 "mq_timedsend_time64",
                                                 "nice",
                                                 "oldfstat",
                                                 "oldlstat",
                                                 "oldolduname",
                                                 "oldstat",
                                                 "olduname",
                                                 "pciconfig_iobase",
                                                 "pciconfig_read",
                                                 "pciconfig_write",
                                                 "ppoll_time64",
                                                 "prof",
                                                 "profil",
                                                 "pselect6_time64",
                                                 "readdir",
                                                 "recv",
                                                 "recvmmsg_time64",
                                                 "riscv_flush_icache",
                                                 "riscv_hwprobe",
                                                 "rt_sigtimedwait_time64",
                                                 "rtas",
                                                 "s390_pci_mmio_read",
                                                 "s390_pci_mmio_write",
                                                 "s390_runtime_instr",
                                                 "sched_rr_get_interval_time64",
                                                 "semtimedop_time64",
                                                 "send",
                                                 "sendfile64",
                                                 "set_tls",
                                                 "setfsgid32",
                                                 "setfsuid32",
                                                 "setgid32",
                                                 "setgroups32",
                                                 "setregid32",
                                                 "setresgid32",
                                                 "setresuid32",
                                                 "setreuid32",
                                                 "setuid32",
                                                 "sgetmask",
                                                 "sigaction",
                                                 "signal",
                                                 "sigpending",
                                                 "sigprocmask",
                                                 "sigreturn",
                                                 "sigsuspend",
                                                 "socketcall",
                                                 "ssetmask",
                                                 "stat64",
                                                 "statfs64",
                                                 "stime",
                                                 "stty",
                                                 "subpage_prot",
                                                 "swapcontext",
                                                 "switch_endian",
                                                 "sync_file_range2",
                                                 "sys_debug_setcontext",
                                                 "timer_gettime64",
                                                 "timer_settime64",
                                                 "timerfd_gettime64",
                                                 "timerfd_settime64",
                                                 "truncate64",
                                                 "ugetrlimit",
                                                 "ulimit",
                                                 "umount",
                                                 "utimensat_time64",
                                                 "vm86",
                                                 "vm86old",
                                                 "waitpid"}));
}

// Numbers that no kernel of today has behind them.
const std::set<std::string> kGone = {"_sysctl",         "afs_syscall",     "create_module",   "epoll_ctl_old",
                                     "epoll_wait_old",  "get_kernel_syms", "get_thread_area", "getpmsg",
                                     "nfsservctl",      "putpmsg",         "query_module",    "security",
                                     "set_thread_area", "tuxcall",         "uselib",          "vserver"};

TEST(words, the_arguments_of_every_call_are_known) {
  for (const std::string& call : words::words_of(words::WordTable::syscall)) {
    const auto types = words::argument_types(*words::find_word(words::WordTable::syscall, call));
    EXPECT_EQ(types.has_value(), !kGone.contains(call)) << call;
    EXPECT_LE(types ? types->size() : 0, 6u) << call;
  }
}

TEST(words, arguments_are_as_wide_as_the_kernel_reads_them) {
  const auto type = [](const char* call, size_t index) {
    const auto types = words::argument_types(*words::find_word(words::WordTable::syscall, call));
    const words::ArgumentType one = types->at(index);
    return (one.is_signed ? "s" : "u") + std::to_string(one.bits);
  };
  EXPECT_EQ(type("ioctl", 1), "u32");
  EXPECT_EQ(type("ioctl", 2), "u64");
  EXPECT_EQ(type("chmod", 1), "u16");
  EXPECT_EQ(type("openat", 0), "s32");
  EXPECT_EQ(type("openat", 3), "u16");
  EXPECT_EQ(type("fchmodat2", 2), "u16");
  EXPECT_EQ(type("lseek", 1), "s64");
  EXPECT_EQ(type("prctl", 0), "s32");
  EXPECT_EQ(type("prctl", 1), "u64");
  EXPECT_EQ(type("clone", 0), "u32");
}

TEST(words, calls_that_do_the_same_are_calls) {
  for (const std::string& call : words::words_of(words::WordTable::syscall))
    for (const std::string_view other : words::calls_that_do_the_same(call)) {
      EXPECT_TRUE(words::find_word(words::WordTable::syscall, other)) << call << " " << other;
      EXPECT_NE(other, call);
    }
  using Calls = std::vector<std::string_view>;
  EXPECT_EQ(words::calls_that_do_the_same("clone"), (Calls{"clone3"}));
  EXPECT_EQ(words::calls_that_do_the_same("openat"), (Calls{"open", "openat2"}));
  EXPECT_EQ(words::calls_that_do_the_same("clone3"), Calls{});
}

TEST(words, calls_of_other_machines_are_known_as_such) {
  EXPECT_EQ(words::foreign_call("socketcall"), "a call of 32-bit x86 (ia32)");
  EXPECT_EQ(words::foreign_call("mmap2"), "a call of 32-bit x86 (ia32)");
  EXPECT_EQ(words::foreign_call("sync_file_range2"), "a call of other machines than x86-64");
  EXPECT_EQ(words::foreign_call("chown"), "");
  EXPECT_EQ(words::foreign_call("chwon"), "");
  EXPECT_EQ(words::foreign_call("@basic-io"), "");
}

}  // namespace
}  // namespace stele
