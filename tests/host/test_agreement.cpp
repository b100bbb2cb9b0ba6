// Random policies × random requests: the generated C must decide as the evaluator does, constraint for constraint.
// Seeds are fixed, and one is new in every run; a failure names its seed.

#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "compiler/evaluate/evaluate.h"
#include "compiler/lower/lower.h"
#include "compiler/scenario/compare.h"
#include "compiler/scenario/run_host.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/sema/print.h"
#include "tests/host/world.h"

namespace stele {
namespace {

using namespace scenario;
using testing::Flavour;
using testing::World;

constexpr size_t kQuestions = 4000;
constexpr size_t kShown = 5;  // disagreements printed

Outcome expected_outcome(const Policy& policy, const Case& question) {
  const evaluate::Decision decision = evaluate::evaluate(policy, question.subject, question.requests);
  Outcome outcome;
  outcome.verdict = decision.verdict;
  outcome.error = decision.error;
  outcome.event = decision.event;
  if (decision.constraint) outcome.rule = policy.rules[policy.constraints[*decision.constraint].rule].name;
  return outcome;
}

bool agree(const Outcome& one, const Outcome& other) {
  return one.trouble.empty() && one.verdict == other.verdict && one.error == other.error && one.event == other.event &&
         one.rule == other.rule;
}

/// Puts `kQuestions` to the policy of that seed. Returns how often each verdict came.
void expect_agreement(unsigned seed, Flavour flavour, HostLayout layout, std::array<size_t, 4>& ret_seen) {
  World world(seed, flavour);
  const Policy policy = world.policy();
  const auto mounts = world.mounts(policy);
  diag::Sink sink;
  const auto module = lower::lower(policy, sink);
  ASSERT_TRUE(module) << sink.all().at(0).message;
  const auto programs = HostPrograms::compile(*module, layout);
  ASSERT_TRUE(programs) << programs.error().message;
  std::vector<Case> questions;
  for (size_t i = 0; i < kQuestions; i++) questions.push_back(world.question(policy, mounts));
  const auto outcomes = programs->decide(mounts, questions);
  ASSERT_TRUE(outcomes) << outcomes.error().message;
  size_t shown = 0;
  for (size_t i = 0; i < questions.size() && shown < kShown; i++) {
    const Outcome expected = expected_outcome(policy, questions[i]);
    ret_seen[static_cast<size_t>(*expected.verdict)]++;
    if (agree((*outcomes)[i], expected)) continue;
    shown++;
    ADD_FAILURE() << "seed " << seed << ", question " << i << ": " << testing::question_text(questions[i])
                  << (shown == 1 ? "\n" + sema::policy_text(policy) : "") << "\nevaluator: " << outcome_text(expected)
                  << "\nhost: " << outcome_text((*outcomes)[i]);
  }
}

class Agreement : public ::testing::TestWithParam<int> {};

TEST_P(Agreement, FixedSeeds) {
  std::array<size_t, 4> seen{};
  for (unsigned i = 0; i < 3; i++)
    expect_agreement(static_cast<unsigned>(GetParam()) * 10 + i, static_cast<Flavour>(GetParam()),
                     i % 2 ? HostLayout::linux_7_2 : HostLayout::linux_6_1, seen);
  for (size_t count : seen) EXPECT_GT(count, kQuestions / 100) << "these policies do not reach every verdict";
}

INSTANTIATE_TEST_SUITE_P(Flavours, Agreement, ::testing::Range(0, testing::kFlavours));

/// A seed that failed once: paths of 64 components.
TEST(Agreement, OldSeed) {
  std::array<size_t, 4> seen{};
  expect_agreement(2551754887u, static_cast<Flavour>(2551754887u % testing::kFlavours), HostLayout::linux_6_1, seen);
}

/// STELE_SEED=N repeats one.
TEST(Agreement, NewSeed) {
  const char* given = std::getenv("STELE_SEED");
  const unsigned seed = given ? static_cast<unsigned>(std::strtoul(given, nullptr, 10)) : std::random_device{}();
  std::cout << "seed " << seed << "\n";
  std::array<size_t, 4> seen{};
  expect_agreement(seed, static_cast<Flavour>(seed % testing::kFlavours), HostLayout::linux_6_1, seen);
}

}  // namespace
}  // namespace stele
