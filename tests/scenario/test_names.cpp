// The model of names that steps see.

#include <gtest/gtest.h>

#include "compiler/scenario/names.h"
#include "compiler/scenario/verbs.h"

namespace stele::scenario {
namespace {

ImageEntry entry(const std::string& path, ImageEntry::Kind kind = ImageEntry::Kind::file,
                 const std::string& content = "") {
  ImageEntry result;
  result.path = path;
  result.kind = kind;
  result.content = content;
  return result;
}

Scenario image() {
  using Kind = ImageEntry::Kind;
  Scenario scenario;
  scenario.image = {entry("/a/b/c"), entry("/l", Kind::symlink, "a/b"), entry("/a/up", Kind::symlink, "../l/c"),
                    entry("/loop", Kind::symlink, "loop"), entry("/script", Kind::file, "#! /a/b/c -x\n")};
  return scenario;
}

TEST(ImageNames, Resolve) {
  ImageNames names(image());
  const std::pair<const char*, const char*> table[] = {
      {"/a/b/c", "/a/b/c"},       {"/", "/"},          {"/../..", "/"},
      {"/l/c", "/a/b/c"},         {"/a/up", "/a/b/c"}, {"a//b/./c", "/a/b/c"},
      {"/no/such/../x", "/no/x"}, {"/l", "/a/b"},
  };
  for (const auto& [path, name] : table) EXPECT_EQ(names.resolve(path), name) << path;
  EXPECT_EQ(names.resolve("/l", false), "/l");
  EXPECT_EQ(names.resolve("/loop"), std::nullopt);
  EXPECT_EQ(names.interpreter("/script"), "/a/b/c");
  EXPECT_EQ(names.interpreter("/a/b/c"), std::nullopt);
}

TEST(ImageNames, StepsChangeNames) {
  ImageNames names(image());
  apply({"rename", {"/a", "/z"}}, names);
  EXPECT_FALSE(names.kind("/a/b/c"));
  EXPECT_EQ(names.kind("/z/b/c"), ImageNames::Kind::file);
  apply({"symlink", {"/z", "/y"}}, names);
  EXPECT_EQ(names.resolve("/y/b/c"), "/z/b/c");
  apply({"delete", {"/z/b/c"}}, names);
  EXPECT_FALSE(names.kind("/z/b/c"));
  EXPECT_FALSE(names.view_changed());
  apply({"mount_bind", {"/z", "/m"}}, names);
  EXPECT_TRUE(names.view_changed());
}

TEST(ImageNames, RenameLeavesNeighboursWithTheSamePrefix) {
  Scenario scenario;
  scenario.image = {entry("/a/x"), entry("/a-b"), entry("/ab/y")};
  ImageNames names(scenario);
  apply({"rename", {"/a", "/z"}}, names);
  EXPECT_TRUE(names.kind("/z/x"));
  EXPECT_TRUE(names.kind("/a-b"));
  EXPECT_TRUE(names.kind("/ab/y"));
}

}  // namespace
}  // namespace stele::scenario
