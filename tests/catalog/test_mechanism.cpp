// The facts agree with the language's words and with what is enforced, and say of each kernel what they should.

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/catalog/catalog.h"
#include "compiler/catalog/mechanism.h"
#include "dsl/words/words.h"

namespace stele {
namespace {

constexpr uint32_t k6_1 = 0x060100, k6_6 = 0x060600, k6_12 = 0x060c00, k7_2 = 0x070200;

uint32_t number_of(std::string_view name) {
  return static_cast<uint32_t>(words::find_word(words::WordTable::syscall, name).value());
}

bool has(const std::vector<std::string_view>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

TEST(catalogue, has_every_system_call_of_the_language) {
  const auto numbers = catalog::catalogued_syscalls();
  EXPECT_EQ(numbers.size(), words::words_of(words::WordTable::syscall).size());
  for (uint32_t number : numbers) EXPECT_NE(words::word_of(words::WordTable::syscall, number), "") << number;
}

TEST(catalogue, enforced_operations_are_prevented_by_the_hooks_that_have_programs) {
  for (const catalog::Kernel& kernel : catalog::kernels())
    for (uint32_t number = 0; number < kOpCount; ++number) {
      const Op op = static_cast<Op>(number);
      const catalog::Mechanism& found = catalog::mechanism(op, kernel.version);
      EXPECT_EQ(found.enforced, has_programs(op)) << number;
      if (!found.enforced) continue;
      EXPECT_EQ(found.guarantee, catalog::Guarantee::prevent) << number;
      for (const catalog::HookInfo& hook : catalog::hooks())
        EXPECT_EQ(has(found.hooks, hook.name), (hook.ops & op_bit(op)) != 0 && hook.since <= kernel.version)
            << hook.name;
    }
}

TEST(catalogue, what_is_prevented_has_a_hook) {
  for (const catalog::Kernel& kernel : catalog::kernels()) {
    for (uint32_t number = 0; number < kOpCount; ++number) {
      const catalog::Mechanism& found = catalog::mechanism(static_cast<Op>(number), kernel.version);
      EXPECT_TRUE(found.guarantee != catalog::Guarantee::prevent || !found.hooks.empty()) << number;
      EXPECT_NE(found.guarantee, catalog::Guarantee::observe) << number;
    }
    for (uint32_t number : catalog::catalogued_syscalls()) {
      const catalog::Mechanism& found = catalog::syscall_mechanism(number, kernel.version);
      EXPECT_TRUE(found.guarantee != catalog::Guarantee::prevent || !found.hooks.empty() || !found.note.empty())
          << number;
    }
  }
}

TEST(catalogue, system_calls) {
  struct {
    const char* name;
    catalog::Guarantee on_6_1, on_6_12, on_7_2;
  } const cases[] = {
      {"mount", catalog::Guarantee::prevent, catalog::Guarantee::prevent, catalog::Guarantee::prevent},
      {"io_uring_setup", catalog::Guarantee::prevent, catalog::Guarantee::prevent, catalog::Guarantee::prevent},
      {"open", catalog::Guarantee::terminate, catalog::Guarantee::terminate, catalog::Guarantee::terminate},
      {"seccomp", catalog::Guarantee::terminate, catalog::Guarantee::terminate, catalog::Guarantee::terminate},
      {"memfd_create", catalog::Guarantee::terminate, catalog::Guarantee::terminate, catalog::Guarantee::prevent},
      {"mseal", catalog::Guarantee::prevent, catalog::Guarantee::terminate,
       catalog::Guarantee::terminate},  // 6.1 does not have it
      {"file_setattr", catalog::Guarantee::prevent, catalog::Guarantee::prevent, catalog::Guarantee::prevent},
  };
  for (const auto& one : cases) {
    EXPECT_EQ(catalog::syscall_mechanism(number_of(one.name), k6_1).guarantee, one.on_6_1) << one.name;
    EXPECT_EQ(catalog::syscall_mechanism(number_of(one.name), k6_12).guarantee, one.on_6_12) << one.name;
    EXPECT_EQ(catalog::syscall_mechanism(number_of(one.name), k7_2).guarantee, one.on_7_2) << one.name;
  }
}

TEST(catalogue, a_hook_counts_from_the_kernel_that_calls_it) {
  EXPECT_FALSE(has(catalog::syscall_mechanism(number_of("splice"), k6_1).hooks, "socket_sendmsg"));
  EXPECT_TRUE(has(catalog::syscall_mechanism(number_of("splice"), k6_12).hooks, "socket_sendmsg"));
  EXPECT_FALSE(has(catalog::mechanism(Op::bpf_prog_load, k6_1).hooks, "bpf_prog_load"));
  EXPECT_TRUE(has(catalog::mechanism(Op::bpf_prog_load, k6_12).hooks, "bpf_prog_load"));
  EXPECT_TRUE(has(catalog::mechanism(Op::kernel_io_uring, k7_2).hooks, "uring_allowed"));
  EXPECT_FALSE(has(catalog::mechanism(Op::file_xattr, k6_1).hooks, "inode_set_acl"));
}

TEST(catalogue, a_call_that_no_kernel_has_is_prevented_by_the_kernel) {
  const catalog::Mechanism& found = catalog::syscall_mechanism(100000, k7_2);
  EXPECT_EQ(found.guarantee, catalog::Guarantee::prevent);
  EXPECT_TRUE(found.hooks.empty());
  EXPECT_EQ(found.note, "this kernel does not have the call");
}

TEST(catalogue, a_kernel_speaks_for_those_up_to_the_next) {
  EXPECT_EQ(&catalog::mechanism(Op::cap, k6_6), &catalog::mechanism(Op::cap, k6_1));
  EXPECT_EQ(&catalog::mechanism(Op::cap, 0x070000), &catalog::mechanism(Op::cap, k6_12));
  EXPECT_EQ(&catalog::mechanism(Op::cap, 0xffffff), &catalog::mechanism(Op::cap, k7_2));
}

std::vector<uint32_t> versions(uint32_t first, uint32_t last) {
  Target target;
  target.min_version = first;
  target.max_version = last;
  std::vector<uint32_t> found;
  for (const catalog::Kernel& kernel : catalog::kernels_of(target)) found.push_back(kernel.version);
  return found;
}

TEST(catalogue, kernels_of_a_target) {
  EXPECT_EQ(versions(k6_1, 0xffffff), (std::vector<uint32_t>{k6_1, k6_12, k7_2}));
  EXPECT_EQ(versions(k6_6, 0xffffff), (std::vector<uint32_t>{k6_12, k7_2}));
  EXPECT_EQ(versions(k6_12, k6_12), (std::vector<uint32_t>{k6_12}));
  EXPECT_EQ(versions(k6_6, 0x060800), (std::vector<uint32_t>{k6_1, k6_12}));
  EXPECT_EQ(versions(0x080000, 0xffffff), (std::vector<uint32_t>{k7_2}));
}

}  // namespace
}  // namespace stele
