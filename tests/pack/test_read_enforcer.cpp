// Reading an enforcer back, whole and damaged.

#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>

#include "compiler/pack/checksum.h"
#include "compiler/pack/packed_data.h"
#include "compiler/pack/plan_check.h"
#include "runtime/abi.h"
#include "tests/enforcer/fixture.h"

namespace {

std::string fixture_plan() {
  auto plan = stele::pack::make_plan(read_bytes(FIXTURES "/policy.bpf.o"), fixture_input());
  EXPECT_TRUE(plan) << plan.error().message;
  return *plan;
}

std::string enforcer_bytes() {
  auto enforcer = stele::pack::link_enforcer(stele::pack::enforcer_stub(), fixture_plan());
  EXPECT_TRUE(enforcer) << enforcer.error().message;
  return *enforcer;
}

}  // namespace

TEST(ReadEnforcer, ShowsWhatWasPacked) {
  std::string bytes = enforcer_bytes();
  auto info = stele::pack::read_enforcer(bytes);
  ASSERT_TRUE(info) << info.error().message;
  EXPECT_EQ(info->policy_name, "fixture");
  EXPECT_EQ(info->policy_version, "1.0.0");
  EXPECT_EQ(info->manifest, "{\"policy\":\"fixture\"}");
  EXPECT_EQ(info->min_kernel, 0x060100u);
  EXPECT_EQ(info->file_bytes, bytes.size());
  EXPECT_EQ(info->stub_bytes + info->plan_bytes, bytes.size());
  EXPECT_GT(info->unpacked_bytes, info->plan_bytes / 2);
  EXPECT_EQ(info->constraints, 2u);
  EXPECT_EQ(info->states, 9u);
  EXPECT_EQ(info->edges, 7u);
  ASSERT_EQ(info->programs.size(), 7u);
  ASSERT_EQ(info->maps.size(), 5u);
  bool inode_set_acl = false;
  for (const auto& program : info->programs)
    inode_set_acl |= program.hook == "inode_set_acl" && program.if_hook_exists && program.instructions == 2;
  EXPECT_TRUE(inode_set_acl);
}

TEST(ReadEnforcer, RefusesEveryTruncation) {
  std::string bytes = enforcer_bytes();
  for (size_t length = 0; length < bytes.size(); length += length < 1024 ? 1 : 7)
    EXPECT_FALSE(stele::pack::read_enforcer(bytes.substr(0, length))) << length;
  EXPECT_FALSE(stele::pack::read_enforcer(bytes.substr(0, bytes.size() - 1)));
}

TEST(ReadEnforcer, SurvivesRandomFlips) {
  const std::string bytes = enforcer_bytes();
  const size_t plan = stele::pack::read_enforcer(bytes)->stub_bytes;
  uint32_t random = 1;
  for (int i = 0; i < 20000; i++) {
    std::string damaged = bytes;
    random = random * 1664525 + 1013904223;
    // The program headers, or the plan, whose checksum must notice.
    size_t at = i % 2 ? (random >> 8) % 512 : plan + (random >> 8) % (bytes.size() - plan);
    damaged[at] ^= static_cast<char>(1 << (random & 7));
    auto info = stele::pack::read_enforcer(damaged);
    EXPECT_TRUE(i % 2 || !info) << at;
  }
}

/// Behind a valid checksum every table must still be bounded: what check_plan accepts can be packed and read.
TEST(ReadEnforcer, SurvivesFlipsWithARepairedChecksum) {
  const std::string plan = fixture_plan();
  uint32_t random = 7, accepted = 0;
  for (int i = 0; i < 20000; i++) {
    std::string damaged = plan;
    random = random * 1664525 + 1013904223;
    size_t span = i % 2 ? sizeof(stele_plan) : plan.size();
    damaged[(random >> 8) % span] ^= static_cast<char>(1 << (random & 7));
    uint64_t sum = stele::pack::plan_checksum(damaged);
    std::memcpy(damaged.data() + offsetof(stele_plan, checksum), &sum, sizeof(sum));
    if (!stele::pack::check_plan(damaged).empty() || i % 32) continue;
    auto enforcer = stele::pack::link_enforcer(stele::pack::enforcer_stub(), damaged);
    ASSERT_TRUE(enforcer) << enforcer.error().message;
    EXPECT_TRUE(stele::pack::read_enforcer(*enforcer));
    accepted++;
  }
  EXPECT_GT(accepted, 0u);
}

/// Bytes → packed → bytes, from nothing to a text with long repeats.
TEST(PackedData, ComesBackAsItWas) {
  for (size_t size : {0u, 1u, 100u, 70000u}) {
    std::string constants = "stub", plan;
    for (size_t i = 0; i < size; i++) plan += static_cast<char>(i * i / 7);
    auto data = stele::pack::unpack_data(stele::pack::pack_data(constants, plan));
    EXPECT_EQ(data.plan, plan);
    EXPECT_EQ(data.constants, constants + std::string(12, '\0'));
  }
}

TEST(LinkEnforcer, RefusesBadParts) {
  std::string plan = *stele::pack::make_plan(read_bytes(FIXTURES "/policy.bpf.o"), fixture_input());
  EXPECT_FALSE(stele::pack::link_enforcer("", plan));
  EXPECT_FALSE(stele::pack::link_enforcer(enforcer_bytes(), plan)) << "holds a plan already";
  plan.back() = 'x';
  EXPECT_FALSE(stele::pack::link_enforcer(stele::pack::enforcer_stub(), plan));
}
