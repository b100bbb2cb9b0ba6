// stele explain: answers and wrong requests.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

TEST(ExplainCommand, DeniedWithRuleAndDoc) {
  const ToolRun run =
      run_tool({"explain", example_policy(), "uid 33 gid 33 exe /usr/sbin/nginx: file read /etc/shadow"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out.rfind("deny (EPERM): file read /etc/shadow; an event is written\n", 0), 0u) << run.out;
  EXPECT_NE(run.out.find("rule shadow_is_private\n"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("/// The password hashes"), std::string::npos) << run.out;
}

TEST(ExplainCommand, AllowedAndWhy) {
  const ToolRun run = run_tool({"explain", example_policy(), "uid 0 exe /usr/bin/passwd: file read /etc/shadow"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out.rfind("allow: file read /etc/shadow\n", 0), 0u) << run.out;
  EXPECT_NE(run.out.find("its `unless` holds: exe /usr/bin/passwd"), std::string::npos) << run.out;
}

TEST(ExplainCommand, Json) {
  const ToolRun run =
      run_tool({"explain", example_policy(), "uid 33 exe /bin/sh: file write /etc/passwd", "--format", "json"});
  EXPECT_EQ(run.code, 0) << run.err;
  const auto json = nlohmann::json::parse(run.out);
  EXPECT_EQ(json["verdict"], "deny");
  EXPECT_EQ(json["error"], "EACCES");
  EXPECT_EQ(json["decided_by"]["rule"], "accounts_are_fixed");
}

TEST(ExplainCommand, OtherClassesAndTheConstraintsThatAreSilent) {
  const std::string request = "uid 33: net connect to 10.2.0.1 port 443/tcp";
  const ToolRun brief = run_tool({"explain", example_policy(), request});
  EXPECT_EQ(brief.code, 0) << brief.err;
  EXPECT_EQ(brief.out.rfind("allow: net connect to 10.2.0.1 port 443/tcp\n", 0), 0u) << brief.out;
  EXPECT_NE(brief.out.find(" constraints do not speak of `net connect`\n"), std::string::npos) << brief.out;
  EXPECT_EQ(brief.out.find("rule shadow_is_private"), std::string::npos) << brief.out;
  const ToolRun all = run_tool({"explain", example_policy(), request, "--all"});
  EXPECT_EQ(all.code, 0) << all.err;
  EXPECT_NE(all.out.find("rule shadow_is_private: it does not speak of `net connect`\n"), std::string::npos) << all.out;
}

TEST(ExplainCommand, IdsMayBeNames) {
  const Folder folder;
  const std::string passwd = folder.write("passwd", "www-data:x:33:33::/:\n");
  const std::string request = "uid \"www-data\" exe /usr/sbin/nginx: file read /etc/shadow";
  const ToolRun run = run_tool({"explain", example_policy(), request, "--passwd", passwd});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out.rfind("deny (EPERM): file read /etc/shadow", 0), 0u) << run.out;
  EXPECT_EQ(run_tool({"explain", example_policy(), request}).code, 2);
  const ToolRun broken = run_tool({"explain", example_policy(), request, "--passwd", folder.path("none")});
  EXPECT_EQ(broken.code, 1);
  EXPECT_NE(broken.err.find("S3046"), std::string::npos) << broken.err;
}

TEST(ExplainCommand, TheShellMayPartTheRequest) {
  const ToolRun apart =
      run_tool({"explain", example_policy(), "uid", "33", "gid", "33:", "file", "read", "/etc/shadow", "--all"});
  EXPECT_EQ(apart.code, 0) << apart.err;
  EXPECT_EQ(apart.out, run_tool({"explain", example_policy(), "uid 33 gid 33: file read /etc/shadow", "--all"}).out);
}

TEST(ExplainCommand, AWrongRequestIsWrongUsage) {
  const ToolRun run = run_tool({"explain", example_policy(), "uid 33: file raed /etc/shadow"});
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.err.find("did you mean `file read`?"), std::string::npos) << run.err;
}

TEST(ExplainCommand, AWrongPolicyFails) {
  const Folder folder;
  const ToolRun run = run_tool({"explain", folder.write("wrong.stele", "policy\n"), "uid 33: file read /etc/shadow"});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, "");
}

}  // namespace
}  // namespace stele::testing
