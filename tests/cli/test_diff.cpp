// stele diff: answers, witnesses and exit codes.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

constexpr const char* kHead = "policy web version \"1.0.0\"\ntarget linux >= 6.1\n";

class DiffCommand : public ::testing::Test {
protected:
  std::string policy(const std::string& name, const std::string& rules) { return folder_.write(name, kHead + rules); }

  Folder folder_;
  std::string wide_ = policy("wide.stele", "rule r:\n  deny file read on \"/etc/shadow\" for uid 33\n");
  std::string narrow_ = policy("narrow.stele", "rule r:\n  deny file read on \"/etc/**\"\n");
  std::string same_ = policy("same.stele", "rule s:\n  deny file read on { \"/etc/*\", \"/etc/**\" }\n");
};

TEST_F(DiffCommand, EqualInMeaning) {
  const ToolRun run = run_tool({"diff", narrow_, same_});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, "equal: web 1.0.0 -> web 1.0.0\n");
}

TEST_F(DiffCommand, NarrowingIsFine) {
  const ToolRun run = run_tool({"diff", wide_, narrow_});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out.rfind("narrows: ", 0), 0u) << run.out;
  EXPECT_NE(run.out.find("permits less: file read"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("permits more"), std::string::npos) << run.out;
}

TEST_F(DiffCommand, WideningWantsAReason) {
  const ToolRun refused = run_tool({"diff", narrow_, wide_});
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("--allow-widen"), std::string::npos) << refused.err;
  EXPECT_NE(refused.out.find("      old: deny by "), std::string::npos) << refused.out;
  EXPECT_NE(refused.out.find("      new: allow, no constraint applies\n"), std::string::npos) << refused.out;
  const ToolRun allowed = run_tool({"diff", narrow_, wide_, "--allow-widen", "TICKET-7"});
  EXPECT_EQ(allowed.code, 0) << allowed.err;
  EXPECT_NE(allowed.out.find("allowed: TICKET-7\n"), std::string::npos) << allowed.out;
}

TEST_F(DiffCommand, Json) {
  const ToolRun run = run_tool({"diff", narrow_, wide_, "--format", "json"});
  EXPECT_EQ(run.code, 1);
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["change"], "widens");
  EXPECT_TRUE(json["allow_widen"].is_null());
  const auto& file = json["classes"][0];
  EXPECT_EQ(file["class"], "file");
  EXPECT_EQ(file["wider"]["old"]["verdict"], "deny");
  EXPECT_EQ(file["wider"]["new"]["verdict"], "allow");
  const std::string request = file["wider"]["request"];
  const ToolRun explained = run_tool({"explain", narrow_, request, "--format", "json"});
  EXPECT_EQ(explained.code, 0) << explained.err;
  EXPECT_EQ(nlohmann::json::parse(explained.out)["verdict"], "deny") << request;
}

TEST_F(DiffCommand, PolicyWithMistakes) {
  const ToolRun run = run_tool({"diff", narrow_, policy("bad.stele", "rule r:\n  deny file fly on \"/a\"\n")});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("S3061"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace stele::testing
