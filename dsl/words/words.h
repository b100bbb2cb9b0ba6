#pragma once

// The words that the policy language takes from Linux, with their numbers: system calls and systemd's groups of them,
// capabilities, families and types of sockets, and so on. Each table is data of its own (*.def), names its source, and
// is checked when it is compiled: sorted, no word twice.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stele::words {

enum class WordTable : uint8_t {
  syscall,           // of x86-64: "openat"
  capability,        // "NET_RAW"
  family,            // of sockets: "inet", "unix" (or "local"), "packet"
  socket_type,       // "stream", "raw"
  protocol,          // of IP: "tcp", "icmpv6"
  netlink_protocol,  // "route", "audit"
  bpf_program,       // "kprobe", "lsm"
  bpf_map,           // "hash", "ringbuf"
  tty,               // kinds of controlling terminals: "none", "pty"
  argument_constant  // for tests of syscall arguments: "CLONE_NEWUSER"
};

/// Number of the word, byte by byte as written in the table; nullopt: no such word.
std::optional<uint64_t> find_word(WordTable table, std::string_view name);
/// Its name, empty when it has none. Of several (constants only) the first in byte order; never an alias.
std::string_view word_of(WordTable table, uint64_t number);
/// The largest number that has a name.
uint64_t last_number(WordTable table);
/// All names with aliases, in byte order.
std::vector<std::string> words_of(WordTable table);

/// How the kernel reads an argument of a system call: so many low bits, with a sign or without.
struct ArgumentType {
  uint32_t bits = 64;
  bool is_signed = false;
};
/// By the call's number. nullopt: the table does not have the call.
std::optional<std::vector<ArgumentType>> argument_types(uint64_t call);

/// Calls that do what this one does (syscall_same.def), in byte order.
std::vector<std::string_view> calls_that_do_the_same(std::string_view call);

/// What a name that is no system call of x86-64 is elsewhere: "a call of 32-bit x86 (ia32)"; empty: nothing known.
std::string_view foreign_call(std::string_view name);

/// Numbers of the x86-64 system calls in the group (name with '@'), ascending, groups within groups expanded; members
/// that x86-64 does not have are left out. nullopt: no such group.
std::optional<std::vector<uint32_t>> syscall_group(std::string_view name);
/// Names of all groups with their '@', in byte order.
std::vector<std::string> syscall_groups();
/// The group's members as systemd lists them: system calls of any architecture and groups. Empty: no such group.
std::vector<std::string_view> syscall_group_members(std::string_view name);

}  // namespace stele::words
