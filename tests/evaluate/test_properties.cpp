// Random policies and requests: the evaluator against the second reading, and the two promises of the language,
// that order never matters and that adding a constraint never weakens. Seeds are fixed; a failure prints its own.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "compiler/evaluate/evaluate.h"
#include "tests/evaluate/builder.h"
#include "tests/evaluate/second_reading.h"

namespace stele {
namespace {

using testing::Builder;

constexpr unsigned kPolicies = 400;
constexpr unsigned kRequests = 60;

/// Small alphabets, so that things meet.
class World {
public:
  explicit World(unsigned seed) : random_(seed) {}

  uint32_t below(uint32_t limit) { return std::uniform_int_distribution<uint32_t>(0, limit - 1)(random_); }

  Policy policy() {
    Builder builder;
    const uint32_t sets = 1 + below(4);
    for (uint32_t i = 0; i < sets; ++i) {
      std::vector<std::string> patterns(below(4));
      for (std::string& text : patterns) text = pattern();
      builder.set(patterns);
    }
    const uint32_t constraints = 1 + below(6);
    for (uint32_t i = 0; i < constraints; ++i) {
      Constraint& one = builder.add(static_cast<Effect>(below(3)), 1 + below(7), below(sets));
      one.form = below(3) ? Form::on_listed : Form::only_listed;
      one.reach = below(3) ? Reach::listed : Reach::listed_or_above;
      if (below(2)) one.subject = condition(sets, 2);
      if (below(2)) one.exception = condition(sets, 2);
      one.error = 1 + static_cast<int>(below(3));
    }
    return builder.policy();
  }

  Subject subject() {
    Subject subject;
    subject.uid = below(4), subject.euid = below(4), subject.gid = below(4), subject.egid = below(4);
    for (uint32_t i = below(3); i > 0; --i) subject.groups.push_back(below(4));
    if (below(8)) subject.exe = path();
    return subject;
  }

  std::vector<Request> requests() {
    std::vector<Request> requests(1 + below(3));
    for (Request& request : requests) {
      request.op = static_cast<Op>(below(3));
      if (below(10)) request.path = path();
    }
    return requests;
  }

  std::mt19937& random() { return random_; }

private:
  std::string pattern() {
    std::string text;
    const char* const parts[] = {"/a", "/b", "/c", "/*", "/**"};
    for (uint32_t i = below(5); i > 0; --i) text += parts[below(5)];
    return text.empty() ? "/" : text;
  }

  std::string path() {
    std::string text;
    if (!below(12)) return text + "/" + std::string(256, 'a');
    const uint32_t depth = below(12) ? below(5) : 64 + below(3);
    const char* const parts[] = {"/a", "/b", "/c", "/d"};
    for (uint32_t i = depth; i > 0; --i) text += parts[below(4)];
    return text.empty() ? "/" : text;
  }

  Condition condition(uint32_t sets, uint32_t depth) {
    const uint32_t kind = below(depth ? 5 : 2);
    if (kind == 0) return testing::ids(static_cast<Field>(below(4)), {{below(2), 1 + below(3)}});
    if (kind == 1) return testing::exe(below(sets));
    if (kind == 2) return testing::inverse(condition(sets, depth - 1));
    std::vector<Condition> operands(below(3));
    for (Condition& operand : operands) operand = condition(sets, depth - 1);
    return kind == 3 ? testing::all(operands) : testing::any(operands);
  }

  std::mt19937 random_;
};

TEST(Properties, AgreesWithTheSecondReading) {
  unsigned seen[4] = {};
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    World world(seed);
    const Policy policy = world.policy();
    for (unsigned i = 0; i < kRequests; ++i) {
      const Subject subject = world.subject();
      const auto requests = world.requests();
      const Decision decision = evaluate(policy, subject, requests);
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
    World world(seed);
    const Policy policy = world.policy();
    const Subject subject = world.subject();
    const auto requests = world.requests();
    const Decision decision = evaluate(policy, subject, requests);
    ASSERT_EQ(decision.constraint.has_value(), decision.verdict != Verdict::allow);
    if (!decision.constraint) continue;
    const Constraint& constraint = policy.constraints[*decision.constraint];
    EXPECT_TRUE(apply(policy, constraint, subject, requests[decision.request]).applies);
    EXPECT_EQ(static_cast<int>(decision.verdict), static_cast<int>(constraint.effect) + 1);
  }
}

TEST(Properties, OrderNeverMatters) {
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    World world(seed);
    const Policy policy = world.policy();
    Policy shuffled = policy;
    std::shuffle(shuffled.constraints.begin(), shuffled.constraints.end(), world.random());
    for (unsigned i = 0; i < kRequests; ++i) {
      const Subject subject = world.subject();
      const auto requests = world.requests();
      const Decision one = evaluate(policy, subject, requests), other = evaluate(shuffled, subject, requests);
      ASSERT_EQ(one.verdict, other.verdict) << "seed " << seed;
      ASSERT_EQ(one.error, other.error) << "seed " << seed;
    }
  }
}

TEST(Properties, AddingAConstraintNeverWeakens) {
  for (unsigned seed = 0; seed < kPolicies; ++seed) {
    World world(seed);
    const Policy full = world.policy();
    Policy fewer = full;
    fewer.constraints.erase(fewer.constraints.begin() + world.below(static_cast<uint32_t>(full.constraints.size())));
    for (unsigned i = 0; i < kRequests; ++i) {
      const Subject subject = world.subject();
      const auto requests = world.requests();
      ASSERT_LE(evaluate(fewer, subject, requests).verdict, evaluate(full, subject, requests).verdict)
          << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace stele
