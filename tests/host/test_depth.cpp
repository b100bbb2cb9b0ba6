// The walk goes 16 components at a time and stops below the deepest pattern: a tree that a policy names reaches further
// down than the longest of its names.

#include <gtest/gtest.h>

#include "compiler/lower/lower.h"
#include "compiler/scenario/run_host.h"
#include "dsl/diag/diagnostic.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

using namespace scenario;

std::string deep(uint32_t components) {
  std::string path;
  for (uint32_t i = 0; i < components; i++) path += "/d";
  return path;
}

class Depth : public ::testing::TestWithParam<uint32_t> {};

/// deny read on /d/**, and a name of that many components in the same tree: every depth below it is still in the tree.
TEST_P(Depth, ATreeReachesBelowTheDeepestName) {
  testing::Builder builder;
  builder.add(Effect::deny, op_bit(Op::file_read), builder.set({"/d/**"}));
  builder.add(Effect::audit, op_bit(Op::file_write), builder.set({deep(GetParam())}));
  diag::Sink sink;
  const auto module = lower::lower(builder.policy(), sink);
  ASSERT_TRUE(module);
  const auto programs = HostPrograms::compile(*module, HostLayout::linux_6_1);
  ASSERT_TRUE(programs) << programs.error().message;
  std::vector<Case> cases;
  for (uint32_t depth = 1; depth <= kMaxDepth + 2; depth++) {
    Case one;
    one.subject.exe = "/x";
    one.requests = {{Op::file_read, deep(depth)}};
    cases.push_back(one);
  }
  const auto outcomes = programs->decide({}, cases);
  ASSERT_TRUE(outcomes) << outcomes.error().message;
  for (uint32_t depth = 1; depth <= kMaxDepth + 2; depth++) {
    const Outcome& outcome = (*outcomes)[depth - 1];
    EXPECT_EQ(outcome.trouble, "");
    EXPECT_EQ(outcome.verdict, depth > 1 ? evaluate::Verdict::deny : evaluate::Verdict::allow) << "at depth " << depth;
  }
}
INSTANTIATE_TEST_SUITE_P(, Depth, ::testing::Values(15, 16, 17, 32, 48, 64));

}  // namespace
}  // namespace stele
