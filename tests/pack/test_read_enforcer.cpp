// Reading an enforcer back, whole and damaged.

#include <gtest/gtest.h>

#include "runtime/abi.h"
#include "tests/enforcer/fixture.h"

namespace {

std::string enforcer_bytes() {
  auto plan = stele::make_plan(read_bytes(FIXTURES "/policy.bpf.o"), fixture_input());
  EXPECT_TRUE(plan) << plan.error().message;
  auto enforcer = stele::link_enforcer(stele::enforcer_stub(), *plan);
  EXPECT_TRUE(enforcer) << enforcer.error().message;
  return *enforcer;
}

}  // namespace

TEST(ReadEnforcer, ShowsWhatWasPacked) {
  std::string bytes = enforcer_bytes();
  auto info = stele::read_enforcer(bytes);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->policy_name, "fixture");
  EXPECT_EQ(info->policy_version, "1.0.0");
  EXPECT_EQ(info->manifest, "{\"policy\":\"fixture\"}");
  EXPECT_EQ(info->min_kernel, 0x060100u);
  EXPECT_EQ(info->file_bytes, bytes.size());
  EXPECT_EQ(info->stub_bytes + info->plan_bytes, bytes.size());
  EXPECT_EQ(info->constraints, 2u);
  EXPECT_EQ(info->states, 9u);
  EXPECT_EQ(info->edges, 7u);
  ASSERT_EQ(info->programs.size(), 6u);
  ASSERT_EQ(info->maps.size(), 4u);
  bool file_truncate = false;
  for (const auto& program : info->programs)
    file_truncate |= program.hook == "file_truncate" && program.if_hook_exists && program.instructions == 2;
  EXPECT_TRUE(file_truncate);
}

TEST(ReadEnforcer, RefusesEveryTruncation) {
  std::string bytes = enforcer_bytes();
  for (size_t length = 0; length < bytes.size(); length += length < 1024 ? 1 : 7)
    EXPECT_FALSE(stele::read_enforcer(bytes.substr(0, length))) << length;
  EXPECT_FALSE(stele::read_enforcer(bytes.substr(0, bytes.size() - 1)));
}

TEST(ReadEnforcer, SurvivesRandomFlips) {
  const std::string bytes = enforcer_bytes();
  const size_t plan = stele::read_enforcer(bytes)->stub_bytes;
  uint32_t random = 1;
  for (int i = 0; i < 20000; i++) {
    std::string damaged = bytes;
    random = random * 1664525 + 1013904223;
    // The program headers, or the plan, whose checksum must notice.
    size_t at = i % 2 ? (random >> 8) % 512 : plan + (random >> 8) % (bytes.size() - plan);
    damaged[at] ^= static_cast<char>(1 << (random & 7));
    auto info = stele::read_enforcer(damaged);
    EXPECT_TRUE(i % 2 || !info) << at;
  }
}

/// Behind a valid checksum every table must still be bounded.
TEST(ReadEnforcer, SurvivesFlipsWithARepairedChecksum) {
  const std::string bytes = enforcer_bytes();
  const size_t plan = stele::read_enforcer(bytes)->stub_bytes;
  uint32_t random = 7;
  for (int i = 0; i < 20000; i++) {
    std::string damaged = bytes;
    random = random * 1664525 + 1013904223;
    size_t span = i % 2 ? sizeof(stele_plan) : bytes.size() - plan;
    damaged[plan + (random >> 8) % span] ^= static_cast<char>(1 << (random & 7));
    uint64_t sum = 0xcbf29ce484222325u;
    for (size_t k = plan + 24; k < damaged.size(); k++)
      sum = (sum ^ static_cast<unsigned char>(damaged[k])) * 0x100000001b3u;
    for (int k = 0; k < 8; k++) damaged[plan + 16 + k] = static_cast<char>(sum >> (8 * k));
    (void)stele::read_enforcer(damaged);
  }
}

TEST(LinkEnforcer, RefusesBadParts) {
  std::string plan = *stele::make_plan(read_bytes(FIXTURES "/policy.bpf.o"), fixture_input());
  EXPECT_FALSE(stele::link_enforcer("", plan));
  EXPECT_FALSE(stele::link_enforcer(enforcer_bytes(), plan)) << "holds a plan already";
  plan.back() = 'x';
  EXPECT_FALSE(stele::link_enforcer(stele::enforcer_stub(), plan));
}
