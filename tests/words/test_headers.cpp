// Numbers against the headers of the system that builds: what a header has must agree, and the headers of Linux 6.1 or
// later have most of it.

#include <gtest/gtest.h>
#include <linux/bpf.h>

#include <map>
#include <string>

#include "dsl/words/words.h"
#include "tests/words/header_word.h"

namespace stele {
namespace {

const std::map<std::string_view, words::WordTable> kTables = {
    {"syscall", words::WordTable::syscall},
    {"capability", words::WordTable::capability},
    {"family", words::WordTable::family},
    {"socket_type", words::WordTable::socket_type},
    {"protocol", words::WordTable::protocol},
    {"netlink_protocol", words::WordTable::netlink_protocol},
    {"argument_constant", words::WordTable::argument_constant}};

std::map<std::string_view, size_t> compare(const header_word* words) {
  std::map<std::string_view, size_t> compared;
  for (; words->table; ++words) {
    EXPECT_EQ(words::find_word(kTables.at(words->table), words->name), words->number)
        << words->table << " " << words->name;
    ++compared[words->table];
  }
  return compared;
}

TEST(headers, of_the_kernel_agree) {
  auto compared = compare(kernel_header_words);
  EXPECT_GE(compared["syscall"], 362u);
  EXPECT_EQ(compared["capability"], 41u);
  EXPECT_GE(compared["protocol"], 30u);
  EXPECT_GE(compared["netlink_protocol"], 20u);
  EXPECT_GE(compared["argument_constant"], 800u);
}

TEST(headers, of_the_c_library_agree) {
  auto compared = compare(library_header_words);
  EXPECT_GE(compared["family"], 45u);
  EXPECT_EQ(compared["socket_type"], 7u);
  EXPECT_GE(compared["argument_constant"], 80u);
}

TEST(headers, types_of_bpf) {
  const std::pair<const char*, uint64_t> programs[] = {
      {"kprobe", BPF_PROG_TYPE_KPROBE},         {"xdp", BPF_PROG_TYPE_XDP},
      {"tracing", BPF_PROG_TYPE_TRACING},       {"lsm", BPF_PROG_TYPE_LSM},
      {"struct_ops", BPF_PROG_TYPE_STRUCT_OPS}, {"syscall", BPF_PROG_TYPE_SYSCALL}};
  for (const auto& [name, number] : programs)
    EXPECT_EQ(words::find_word(words::WordTable::bpf_program, name), number) << name;
  const std::pair<const char*, uint64_t> maps[] = {
      {"hash", BPF_MAP_TYPE_HASH},       {"array", BPF_MAP_TYPE_ARRAY},   {"lpm_trie", BPF_MAP_TYPE_LPM_TRIE},
      {"ringbuf", BPF_MAP_TYPE_RINGBUF}, {"xskmap", BPF_MAP_TYPE_XSKMAP}, {"user_ringbuf", BPF_MAP_TYPE_USER_RINGBUF}};
  for (const auto& [name, number] : maps) EXPECT_EQ(words::find_word(words::WordTable::bpf_map, name), number) << name;
}

}  // namespace
}  // namespace stele
