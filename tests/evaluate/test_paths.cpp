// Path patterns and sets of them, by tables.

#include <gtest/gtest.h>

#include "compiler/evaluate/evaluate.h"
#include "compiler/evaluate/reason.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

struct PathCase {
  const char* pattern;
  const char* path;
  bool matches, above;
};

const PathCase kCases[] = {
    {"/etc/shadow", "/etc/shadow", true, false},
    {"/etc/shadow", "/etc/shadow-", false, false},
    {"/etc/shadow", "/etc/shadowx", false, false},
    {"/etc/shadow", "/etc/shado", false, false},
    {"/etc/shadow", "/etc", false, true},
    {"/etc/shadow", "/", false, true},
    {"/etc/shadow", "/etc/shadow/x", false, false},
    {"/etc/shadow", "/srv/etc/shadow", false, false},
    {"/etc/shadow", "//etc///shadow/", true, false},
    {"/", "/", true, false},
    {"/", "/etc", false, false},
    {"/home/*/key", "/home/a/key", true, false},
    {"/home/*/key", "/home/key", false, true},
    {"/home/*/key", "/home/a/b/key", false, false},
    {"/home/*/key", "/home/a", false, true},
    {"/d/**", "/d", false, true},
    {"/d/**", "/d/x", true, true},
    {"/d/**", "/d/x/y/z", true, true},
    {"/d/**", "/dd/x", false, false},
    {"/a/**/z", "/a/z", true, true},
    {"/a/**/z", "/a/b/c/z", true, true},
    {"/a/**/z", "/a/b/c", false, true},
    {"/a/**/z", "/b/z", false, false},
    {"/**", "/", false, true},
    {"/**", "/x", true, true},
    {"/**/**", "/x", true, true},
    {"/a/**/*/z", "/a/z", false, true},
    {"/a/**/*/z", "/a/b/z", true, true},
    {"/home/*/.ssh/id_*", "/home/a/.ssh/id_rsa", true, false},
    {"/home/*/.ssh/id_*", "/home/a/.ssh/id_", true, false},
    {"/home/*/.ssh/id_*", "/home/a/.ssh/known", false, false},
    {"/home/*/.ssh/id_*", "/home/a/.ssh", false, true},
    {"/d/*.so.*", "/d/x.so.1.so", true, false},
    {"/d/*.so.*", "/d/x.so", false, false},
    {"/d/a?[xyz]", "/d/abz", true, false},
    {"/d/a?[xyz]", "/d/abc", false, false},
    {"/d/a?[xyz]", "/d/ax", false, false},
    {"/d*/**", "/d", false, true},
    {"/d*/**", "/etc", false, false},
    {"/d*/**", "/dev/x/y", true, true},
};

Policy holding(const std::string& pattern) {
  testing::Builder builder;
  builder.set({pattern});
  return builder.policy();
}

TEST(Paths, Table) {
  for (const PathCase& one : kCases) {
    const Policy policy = holding(one.pattern);
    EXPECT_EQ(evaluate::matches(policy, 0, one.path), one.matches) << one.path << " in " << one.pattern;
    EXPECT_EQ(evaluate::is_above(policy, 0, one.path), one.above) << one.path << " above " << one.pattern;
  }
}

struct JoinCase {
  PathSet::Kind kind;
  const char* path;
  bool matches, above;
};

// Of /a/** and /a/b/*.
const JoinCase kJoins[] = {
    {PathSet::Kind::unite, "/a/b/c", true, true},
    {PathSet::Kind::unite, "/a/x", true, true},
    {PathSet::Kind::unite, "/b", false, false},
    {PathSet::Kind::intersection, "/a/b/c", true, false},
    {PathSet::Kind::intersection, "/a/x", false, false},
    {PathSet::Kind::intersection, "/a/b", false, true},
    {PathSet::Kind::intersection, "/a/b/c/d", false, false},
    {PathSet::Kind::difference, "/a/b/c", false, true},
    {PathSet::Kind::difference, "/a/b", true, true},
    {PathSet::Kind::difference, "/a", false, true},
    {PathSet::Kind::difference, "/b", false, false},
};

TEST(Paths, JoinedSets) {
  for (const JoinCase& one : kJoins) {
    testing::Builder builder;
    const PathSetId left = builder.set({"/a/**"}), right = builder.set({"/a/b/*"});
    const PathSetId joined = builder.join(one.kind, left, right);
    EXPECT_EQ(evaluate::matches(builder.policy(), joined, one.path), one.matches) << one.path << " " << int(one.kind);
    EXPECT_EQ(evaluate::is_above(builder.policy(), joined, one.path), one.above) << one.path << " " << int(one.kind);
  }
}

// Of /home/** and what it is less of: a directory is above the rest unless all that is beneath it is taken away.
TEST(Paths, WhatIsTakenAwayHasNothingAbove) {
  testing::Builder builder;
  const PathSetId homes = builder.set({"/home/**"}), work = builder.set({"/home/ci/work/**", "/home/*/tmp/*"});
  const PathSetId rest = builder.join(PathSet::Kind::difference, homes, work);
  const PathSetId kept = builder.join(PathSet::Kind::difference, work, builder.set({"/home/ci/work/keep/key"}));
  const PathSetId left = builder.join(PathSet::Kind::difference, homes, kept);
  const Policy& policy = builder.policy();
  for (const char* path : {"/home", "/home/ci", "/home/a/tmp", "/home/a/tmp/b"})
    EXPECT_TRUE(evaluate::is_above(policy, rest, path)) << path;
  for (const char* path : {"/home/ci/work", "/home/ci/work/a", "/home/ci/work/a/b"})
    EXPECT_FALSE(evaluate::is_above(policy, rest, path)) << path;
  EXPECT_TRUE(evaluate::matches(policy, rest, "/home/ci/work"));
  for (const char* path : {"/home/ci/work", "/home/ci/work/keep"})
    EXPECT_TRUE(evaluate::is_above(policy, left, path)) << path;
  EXPECT_FALSE(evaluate::is_above(policy, left, "/home/ci/work/a"));
}

TEST(Paths, SetsJoinedOfSharedPartsDoNotExplode) {
  testing::Builder builder;
  PathSetId set = builder.set({"/a"});
  for (int i = 0; i < 60; ++i) set = builder.join(i % 2 ? PathSet::Kind::unite : PathSet::Kind::intersection, set, set);
  EXPECT_TRUE(evaluate::matches(builder.policy(), set, "/a"));
  EXPECT_TRUE(evaluate::is_above(builder.policy(), set, "/"));
  EXPECT_LT(evaluate::set_text(builder.policy(), set).size(), 200u);
}

TEST(Paths, ALongChainOfSetsNeedsNoStack) {
  testing::Builder builder;
  PathSetId set = builder.set({"/a"});
  const PathSetId other = builder.set({"/b"});
  for (int i = 0; i < 200000; ++i) set = builder.join(PathSet::Kind::unite, set, other);
  EXPECT_TRUE(evaluate::matches(builder.policy(), set, "/a"));
  EXPECT_FALSE(evaluate::matches(builder.policy(), set, "/c"));
}

TEST(Paths, GlobsDoNotExplode) {
  std::string text = "/";
  for (int i = 0; i < 60; ++i) text += "*a";
  const Policy policy = holding(text);
  EXPECT_FALSE(evaluate::matches(policy, 0, "/" + std::string(254, 'a') + "b"));
  EXPECT_TRUE(evaluate::matches(policy, 0, "/" + std::string(255, 'a')));
}

TEST(Paths, SetsInWords) {
  testing::Builder builder;
  const PathSetId secrets = builder.set({"/etc/shadow"}, "secrets"), keys = builder.set({"/k/*", "/k/id_[ab]"});
  const PathSetId rest = builder.join(PathSet::Kind::difference, secrets, keys);
  const PathSetId both = builder.join(PathSet::Kind::unite, rest, builder.set({}));
  EXPECT_EQ(evaluate::set_text(builder.policy(), secrets), "`secrets`");
  EXPECT_EQ(evaluate::set_text(builder.policy(), rest), "(`secrets` - /k/*, /k/id_[ab])");
  EXPECT_EQ(evaluate::set_text(builder.policy(), both), "((`secrets` - /k/*, /k/id_[ab]) | the empty set)");
  EXPECT_EQ(evaluate::set_text(builder.policy(), kAnyPath), "anything");
}

std::string deep(size_t components) {
  std::string path;
  for (size_t i = 0; i < components; ++i) path += "/d";
  return path;
}

TEST(Paths, SixtyFourComponentsOf255BytesAreResolved) {
  const Policy everything = holding("/**");
  EXPECT_TRUE(evaluate::matches(everything, 0, deep(64)));
  EXPECT_FALSE(evaluate::matches(everything, 0, deep(65)));
  EXPECT_TRUE(evaluate::matches(everything, 0, "/" + std::string(255, 'x')));
  EXPECT_FALSE(evaluate::matches(everything, 0, "/" + std::string(256, 'x')));
  EXPECT_FALSE(evaluate::matches(everything, 0, "relative"));
}

TEST(Paths, ManyDepthsDoNotExplode) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "/**/a";
  const Policy policy = holding(text);
  EXPECT_FALSE(evaluate::matches(policy, 0, deep(64)));
  EXPECT_TRUE(evaluate::is_above(policy, 0, deep(64)));
}

}  // namespace
}  // namespace stele
