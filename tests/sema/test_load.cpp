// What load_policy hands on that the printed policy does not show.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "dsl/diag/codes.h"
#include "dsl/sema/pattern.h"
#include "tests/sema/memory_reader.h"

namespace stele {
namespace {

TEST(LoadPolicy, DocsSpansAndSources) {
  const std::string text =
      "/// What it is for.\n///\n///   Indented.  \npolicy p version \"1.2.3\"\n\n//// a ruler\n/// First.\n// aside\n"
      "/// Second.\nrule r:\n  deny file stat on \"/a\"\ninclude \"b.stele\"\n";
  diag::Sink sink;
  const auto policy = sema::load_policy(
      "d/p.stele", test::MemoryReader({{"d/p.stele", text}, {"d/b.stele", "rule s: audit exec on \"/b\""}}), sink);
  ASSERT_TRUE(policy.has_value());
  EXPECT_EQ(policy->doc, "What it is for.\n\n  Indented.");
  EXPECT_EQ(policy->rules.at(0).doc, "First.\nSecond.");
  EXPECT_EQ(policy->rules.at(1).doc, "");
  ASSERT_EQ(policy->sources.size(), 2u);
  EXPECT_EQ(policy->sources.at(0)->path, "d/p.stele");
  EXPECT_EQ(policy->sources.at(1)->path, "d/b.stele");
  const Constraint& author = policy->constraints.at(0);
  EXPECT_EQ(author.span.file->text.substr(author.span.begin, author.span.end - author.span.begin),
            "deny file stat on \"/a\"");
  EXPECT_EQ(policy->constraints.at(2).span.begin, author.span.begin);  // derived: the author's place
}

TEST(LoadPolicy, DefaultsOfAConstraint) {
  diag::Sink sink;
  const auto policy = test::load_text("policy p version \"1.0.0\" rule r: deny file stat on \"/a\"", sink);
  ASSERT_TRUE(policy.has_value());
  const Constraint& c = policy->constraints.at(0);
  EXPECT_EQ(c.error, 1);
  EXPECT_EQ(c.log, LogLevel::event);
  EXPECT_EQ(c.reach, Reach::listed);
  EXPECT_FALSE(c.origin.derived);
  EXPECT_EQ(c.subject.kind, Condition::Kind::all_of);
  EXPECT_EQ(c.exception.kind, Condition::Kind::any_of);
  EXPECT_TRUE(c.subject.operands.empty() && c.exception.operands.empty());
  EXPECT_EQ(policy->target.min_version, 0x060100u);
  EXPECT_EQ(policy->target.max_version, 0xffffffu);
}

TEST(LoadPolicy, EqualSetsAreOne) {
  diag::Sink sink;
  const auto policy = test::load_text(
      "policy p version \"1.0.0\" let k = path { \"/a\", \"/b\" } rule r: audit file read on { \"/b\", \"/a\" } "
      "audit file write on { \"/a\", \"/b\", \"/b\" } audit exec on k audit file stat on { k }",
      sink);
  ASSERT_TRUE(policy.has_value());
  ASSERT_EQ(policy->path_sets.size(), 2u);
  EXPECT_EQ(policy->constraints.at(0).objects, policy->constraints.at(1).objects);
  EXPECT_EQ(policy->constraints.at(2).objects, policy->constraints.at(3).objects);
  EXPECT_EQ(policy->path_sets.at(policy->constraints.at(2).objects).name, "k");
}

TEST(LoadPolicy, ByteOrderMarkIsPassedOver) {
  diag::Sink sink;
  EXPECT_TRUE(test::load_text("\xef\xbb\xbfpolicy p version \"1.0.0\" rule r: audit exec on \"/a\"", sink).has_value());
}

TEST(LoadPolicy, LimitsOfPaths) {
  const auto loads = [](const std::string& path) {
    diag::Sink sink;
    return test::load_text("policy p version \"1.0.0\" rule r: audit exec on \"" + path + "\"", sink).has_value();
  };
  std::string deep;
  for (uint32_t i = 0; i < kMaxDepth; ++i) deep += "/d";
  EXPECT_TRUE(loads(deep));
  EXPECT_TRUE(loads("/**" + deep));  // `**` may stand for nothing
  EXPECT_FALSE(loads(deep + "/**"));
  EXPECT_TRUE(loads("/" + std::string(kMaxComponentBytes, 'x')));
  EXPECT_FALSE(loads("/" + std::string(kMaxComponentBytes + 1, 'x')));
}

TEST(PatternText, TellsPatternsFromNames) {
  const PathPattern star = {{Component::Kind::any_one, {}}};
  const PathPattern name = {{Component::Kind::literal, "*"}};
  EXPECT_EQ(sema::pattern_text(star), "/*");
  EXPECT_EQ(sema::pattern_text(name), "/\\x2a");
  EXPECT_EQ(sema::pattern_text({}), "/");
}

TEST(DiskReader, ReportsWhatIsWrong) {
  int error = 0;
  EXPECT_FALSE(sema::disk_reader().read("no/such/file", &error).has_value());
  EXPECT_EQ(error, ENOENT);
  const std::string folder = testing::TempDir();
  EXPECT_FALSE(sema::disk_reader().read(folder, &error).has_value());
  EXPECT_EQ(error, EISDIR);
  const std::string path = std::filesystem::path(folder) / "stele_disk_reader_test";
  std::ofstream(path, std::ios::binary) << "a\0b";
  EXPECT_TRUE(sema::disk_reader().read(path, &error).has_value());
  std::filesystem::resize_file(path, (uintmax_t{64} << 20) + 1);
  EXPECT_FALSE(sema::disk_reader().read(path, &error).has_value());
  EXPECT_EQ(error, EFBIG);
  std::filesystem::remove(path);
}

/// A directory of its own, gone with it.
class Directory {
public:
  Directory() {
    std::string name = (std::filesystem::temp_directory_path() / "stele_load_XXXXXX").string();
    if (!mkdtemp(name.data())) ADD_FAILURE() << "no temporary directory";
    path_ = name;
  }
  ~Directory() { std::filesystem::remove_all(path_); }
  std::string path(const std::string& name) const { return path_ / name; }
  void write(const std::string& name, const std::string& text) const { std::ofstream(path(name)) << text; }

private:
  std::filesystem::path path_;
};

TEST(LoadPolicy, AFileOfTwoNamesIsReadOnce) {
  const Directory folder;
  std::filesystem::create_directory(folder.path("base"));
  std::filesystem::create_directory_symlink("base", folder.path("link"));
  folder.write("base/a.stele", "let a = path \"/a\" rule s: audit exec on a");
  std::filesystem::create_hard_link(folder.path("base/a.stele"), folder.path("b.stele"));
  folder.write("p.stele",
               "policy p version \"1.0.0\" include \"base/a.stele\" include \"link/a.stele\" include \"b.stele\"");
  diag::Sink sink;
  const auto policy = sema::load_policy(folder.path("p.stele"), sema::disk_reader(), sink);
  for (const diag::Diagnostic& d : sink.all()) ADD_FAILURE() << d.message;
  ASSERT_TRUE(policy.has_value());
  EXPECT_EQ(policy->sources.size(), 2u);
}

TEST(LoadPolicy, AFileThatIncludesItselfByAnotherName) {
  const Directory folder;
  std::filesystem::create_directory_symlink(".", folder.path("here"));
  folder.write("p.stele", "policy p version \"1.0.0\" include \"here/p.stele\" rule r: audit exec on \"/a\"");
  diag::Sink sink;
  EXPECT_FALSE(sema::load_policy(folder.path("p.stele"), sema::disk_reader(), sink).has_value());
  ASSERT_EQ(sink.all().size(), 1u);
  EXPECT_EQ(sink.all().front().code, diag::code::include_cycle);
}

TEST(LoadPolicy, WhatMayNeverEndIsNotIncluded) {
  const Directory folder;
  ASSERT_EQ(mkfifo(folder.path("fifo").c_str(), 0600), 0);
  std::filesystem::create_symlink("/dev/zero", folder.path("zero"));
  std::filesystem::create_directory(folder.path("base"));
  for (const auto& [name, reason] : std::map<std::string, std::string>{
           {"fifo", "not a regular file"}, {"zero", "not a regular file"}, {"base", "Is a directory"}}) {
    folder.write("p.stele", "policy p version \"1.0.0\" include \"" + name + "\" rule r: audit exec on \"/a\"");
    diag::Sink sink;
    EXPECT_FALSE(sema::load_policy(folder.path("p.stele"), sema::disk_reader(), sink).has_value()) << name;
    ASSERT_EQ(sink.all().size(), 1u) << name;
    EXPECT_EQ(sink.all().front().code, diag::code::unreadable_include) << name;
    EXPECT_NE(sink.all().front().message.find(reason), std::string::npos) << sink.all().front().message;
  }
}

}  // namespace
}  // namespace stele
