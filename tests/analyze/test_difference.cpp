// Differences between two policies: against trying every request of a small world, and by hand.

#include <gtest/gtest.h>

#include <map>
#include <stdexcept>

#include "compiler/analyze/difference.h"
#include "tests/analyze/small_world.h"

namespace stele {
namespace {

using testing::Builder;
using testing::SmallWorld;
using testing::Theme;

constexpr unsigned kSeeds = 24;

class Differences : public ::testing::TestWithParam<Theme> {};

TEST_P(Differences, AreThoseOfEveryRequest) {
  std::map<analyze::Change, unsigned> seen;
  unsigned other_errors = 0;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SmallWorld world(GetParam(), seed);
    const Policy before = world.policy();
    Policy after = world.variant(before);
    for (Constraint& one : after.constraints)
      if (seed % 2 == 1 && one.effect != Effect::audit) one.error = 3 - one.error;
    const std::vector<evaluate::Request> requests = world.requests();
    OpSet wider = 0, narrower = 0;
    std::map<std::pair<int, int>, OpSet> errors, logs;  // by old and new, where the verdicts are the same
    for (const evaluate::Subject& subject : world.subjects()) {
      for (const evaluate::Request& request : requests) {
        const evaluate::Decision a = evaluate::evaluate(before, subject, {request}),
                                 b = evaluate::evaluate(after, subject, {request});
        if (b.verdict < a.verdict) wider |= op_bit(request.op);
        if (a.verdict < b.verdict) narrower |= op_bit(request.op);
        if (a.verdict != b.verdict || a.verdict == evaluate::Verdict::allow) continue;
        if (a.error != b.error) errors[{a.error, b.error}] |= op_bit(request.op);
        const auto old_log = static_cast<int>(before.constraints[*a.constraint].log);
        const auto new_log = static_cast<int>(after.constraints[*b.constraint].log);
        if (old_log != new_log) logs[{old_log, new_log}] |= op_bit(request.op);
      }
    }
    const analyze::Difference difference = analyze::diff(before, after);
    EXPECT_EQ(difference.unfinished, "");
    OpSet found_wider = 0, found_narrower = 0;
    for (const analyze::ClassDifference& one : difference.classes) {
      found_wider |= one.wider_ops, found_narrower |= one.narrower_ops;
      ASSERT_EQ(one.wider.has_value(), one.wider_ops != 0);
      ASSERT_EQ(one.narrower.has_value(), one.narrower_ops != 0);
    }
    EXPECT_EQ(found_wider, wider);
    EXPECT_EQ(found_narrower, narrower);
    std::map<std::pair<int, int>, OpSet> found_errors;
    for (const analyze::DecisionChange& one : difference.decisions) {
      if (one.what == analyze::DecisionChange::What::error)
        found_errors[{one.from, one.to}] = one.ops;
      else  // where constraints overlap, some are left out
        EXPECT_EQ((one.ops & ~logs[{one.from, one.to}]), OpSet{0});
    }
    EXPECT_EQ(found_errors, errors);
    other_errors += !errors.empty();
    ++seen[difference.change()];
  }
  EXPECT_EQ(seen.size(), 4U) << "the worlds must reach every answer";
  EXPECT_GT(other_errors, 0U) << "the worlds must have other errnos";
}

INSTANTIATE_TEST_SUITE_P(SmallWorlds, Differences, ::testing::ValuesIn(testing::kThemes));

const analyze::ClassDifference& class_of(const analyze::Difference& difference, std::string_view klass) {
  for (const analyze::ClassDifference& one : difference.classes)
    if (one.klass == klass) return one;
  throw std::out_of_range("no such class");
}

TEST(Difference, HasAWitnessForEachDirection) {
  Builder before, after;
  before.add(Effect::deny, op_bit(Op::file_read), before.set({"/etc/shadow", "/root/**"}));
  after.add(Effect::deny, op_bit(Op::file_read), after.set({"/etc/**"}));
  const analyze::Difference difference = analyze::diff(before.policy(), after.policy());
  EXPECT_EQ(difference.change(), analyze::Change::both);
  const analyze::ClassDifference& file = class_of(difference, "file");
  EXPECT_EQ(file.change(), analyze::Change::both);
  EXPECT_TRUE(file.wider->request.path->starts_with("/root/"));
  EXPECT_EQ(file.wider->old_decision.verdict, evaluate::Verdict::deny);
  EXPECT_EQ(file.wider->new_decision.verdict, evaluate::Verdict::allow);
  EXPECT_TRUE(file.narrower->request.path->starts_with("/etc/"));
  EXPECT_EQ(class_of(difference, "net").change(), analyze::Change::equal);
}

TEST(Difference, IsOfMeaningNotOfText) {
  Builder before, after;
  before.add(Effect::deny, op_bit(Op::exec), before.set({"/a/b", "/a/**"}));
  after.add(Effect::deny, op_bit(Op::exec), after.set({"/a/*", "/a/*/**"}));
  after.add(Effect::deny, op_bit(Op::exec), after.set({"/a/b/c"})).error = 1;
  EXPECT_EQ(analyze::diff(before.policy(), after.policy()).change(), analyze::Change::equal);
}

TEST(Difference, ComparesStrength) {
  Builder before, after;
  before.add(Effect::deny, op_bit(Op::net_connect)).subject = testing::ids(Field::uid, {{33, 33}});
  after.add(Effect::kill, op_bit(Op::net_connect)).subject = testing::ids(Field::uid, {{33, 33}});
  EXPECT_EQ(analyze::diff(before.policy(), after.policy()).change(), analyze::Change::narrows);
  EXPECT_EQ(analyze::diff(after.policy(), before.policy()).change(), analyze::Change::widens);
}

TEST(Difference, OfNothing) {
  EXPECT_EQ(analyze::diff({}, {}).change(), analyze::Change::equal);
}

TEST(Difference, SaysWhenItGivesUp) {
  Builder before;
  before.add(Effect::deny, op_bit(Op::exec), before.set({"/**/a/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*/*"}));
  analyze::AnalysisOptions options;
  options.max_states = 1000;
  EXPECT_EQ(analyze::diff(before.policy(), {}, options).unfinished, "the comparison needs too many paths");
}

}  // namespace
}  // namespace stele
