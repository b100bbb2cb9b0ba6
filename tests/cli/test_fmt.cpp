// stele fmt: what it writes, what it leaves alone, and how it ends. Layouts are tests/format's.

#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

using nlohmann::json;

const char* const kUntidy = "policy   p version \"1.0.0\"\nrule r:deny file read on{\"/a\"} // why\n";
const char* const kTidy = "policy p version \"1.0.0\"\n\nrule r:\n  deny file read on { \"/a\" } // why\n";

TEST(Fmt, RewritesInPlaceAndSaysWhat) {
  const Folder folder;
  const std::string path = folder.write("p.stele", kUntidy);
  std::filesystem::permissions(path, std::filesystem::perms(0640));
  const ToolRun run = run_tool({"fmt", path});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, path + ": formatted\n");
  EXPECT_EQ(read_text(path), kTidy);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0640));
  const ToolRun again = run_tool({"fmt", path});
  EXPECT_EQ(again.code, 0);
  EXPECT_EQ(again.out, "");
  EXPECT_EQ(folder.names(), std::vector<std::string>{"p.stele"});
}

TEST(Fmt, ALinkStaysALink) {
  const Folder folder;
  const std::string path = folder.write("p.stele", kUntidy), link = folder.path("link.stele");
  std::filesystem::create_symlink("p.stele", link);
  EXPECT_EQ(run_tool({"fmt", link}).code, 0);
  EXPECT_TRUE(std::filesystem::is_symlink(link));
  EXPECT_EQ(read_text(path), kTidy);
}

TEST(Fmt, CheckWritesNothingAndFails) {
  const Folder folder;
  const std::string untidy = folder.write("untidy.stele", kUntidy), tidy = folder.write("tidy.stele", kTidy);
  const ToolRun run = run_tool({"fmt", "--check", untidy, tidy});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, untidy + ": is not formatted\n");
  EXPECT_EQ(read_text(untidy), kUntidy);
  EXPECT_EQ(run_tool({"fmt", "--check", tidy}).code, 0);
}

TEST(Fmt, FromStandardInputToStandardOutput) {
  const ToolRun run = run_tool({"fmt", "-"}, {}, kUntidy);
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, kTidy);
  EXPECT_EQ(run_tool({"fmt", "--check", "-"}, {}, kUntidy).code, 1);
  EXPECT_EQ(run_tool({"fmt", "--check", "-"}, {}, kTidy).code, 0);
}

TEST(Fmt, WhatCannotBeReadIsLeftAloneAndTheRestIsNot) {
  const Folder folder;
  const std::string wrong = folder.write("wrong.stele", "rule  r:\n"), right = folder.write("right.stele", kUntidy);
  const ToolRun run = run_tool({"fmt", wrong, right, folder.path("none.stele")});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("wrong.stele:"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("S1001"), std::string::npos) << run.err;
  EXPECT_EQ(read_text(wrong), "rule  r:\n");
  EXPECT_EQ(read_text(right), kTidy);
}

TEST(Fmt, JsonAndSarif) {
  const Folder folder;
  const std::string path = folder.write("p.stele", kUntidy);
  const json report = json::parse(run_tool({"fmt", "--check", "--format", "json", path}).out);
  EXPECT_EQ(report["files"], json::array({{{"file", path}, {"changes", true}}}));
  EXPECT_EQ(report["errors"], 0);
  const json sarif = json::parse(run_tool({"fmt", "--check", "--format", "sarif", path}).out);
  EXPECT_EQ(sarif["version"], "2.1.0");
}

TEST(Fmt, ThePoliciesOfTheTreeAreFormatted) {
  std::vector<std::string> arguments = {"fmt", "--check"};
  for (const char* folder : {STELE_SOURCE "/examples", STELE_SOURCE "/tests/scenario"})
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
      if (entry.path().extension() == ".stele") arguments.push_back(entry.path());
  ASSERT_GT(arguments.size(), 4u);
  const ToolRun run = run_tool(arguments);
  EXPECT_EQ(run.code, 0) << run.out << run.err;
}

TEST(Sarif, OfCheckHasThePlaceAndNothingElseOnStandardOutput) {
  const Folder folder;
  const std::string path =
      folder.write("wrong.stele", std::string(kSmallPolicy) + "rule more:\n  deny exec on nowhere\n");
  const ToolRun run = run_tool({"check", path, "--format", "sarif"});
  EXPECT_EQ(run.code, 1);
  const json report = json::parse(run.out);
  const json& result = report["runs"][0]["results"][0];
  EXPECT_EQ(result["ruleId"], "S3032");
  EXPECT_EQ(result["locations"][0]["physicalLocation"]["region"]["startLine"], 6);
  EXPECT_TRUE(json::accept(run_tool({"check", example_policy(), "--format", "sarif"}).out));
}

}  // namespace
}  // namespace stele::testing
