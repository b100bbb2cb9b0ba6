// Path patterns by a table.

#include <gtest/gtest.h>

#include "compiler/evaluate/evaluate.h"
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
};

Policy holding(const std::string& pattern) {
  testing::Builder builder;
  builder.set({pattern});
  return builder.policy();
}

TEST(Paths, Table) {
  for (const PathCase& one : kCases) {
    const Policy policy = holding(one.pattern);
    EXPECT_EQ(matches(policy, 0, one.path), one.matches) << one.path << " in " << one.pattern;
    EXPECT_EQ(is_above(policy, 0, one.path), one.above) << one.path << " above " << one.pattern;
  }
}

std::string deep(size_t components) {
  std::string path;
  for (size_t i = 0; i < components; ++i) path += "/d";
  return path;
}

TEST(Paths, SixtyFourComponentsOf255BytesAreResolved) {
  const Policy everything = holding("/**");
  EXPECT_TRUE(matches(everything, 0, deep(64)));
  EXPECT_FALSE(matches(everything, 0, deep(65)));
  EXPECT_TRUE(matches(everything, 0, "/" + std::string(255, 'x')));
  EXPECT_FALSE(matches(everything, 0, "/" + std::string(256, 'x')));
  EXPECT_FALSE(matches(everything, 0, "relative"));
}

TEST(Paths, ManyDepthsDoNotExplode) {
  std::string text;
  for (int i = 0; i < 30; ++i) text += "/**/a";
  const Policy policy = holding(text);
  EXPECT_FALSE(matches(policy, 0, deep(64)));
  EXPECT_TRUE(is_above(policy, 0, deep(64)));
}

}  // namespace
}  // namespace stele
