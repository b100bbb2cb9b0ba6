// The automaton against a plain reading of the patterns: the evaluator's matches() and is_above(), on random sets and
// paths.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <random>

#include "compiler/evaluate/evaluate.h"
#include "compiler/lower/automaton.h"

namespace stele {
namespace {

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> parts;
  for (size_t at = 1; at < path.size();) {
    size_t end = std::min(path.find('/', at), path.size());
    parts.push_back(path.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

PathPattern pattern(const std::string& text) {
  PathPattern components;
  for (const std::string& part : split(text)) {
    if (part == "*")
      components.push_back({Component::Kind::any_one, ""});
    else if (part == "**")
      components.push_back({Component::Kind::any_depth, ""});
    else
      components.push_back({Component::Kind::literal, part});
  }
  return components;
}

const lower::PathClass& class_of(const lower::Automaton& automaton, const std::string& path) {
  uint32_t state = 1;
  for (const std::string& part : split(path)) {
    const auto& edges = automaton.states[state].edges;
    auto edge = edges.find(part);
    state = edge == edges.end() ? automaton.states[state].other : edge->second;
    if (automaton.states[state].absorbing) break;
  }
  return automaton.classes[automaton.states[state].path_class];
}

bool contains(const std::vector<PathSetId>& sets, PathSetId set) {
  return std::find(sets.begin(), sets.end(), set) != sets.end();
}

TEST(Automaton, DirectoryPatternIsAboveItself) {
  const auto automaton = lower::build_automaton({{"", {pattern("/etc/ssl/**")}, {}}}, 1000);
  ASSERT_TRUE(automaton);
  EXPECT_TRUE(class_of(*automaton, "/etc/ssl").in.empty());
  EXPECT_TRUE(contains(class_of(*automaton, "/etc/ssl").above, 0));
  EXPECT_TRUE(contains(class_of(*automaton, "/etc/ssl/a/b").in, 0));
  EXPECT_TRUE(class_of(*automaton, "/").above.empty());
  EXPECT_TRUE(class_of(*automaton, "/etc/sslx/a").in.empty());
}

TEST(Automaton, OneStateIsAboveEverything) {
  const auto automaton = lower::build_automaton({{"", {pattern("/etc/ssl/**")}, {}}, {"", {pattern("/")}, {}}}, 1000);
  ASSERT_TRUE(automaton);
  const lower::PathClass& top = automaton->classes[automaton->states[lower::kStateTop].path_class];
  EXPECT_EQ(top.above, std::vector<PathSetId>{0});
  EXPECT_EQ(top.in, std::vector<PathSetId>{1});
  EXPECT_TRUE(automaton->states[lower::kStateTop].edges.empty());
}

TEST(Automaton, NoPatterns) {
  const auto automaton = lower::build_automaton({}, 1000);
  ASSERT_TRUE(automaton);
  EXPECT_EQ(automaton->states.size(), lower::kStateTop + 1);
}

size_t edges_of(const lower::Automaton& automaton) {
  size_t edges = 0;
  for (const auto& state : automaton.states) edges += state.edges.size();
  return edges;
}

TEST(Automaton, LimitOfStatesAndEdges) {
  std::vector<PathSet> sets(1);
  for (int i = 0; i < 100; ++i) sets[0].patterns.push_back(pattern("/a/b" + std::to_string(i)));
  const size_t size = 5 + 101;  // dead, "/", above everything, "/a", in the set
  EXPECT_TRUE(lower::build_automaton(sets, size));
  EXPECT_FALSE(lower::build_automaton(sets, size - 1));
}

/// "/**/a0/**/b0" and so on: which of them are half matched is all that there is to remember.
std::vector<PathSet> crossed(int patterns) {
  std::vector<PathSet> sets(2);
  sets[0].patterns.push_back(pattern("/srv/**"));
  for (int i = 0; i < patterns; ++i) sets[1].patterns.push_back(pattern(fmt::format("/**/a{0}/**/b{0}", i)));
  return sets;
}

TEST(Automaton, RemembersWhatIsHalfMatchedAndNoMore) {
  std::vector<PathSet> sets = crossed(12);
  sets.erase(sets.begin());
  const auto automaton = lower::build_automaton(sets, 1'000'000);
  ASSERT_TRUE(automaton);
  // 2^12, each in the set or not, which nothing is at first; "/", dead, above everything.
  EXPECT_EQ(automaton->states.size(), 2u * 4096 - 1 + 3);
  EXPECT_EQ(edges_of(*automaton), 12 * (automaton->states.size() - 2)) << "each has its a, or its b";
}

TEST(Automaton, WhatIsCrossedTooOftenIsNamedAtOnce) {
  for (const uint32_t limit : {1000u, 100'000u}) {
    const auto automaton = lower::build_automaton(crossed(30), limit);
    ASSERT_FALSE(automaton);
    EXPECT_EQ(automaton.error().set, 1u);
    EXPECT_EQ(automaton.error().pattern.size(), 4u);
  }
}

/// What comes after `**` matches wherever it may have begun; beneath `/a/**` all is in the set.
TEST(Automaton, WhatIsImpliedTakesNoStates) {
  std::vector<PathSet> one(1), more(1);
  one[0].patterns = {pattern("/**/b"), pattern("/a/**")};
  more[0].patterns = {pattern("/**/b"), pattern("/**/a/**/b"), pattern("/a/**"), pattern("/a/x/**/y/**"),
                      pattern("/a/z")};
  const auto small = lower::build_automaton(one, 1000), large = lower::build_automaton(more, 1000);
  ASSERT_TRUE(small && large);
  EXPECT_EQ(large->states.size(), small->states.size());
  EXPECT_EQ(edges_of(*large), edges_of(*small));
}

TEST(Automaton, AgreesWithTheEvaluatorOnRandomPaths) {
  std::mt19937 random(20261122);
  auto pick = [&](int n) { return static_cast<int>(random() % n); };
  const char* words[] = {"a", "b", "c", "*", "**"};
  for (int round = 0; round < 400; ++round) {
    std::vector<PathSet> sets(1 + pick(3));
    for (PathSet& set : sets)
      for (int i = pick(4); i >= 0; --i) {
        std::string text;
        for (int depth = 1 + pick(4); depth > 0; --depth) text += std::string("/") + words[pick(5)];
        set.name += " " + text;
        set.patterns.push_back(pattern(text));
      }
    for (int joined = pick(3); joined > 0; --joined) {
      PathSet set;
      set.kind = static_cast<PathSet::Kind>(1 + pick(3));
      set.left = static_cast<PathSetId>(pick(static_cast<int>(sets.size())));
      set.right = static_cast<PathSetId>(pick(static_cast<int>(sets.size())));
      set.name = fmt::format(" {} joined with {}", set.left, set.right);
      sets.push_back(set);
    }
    const auto automaton = lower::build_automaton(sets, 100000);
    ASSERT_TRUE(automaton);
    Policy policy;
    policy.path_sets = sets;
    for (int i = 0; i < 60; ++i) {
      std::string path;
      for (int depth = 1 + pick(5); depth > 0; --depth) path += std::string("/") + words[pick(3)];
      const lower::PathClass& found = class_of(*automaton, path);
      for (PathSetId set = 0; set < sets.size(); ++set) {
        EXPECT_EQ(contains(found.in, set), evaluate::matches(policy, set, path)) << path << sets[set].name;
        EXPECT_EQ(contains(found.above, set) || contains(found.in, set),
                  evaluate::is_above(policy, set, path) || evaluate::matches(policy, set, path))
            << path << sets[set].name;
      }
    }
  }
}

}  // namespace
}  // namespace stele
