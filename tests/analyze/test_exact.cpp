// The analyses against trying every request of a small world.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>
#include <tuple>

#include "compiler/analyze/analyze.h"
#include "compiler/analyze/difference.h"
#include "dsl/diag/codes.h"
#include "tests/analyze/small_world.h"

namespace stele {
namespace {

using testing::SmallWorld;
using testing::Theme;

constexpr unsigned kSeeds = 30;

using Set = uint64_t;  // of constraints, by bit

/// Which constraints apply to which request, as the evaluator says.
struct Table {
  Policy policy;
  std::vector<evaluate::Subject> subjects;
  std::vector<evaluate::Request> requests;
  std::vector<Set> sets;      // by subject, then request
  std::vector<Set> distinct;  // of them, for what depends on nothing else

  Table(const SmallWorld& world, Policy p)
      : policy(std::move(p)), subjects(world.subjects()), requests(world.requests()) {
    for (const evaluate::Subject& subject : subjects)
      for (const evaluate::Request& request : requests) sets.push_back(applying(policy.constraints, subject, request));
    distinct = sets;
    std::sort(distinct.begin(), distinct.end());
    distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  }

  Set applying(const std::vector<Constraint>& constraints, const evaluate::Subject& subject,
               const evaluate::Request& request) const {
    Set set = 0;
    for (size_t c = 0; c < constraints.size(); ++c)
      if (evaluate::apply(policy, constraints[c], subject, request).applies) set |= Set{1} << c;
    return set;
  }

  /// Does the constraint, changed like this, apply to some request to which the policy's own does not?
  bool applies_to_more(size_t c, const Constraint& changed) const {
    size_t at = 0;
    for (const evaluate::Subject& subject : subjects)
      for (const evaluate::Request& request : requests)
        if (!(sets[at++] >> c & 1) && evaluate::apply(policy, changed, subject, request).applies) return true;
    return false;
  }

  /// What a set of constraints decides; smaller is stronger.
  std::tuple<int, int, int> decided(Set set) const {
    std::tuple<int, int, int> strongest = {1, 0, 0};
    for (size_t c = 0; c < policy.constraints.size(); ++c) {
      if (!(set >> c & 1)) continue;
      const Constraint& one = policy.constraints[c];
      strongest =
          std::min(strongest, std::tuple(-static_cast<int>(one.effect), one.effect == Effect::audit ? 0 : one.error,
                                         -static_cast<int>(one.log)));
    }
    return strongest;
  }

  Set family(size_t author) const {
    Set set = Set{1} << author;
    for (size_t c = 0; c < policy.constraints.size(); ++c)
      if (policy.constraints[c].origin.derived && policy.constraints[c].origin.of == author) set |= Set{1} << c;
    return set;
  }
  size_t authors() const {
    return static_cast<size_t>(std::count_if(policy.constraints.begin(), policy.constraints.end(),
                                             [](const Constraint& c) { return !c.origin.derived; }));
  }
};

/// Constraints that were reported, by code.
std::map<uint16_t, std::set<size_t>> reported(const diag::Sink& sink) {
  std::map<uint16_t, std::set<size_t>> out;
  for (const diag::Diagnostic& d : sink.all()) out[d.code].insert(d.span.begin);
  return out;
}

std::map<uint16_t, std::set<size_t>> analyzed(const Policy& policy) {
  diag::Sink sink;
  analyze::analyze(policy, {}, sink);
  for (const diag::Diagnostic& d : sink.all()) EXPECT_NE(d.code, diag::code::analysis_unfinished) << d.message;
  return reported(sink);
}

struct Redundant {
  std::set<size_t> never, shadowed;
};

Redundant redundant(const Table& table) {
  Redundant out;
  Set removed = 0;
  for (size_t c = table.authors(); c-- > 0;) {
    const Set family = table.family(c);
    const bool changes_nothing = std::all_of(table.distinct.begin(), table.distinct.end(), [&](Set set) {
      return table.decided(set & ~removed) == table.decided(set & ~removed & ~family);
    });
    if (!changes_nothing) continue;
    removed |= family;
    const bool applies =
        std::any_of(table.distinct.begin(), table.distinct.end(), [&](Set set) { return set >> c & 1; });
    (applies ? out.shadowed : out.never).insert(c);
  }
  return out;
}

std::set<size_t> with_useless_exception(const Table& table) {
  std::set<size_t> out;
  for (size_t c = 0; c < table.authors(); ++c) {
    Constraint without = table.policy.constraints[c];
    if (without.exception.kind == Condition::Kind::any_of && without.exception.operands.empty()) continue;
    without.exception = testing::never();
    if (!table.applies_to_more(c, without)) out.insert(c);
  }
  return out;
}

std::set<size_t> with_other_errnos(const Table& table) {
  std::set<Set> sets;
  for (size_t at = 0; at < table.sets.size(); ++at) {
    const auto& path = table.requests[at % table.requests.size()].path;
    if (path && std::count(path->begin(), path->end(), '/') > kMaxDepth) continue;  // every denial applies to it
    sets.insert(table.sets[at]);
  }
  std::set<size_t> out;
  for (const Set set : sets) {
    for (size_t c = 0; c < table.authors(); ++c) {
      const Constraint& one = table.policy.constraints[c];
      if (!(set >> c & 1) || one.effect != Effect::deny) continue;
      const auto [effect, error, log] = table.decided(set);
      if (effect == -static_cast<int>(Effect::kill)) continue;
      const auto [other_effect, other_error, other_log] = table.decided(set & ~table.family(c));
      if (other_effect == effect && other_error < one.error) out.insert(c);
    }
  }
  return out;
}

/// Is there an `only` that leaves a subject something, of which the others leave nothing?
bool has_exclusive_onlys(const Table& table) {
  Set onlys = 0;
  std::vector<Constraint> listing_nothing = table.policy.constraints;
  for (size_t c = 0; c < table.authors(); ++c)
    if (listing_nothing[c].form == Form::only_listed) onlys |= Set{1} << c;
  if ((onlys & (onlys - 1)) == 0) return false;
  for (Constraint& constraint : listing_nothing) constraint.object = testing::never();
  const size_t width = table.requests.size();
  for (size_t s = 0; s < table.subjects.size(); ++s) {
    std::map<std::pair<size_t, Op>, bool> left;  // by `only` and operation: is something of what it lists left?
    for (size_t r = 0; r < width; ++r) {
      const Set denied = table.sets[s * width + r] & onlys;
      const Set speaks = table.applying(listing_nothing, table.subjects[s], table.requests[r]) & onlys;
      for (size_t c = 0; c < table.authors(); ++c)
        if ((speaks & ~denied) >> c & 1) left[{c, table.requests[r].op}] |= denied == 0;
    }
    if (std::any_of(left.begin(), left.end(), [](const auto& one) { return !one.second; })) return true;
  }
  return false;
}

class Exact : public ::testing::TestWithParam<Theme> {};

TEST_P(Exact, Findings) {
  std::map<uint16_t, size_t> found;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    SmallWorld world(GetParam(), seed);
    const Table table(world, world.policy());
    auto by_analysis = analyzed(table.policy);
    const Redundant expected = redundant(table);
    EXPECT_EQ(by_analysis[diag::code::constraint_never_applies], expected.never);
    EXPECT_EQ(by_analysis[diag::code::shadowed_constraint], expected.shadowed);
    EXPECT_EQ(by_analysis[diag::code::useless_exception], with_useless_exception(table));
    EXPECT_EQ(by_analysis[diag::code::different_errnos], with_other_errnos(table));
    EXPECT_EQ(!by_analysis[diag::code::exclusive_onlys].empty(), has_exclusive_onlys(table));
    for (const auto& [code, constraints] : by_analysis) found[code] += constraints.size();
  }
  std::vector<uint16_t> wanted = {diag::code::constraint_never_applies, diag::code::shadowed_constraint,
                                  diag::code::useless_exception};
  if (GetParam() != Theme::files) wanted.push_back(diag::code::different_errnos);  // their few paths hardly overlap
  for (const uint16_t code : wanted) EXPECT_GT(found[code], 0U) << "the worlds must have something to find: " << code;
}

/// A condition holds for certain when it is an exception that spares.
bool certain(const Policy& policy, const Condition& condition, const evaluate::Subject& subject,
             const evaluate::Request& request) {
  Constraint constraint;
  constraint.ops = op_bit(request.op);
  constraint.exception = condition;
  return !evaluate::apply(policy, constraint, subject, request).applies;
}

bool is_meant(const Policy& policy, const Assertion& assertion, const evaluate::Subject& subject,
              const evaluate::Request& request) {
  if (!(assertion.ops & op_bit(request.op))) return false;
  if (!certain(policy, testing::all({assertion.subject, assertion.object}), subject, request)) return false;
  return assertion.objects == kAnyPath || (request.path && evaluate::matches(policy, assertion.objects, *request.path));
}

/// What must be said of the policy's one assertion: a code, or 0.
uint16_t by_every_request(const Policy& policy, const std::vector<evaluate::Subject>& subjects,
                          const std::vector<evaluate::Request>& requests) {
  const Assertion& assertion = policy.assertions[0];
  bool any = false;
  for (const evaluate::Subject& subject : subjects)
    for (const evaluate::Request& request : requests) {
      if (!is_meant(policy, assertion, subject, request)) continue;
      any = true;
      const bool permitted = evaluate::evaluate(policy, subject, {request}).verdict < evaluate::Verdict::deny;
      if (permitted != assertion.always) return diag::code::assertion_fails;
    }
  return any ? 0 : diag::code::assertion_about_nothing;
}

TEST_P(Exact, Assertions) {
  std::map<uint16_t, unsigned> seen;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SmallWorld world(GetParam(), seed);
    const std::vector<evaluate::Subject> subjects = world.subjects();
    const std::vector<evaluate::Request> requests = world.requests();
    Policy policy = world.policy();
    for (int i = 0; i < 3; ++i) policy.assertions.push_back(world.assertion());
    for (size_t i = 0; i < 3; ++i) {
      Policy one = policy;
      one.assertions = {policy.assertions[i]};
      const uint16_t expected = by_every_request(one, subjects, requests);
      diag::Sink sink;
      analyze::AnalysisOptions options;
      options.findings = false;
      analyze::analyze(one, options, sink);
      ASSERT_LE(sink.all().size(), 1U);
      EXPECT_EQ(sink.all().empty() ? 0 : sink.all()[0].code, expected) << "seed " << seed << " assertion " << i;
      ++seen[expected];
    }
  }
  EXPECT_GT(seen[0], 0U);
  EXPECT_GT(seen[diag::code::assertion_fails], 0U);
}

/// The same worlds without trying their requests, which takes minutes under sanitizers.
class Worlds : public ::testing::TestWithParam<Theme> {};

TEST_P(Worlds, AreAnalysedAndCompared) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    SmallWorld world(GetParam(), seed);
    Policy policy = world.policy();
    for (int i = 0; i < 3; ++i) policy.assertions.push_back(world.assertion());
    analyzed(policy);
    EXPECT_EQ(analyze::diff(policy, world.variant(policy)).unfinished, "");
  }
}

INSTANTIATE_TEST_SUITE_P(SmallWorlds, Worlds, ::testing::ValuesIn(testing::kThemes));
INSTANTIATE_TEST_SUITE_P(SmallWorlds, Exact, ::testing::ValuesIn(testing::kThemes));

}  // namespace
}  // namespace stele
