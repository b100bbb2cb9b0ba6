// Classes of names: tables for one component, and for whole paths every class's witness asked of the evaluator.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "compiler/analyze/component_names.h"
#include "compiler/analyze/diagram.h"
#include "compiler/analyze/name_classes.h"
#include "compiler/evaluate/evaluate.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

using testing::Builder;

constexpr size_t kMany = 100'000;

analyze::Glob glob(const std::string& text) {
  return testing::pattern("/" + text).front().glob;
}

struct ComponentCase {
  std::vector<std::string> globs, words;
  analyze::ComponentRules rules;
  std::map<std::vector<uint32_t>, std::string> expected;  // witness by globs
};

TEST(ComponentNames, AreAllThatGlobsAndWordsTellApart) {
  const ComponentCase cases[] = {
      {{}, {}, {}, {{{}, "other"}}},
      {{}, {"other", "a"}, {}, {{{}, "other2"}}},
      {{"a*"}, {}, {}, {{{}, "b"}, {{0}, "a"}}},
      {{"a*"}, {"a", "b"}, {}, {{{}, "c"}, {{0}, "ab"}}},
      {{"[ab]"}, {"a", "b"}, {}, {{{}, "c"}}},
      {{"[ab]"}, {"a"}, {}, {{{}, "c"}, {{0}, "b"}}},
      {{"?"}, {}, {}, {{{}, "aa"}, {{0}, "a"}}},
      {{"?", "??"}, {}, {2, false}, {{{0}, "a"}, {{1}, "aa"}}},
      {{"a*", "*b"}, {"ab"}, {}, {{{}, "c"}, {{0}, "a"}, {{1}, "b"}, {{0, 1}, "aab"}}},
      {{"*x*", "*y*", "*z*"},
       {},
       {2, false},
       {{{}, "a"}, {{0}, "x"}, {{1}, "y"}, {{2}, "z"}, {{0, 1}, "xy"}, {{0, 2}, "xz"}, {{1, 2}, "yz"}}},
      {{"?*"}, {}, {}, {{{0}, "a"}}},
  };
  for (const ComponentCase& one : cases) {
    std::vector<analyze::Glob> globs;
    for (const std::string& text : one.globs) globs.push_back(glob(text));
    std::vector<const analyze::Glob*> pointers;
    for (const analyze::Glob& g : globs) pointers.push_back(&g);
    std::map<std::vector<uint32_t>, std::string> found;
    for (const analyze::OtherNames& other :
         analyze::other_names(pointers, {one.words.begin(), one.words.end()}, one.rules, kMany))
      EXPECT_TRUE(found.emplace(other.globs, other.witness).second);
    const std::string name = ::testing::PrintToString(one.globs) + ::testing::PrintToString(one.words);
    ASSERT_EQ(found.size(), one.expected.size()) << name << ::testing::PrintToString(found);
    for (const auto& [matched, witness] : one.expected) {
      ASSERT_TRUE(found.contains(matched)) << name;
      EXPECT_EQ(found[matched].size(), witness.size()) << name << " " << found[matched];
      EXPECT_EQ(analyze::matching_globs(pointers, found[matched]), matched) << name;
      EXPECT_EQ(std::count(one.words.begin(), one.words.end(), found[matched]), 0) << name;
    }
  }
}

TEST(ComponentNames, HaveNoSlashUnlessTheyAreWords) {
  analyze::Glob any_byte(1);
  any_byte[0].bytes.set('/');
  any_byte[0].bytes.set('a');
  EXPECT_EQ(analyze::other_names({&any_byte}, {"a"}, {255, false}, kMany).size(), 1U);
  EXPECT_EQ(analyze::other_names({&any_byte}, {"a"}, {255, true}, kMany).size(), 2U);
}

TEST(ComponentNames, GiveUp) {
  const analyze::Glob some = glob("*a????????????????");
  EXPECT_THROW(analyze::other_names({&some}, {}, {}, 1000), analyze::LimitReached);
}

TEST(ComponentNames, CountBytes) {
  analyze::Glob exactly_255(255);
  for (GlobElement& element : exactly_255) element.bytes.set('a');
  ASSERT_EQ(analyze::other_names({&exactly_255}, {}, {}, kMany).size(), 2U);
  exactly_255.push_back(exactly_255.back());
  EXPECT_EQ(analyze::other_names({&exactly_255}, {}, {}, kMany).size(), 1U) << "no name has 256 bytes";
}

bool contains(const std::vector<uint32_t>& ascending, uint32_t item) {
  return std::binary_search(ascending.begin(), ascending.end(), item);
}

/// Asks the evaluator about each witness, and that every name has a class that answers alike.
void check(const Policy& policy, const analyze::NameQuestion& question, const std::vector<std::string>& names) {
  const analyze::NameClasses classes = analyze::name_classes(policy, question);
  std::set<std::vector<bool>> kinds;
  const auto kind_of_name = [&](const std::string& name) {
    std::vector<bool> kind;
    for (const PathSetId set : question.members) kind.push_back(evaluate::matches(policy, set, name));
    for (const PathSetId set : question.above) kind.push_back(name != "/" && evaluate::is_above(policy, set, name));
    return kind;
  };
  for (uint32_t c = 0; c < classes.witnesses.size(); ++c) {
    std::vector<bool> kind;
    for (const PathSetId set : question.members) kind.push_back(contains(classes.members(set), c));
    for (const PathSetId set : question.above) kind.push_back(contains(classes.above(set), c));
    EXPECT_EQ(kind_of_name(classes.witnesses[c]), kind) << classes.witnesses[c];
    kinds.insert(kind);
  }
  for (const std::string& name : names) EXPECT_TRUE(kinds.contains(kind_of_name(name))) << name;
}

TEST(NameClasses, AgreeWithTheEvaluator) {
  const std::vector<std::vector<std::string>> sets[] = {
      {{"/"}},
      {{"/**"}},
      {{"/a/b", "/a/c"}, {"/a/*"}, {"/a/**"}, {"/**/c"}},
      {{"/home/*/.ssh/**"}, {"/home/**/id_*"}, {"/**/[.]ssh/id_rsa"}, {"/home"}},
      {{"/**/a/**/b"}, {"/**/b/**/a"}, {"/*/*"}},
      {{"/a*", "/a*/**"}, {"/*a"}, {"/ab"}, {"/??"}},
      {{}, {"/x"}},
  };
  const std::vector<std::string> names = {"/",
                                          "/a",
                                          "/b",
                                          "/ab",
                                          "/aa",
                                          "/ba",
                                          "/a/b",
                                          "/a/c",
                                          "/a/d",
                                          "/a/b/c",
                                          "/a/b/a/b",
                                          "/b/a",
                                          "/home",
                                          "/home/u",
                                          "/home/u/.ssh",
                                          "/home/u/.ssh/id_rsa",
                                          "/x/.ssh/id_rsa",
                                          "/home/id_x",
                                          "/x",
                                          "/x/y/z"};
  for (const auto& texts : sets) {
    Builder builder;
    analyze::NameQuestion question;
    for (const auto& patterns : texts) question.members.push_back(builder.set(patterns));
    const auto listed = static_cast<uint32_t>(question.members.size());
    for (const auto kind : {PathSet::Kind::unite, PathSet::Kind::intersection, PathSet::Kind::difference})
      question.members.push_back(builder.join(kind, 0, listed - 1));
    question.above = question.members;
    check(builder.policy(), question, names);
  }
}

TEST(NameClasses, AreAboutAsManyAsSets) {
  Builder builder;
  analyze::NameQuestion question;
  for (int i = 0; i < 50; ++i) {
    std::vector<std::string> patterns;
    for (int j = 0; j < 20; ++j)
      patterns.push_back("/srv/" + std::to_string(i) + "/" + std::to_string(j) + (j % 2 ? "/**" : ""));
    question.members.push_back(builder.set(patterns));
  }
  EXPECT_EQ(analyze::name_classes(builder.policy(), question).witnesses.size(), 51U);
}

TEST(NameClasses, HaveNoNamesThatAreTooDeep) {
  Builder builder;
  std::string deep;
  for (uint32_t i = 0; i < kMaxDepth; ++i) deep += "/a";
  analyze::NameQuestion question;
  question.members = {builder.set({deep}), builder.set({deep + "/**"})};
  const analyze::NameClasses classes = analyze::name_classes(builder.policy(), question);
  EXPECT_EQ(classes.members(0).size(), 1U);
  EXPECT_TRUE(classes.members(1).empty());
}

/// Counted in states: a state for each half of the patterns that is half matched, in the set or not, and no more.
TEST(NameClasses, RememberWhatIsHalfMatchedAndNoMore) {
  for (const char* behind : {"", "/**"}) {
    std::vector<std::string> patterns;
    for (int i = 0; i < 12; ++i) patterns.push_back(fmt::format("/**/a{0}/**/b{0}{1}", i, behind));
    Builder builder;
    analyze::NameQuestion question;
    question.members = {builder.set(patterns)};
    question.above = question.members;
    question.max_states = 2 * 4096 + 1;  // and "/"
    EXPECT_EQ(analyze::name_classes(builder.policy(), question).members(0).size(), 1U) << behind;
  }
}

TEST(NameClasses, GiveUp) {
  Builder builder;
  analyze::NameQuestion question;
  question.members = {builder.set({"/**/a/*/*/*/*/*/*/*/*/*/*/*/*/*/*"})};
  question.max_states = 1000;
  EXPECT_THROW(analyze::name_classes(builder.policy(), question), analyze::LimitReached);
}

}  // namespace
}  // namespace stele
