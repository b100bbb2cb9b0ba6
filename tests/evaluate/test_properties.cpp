// Random policies and requests: the evaluator against the second reading, and the two promises of the language,
// that order never matters and that adding a constraint never weakens. Seeds are fixed; a failure prints its own.

#include <gtest/gtest.h>

#include <algorithm>

#include "compiler/evaluate/evaluate.h"
#include "tests/evaluate/random_world.h"
#include "tests/evaluate/second_reading.h"

namespace stele {
namespace {

using testing::RandomWorld;

constexpr unsigned kPolicies = 1000;
constexpr unsigned kRequests = 40;

TEST(Properties, AgreesWithTheSecondReading) {
  unsigned seen[4] = {};
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomWorld world(seed);
    const Policy policy = world.policy();
    for (unsigned i = 0; i < kRequests; ++i) {
      const evaluate::Subject subject = world.subject();
      const auto requests = world.requests();
      const evaluate::Decision decision = evaluate::evaluate(policy, subject, requests);
      const testing::SlowDecision expected = testing::slow_evaluate(policy, subject, requests);
      ASSERT_EQ(decision.verdict, expected.verdict) << "seed " << seed << " request " << i;
      ASSERT_EQ(decision.error, expected.error) << "seed " << seed << " request " << i;
      ++seen[static_cast<unsigned>(decision.verdict)];
    }
  }
  for (unsigned count : seen) EXPECT_GT(count, kPolicies * kRequests / 100) << "the worlds must reach every verdict";
}

TEST(Properties, TheDecidingConstraintAppliesAndSaysWhatWasDecided) {
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomWorld world(seed);
    const Policy policy = world.policy();
    const evaluate::Subject subject = world.subject();
    const auto requests = world.requests();
    const evaluate::Decision decision = evaluate::evaluate(policy, subject, requests);
    ASSERT_EQ(decision.constraint.has_value(), decision.verdict != evaluate::Verdict::allow);
    if (!decision.constraint) continue;
    const Constraint& constraint = policy.constraints[*decision.constraint];
    EXPECT_TRUE(evaluate::applies(policy, constraint, subject, requests[decision.request]));
    EXPECT_EQ(static_cast<int>(decision.verdict), static_cast<int>(constraint.effect) + 1);
  }
}

TEST(Properties, EveryReasonIsGivenAndSaysNoOtherThing) {
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomWorld world(seed);
    const Policy policy = world.policy();
    const evaluate::Subject subject = world.subject();
    for (const evaluate::Request& request : world.requests()) {
      for (const Constraint& constraint : policy.constraints) {
        const evaluate::Application application = evaluate::apply(policy, constraint, subject, request);
        EXPECT_EQ(application.applies, evaluate::applies(policy, constraint, subject, request)) << "seed " << seed;
        EXPECT_FALSE(application.reason.empty()) << "seed " << seed;
      }
    }
  }
}

TEST(Properties, OrderNeverMatters) {
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomWorld world(seed);
    const Policy policy = world.policy();
    Policy shuffled = policy;
    std::shuffle(shuffled.constraints.begin(), shuffled.constraints.end(), world.random());
    for (unsigned i = 0; i < kRequests; ++i) {
      const evaluate::Subject subject = world.subject();
      const auto requests = world.requests();
      const evaluate::Decision one = evaluate::evaluate(policy, subject, requests),
                               other = evaluate::evaluate(shuffled, subject, requests);
      ASSERT_EQ(one.verdict, other.verdict) << "seed " << seed;
      ASSERT_EQ(one.error, other.error) << "seed " << seed;
    }
  }
}

TEST(Properties, AddingAConstraintNeverWeakens) {
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    RandomWorld world(seed);
    const Policy full = world.policy();
    Policy fewer = full;
    fewer.constraints.erase(fewer.constraints.begin() + world.below(static_cast<uint32_t>(full.constraints.size())));
    for (unsigned i = 0; i < kRequests; ++i) {
      const evaluate::Subject subject = world.subject();
      const auto requests = world.requests();
      ASSERT_LE(evaluate::evaluate(fewer, subject, requests).verdict,
                evaluate::evaluate(full, subject, requests).verdict)
          << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace stele
