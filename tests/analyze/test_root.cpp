// Paths against an image: links within it, links that would lead out, missing files.

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "compiler/analyze/root_check.h"
#include "dsl/diag/codes.h"
#include "tests/evaluate/builder.h"

namespace stele {
namespace {

namespace fs = std::filesystem;
using testing::Builder;

class RootCheck : public ::testing::Test {
protected:
  RootCheck() {
    std::string pattern = (fs::temp_directory_path() / "stele-root-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    for (const char* folder : {"usr/bin", "etc", "run"}) fs::create_directories(root_ / folder);
    for (const char* file : {"usr/bin/mount", "etc/shadow"}) std::ofstream(root_ / file) << "x";
    fs::create_symlink("usr/bin", root_ / "bin");
    fs::create_symlink("/usr/bin/mount", root_ / "etc/mtab");
    fs::create_symlink("../../../../../etc", root_ / "usr/up");
    fs::create_symlink("loop", root_ / "loop");
  }
  ~RootCheck() override { fs::remove_all(root_); }

  std::vector<diag::Diagnostic> check(const std::vector<std::string>& patterns) {
    Builder builder;
    builder.add(Effect::deny, op_bit(Op::file_read), builder.set(patterns));
    diag::Sink sink;
    analyze::check_root(builder.policy(), root_.string(), sink);
    return sink.all();
  }

  fs::path root_;
};

TEST_F(RootCheck, SaysNothingOfPathsThatAreThere) {
  EXPECT_TRUE(check({"/", "/usr/bin/mount", "/usr/bin/**", "/etc/*", "/etc", "/nowhere/**", "/*/x"}).empty());
}

TEST_F(RootCheck, LinksAreFollowedWithinTheImage) {
  const struct {
    const char* path;
    const char* hint;
  } cases[] = {
      {"/bin/mount", "write `/usr/bin/mount`"},    {"/bin", "write `/usr/bin`"},
      {"/bin/**", "write `/usr/bin/**`"},          {"/bin/[ab]*", "write `/usr/bin/[ab]*`"},
      {"/etc/mtab", "write `/usr/bin/mount`"},     {"/usr/up/shadow", "write `/etc/shadow`"},
      {"/usr/up/nothing", "write `/etc/nothing`"}, {"/loop/x", ""},
  };
  for (const auto& [path, hint] : cases) {
    const std::vector<diag::Diagnostic> all = check({path});
    ASSERT_EQ(all.size(), 1U) << path;
    EXPECT_EQ(all[0].code, diag::code::path_through_symlink) << path;
    EXPECT_EQ(all[0].hint, hint) << path;
  }
  EXPECT_EQ(check({"/bin/mount"})[0].message, "no file of the image is met as `/bin/mount`: `/bin` is a symbolic link");
}

TEST_F(RootCheck, MissingFilesUnlessTheyAreMadeLater) {
  const std::vector<diag::Diagnostic> all = check({"/etc/shadwo", "/run/x", "/proc/sys/kernel/x", "/etc/shadow/x"});
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].code, diag::code::path_not_in_image);
  EXPECT_EQ(all[0].message, "the image has no `/etc/shadwo`");
  EXPECT_EQ(all[1].message, "the image has no `/etc/shadow/x`");
}

TEST_F(RootCheck, LooksAtExecutablesAndJoinedSetsButNotAtWhatIsDerived) {
  Builder builder;
  const PathSetId a = builder.set({"/bin/a"}), b = builder.set({"/bin/b"}), c = builder.set({"/bin/c"}),
                  d = builder.set({"/bin/d"});
  builder.add(Effect::deny, op_bit(Op::file_read), builder.join(PathSet::Kind::difference, a, b)).exception =
      testing::exe(c);
  builder.add(Effect::deny, op_bit(Op::file_read), d).origin = {true, 0, "link"};
  diag::Sink sink;
  analyze::check_root(builder.policy(), root_.string(), sink);
  EXPECT_EQ(sink.all().size(), 3U);
}

TEST_F(RootCheck, ADirectoryIsNotWhatLiesInIt) {
  const std::vector<diag::Diagnostic> alone = check({"/etc", "/etc/shadow/x", "/usr", "/usr/bin/**", "/run"});
  ASSERT_EQ(alone.size(), 2U) << "what lies in /usr is named";
  EXPECT_EQ(alone[0].code, diag::code::path_not_in_image);
  EXPECT_EQ(alone[1].code, diag::code::directory_as_file);
  EXPECT_EQ(alone[1].message, "`/run` is a directory of the image: nothing that lies in it is named");
  EXPECT_EQ(alone[1].hint, "write `\"/run/**\"` for what lies in it");
  EXPECT_EQ(check({"/"})[0].hint, "write `\"/**\"` for what lies in it");
  Builder builder;
  const PathSetId etc = builder.set({"/etc"}), usr = builder.set({"/usr"});
  builder.add(Effect::deny, op_bit(Op::file_read) | op_bit(Op::file_list), etc);  // a directory is listed
  builder.add(Effect::deny, op_bit(Op::file_read), builder.join(PathSet::Kind::difference, builder.set({"/**"}), usr));
  diag::Sink sink;
  analyze::check_root(builder.policy(), root_.string(), sink);
  EXPECT_TRUE(sink.all().empty());
}

TEST_F(RootCheck, AScriptIsNobodysExecutable) {
  std::ofstream(root_ / "etc/script") << "#!/bin/sh\n";
  std::ofstream(root_ / "etc/program") << "\177ELF";
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::file_read), builder.set({"/etc/shadow"})).exception =
      testing::exe(builder.set({"/etc/script", "/etc/program"}));
  diag::Sink sink;
  analyze::check_root(builder.policy(), root_.string(), sink);
  ASSERT_EQ(sink.all().size(), 1U);
  EXPECT_EQ(sink.all()[0].code, diag::code::script_as_exe);
}

TEST_F(RootCheck, TheInterpreterOfAScriptIsNamed) {
  const std::pair<const char*, const char*> table[] = {
      {"#!/bin/sh\n", "its interpreter, `/bin/sh`"},
      {"#! /etc/shadow -x\n", "its interpreter, `/etc/shadow`"},
      {"#!/usr/bin/env python3\n", "its interpreter, `/usr/bin/env`, and then `python3`"},
      {"#!/usr/bin/env -S LANG=C perl -w\n", "its interpreter, `/usr/bin/env`, and then `perl`"},
      {"#!/usr/bin/env", "its interpreter, `/usr/bin/env`"},
      {"#!\n", "its interpreter"},
      {"#!", "its interpreter"},
  };
  for (const auto& [text, end] : table) {
    std::ofstream(root_ / "etc/script") << text;
    Builder builder;
    builder.add(Effect::deny, op_bit(Op::file_read), builder.set({"/etc/shadow"})).exception =
        testing::exe(builder.set({"/etc/script"}));
    diag::Sink sink;
    analyze::check_root(builder.policy(), root_.string(), sink);
    ASSERT_EQ(sink.all().size(), 1U) << text;
    EXPECT_TRUE(sink.all()[0].message.ends_with(end)) << sink.all()[0].message;
  }
}

TEST(ScriptNames, AreWarnedOfWithoutAnImage) {
  Builder builder;
  builder.add(Effect::deny, op_bit(Op::file_read), builder.set({"/etc/x.sh"})).exception =
      testing::exe(builder.set({"/usr/bin/backup.sh", "/usr/bin/sh", "/usr/bin/.sh", "/opt/*/x.py"}));
  builder.add(Effect::deny, op_bit(Op::file_write), builder.set({"/etc/y"})).subject =
      testing::exe(builder.set({"/usr/bin/backup.sh", "/usr/bin/run.py"}));
  diag::Sink sink;
  analyze::check_script_names(builder.policy(), sink);
  ASSERT_EQ(sink.all().size(), 2U);
  EXPECT_EQ(sink.all()[0].code, diag::code::named_like_script);
  EXPECT_TRUE(sink.all()[0].message.starts_with("`/usr/bin/backup.sh` is named")) << sink.all()[0].message;
  EXPECT_TRUE(sink.all()[1].message.starts_with("`/usr/bin/run.py` is named")) << sink.all()[1].message;
}

}  // namespace
}  // namespace stele
