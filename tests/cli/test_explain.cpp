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

TEST(ExplainCommand, AWildcardIsPerhapsEveryAddressOfTheMachine) {
  const Folder folder;
  const std::string path = folder.write("n.stele",
                                        "policy n version \"1\"\n"
                                        "rule loopback:\n  deny net connect to 127.0.0.0/8 for uid 1\n"
                                        "rule one:\n  deny net bind to 10.0.0.5 port 80 for uid 2\n"
                                        "rule six:\n  deny net send to 2001:db8::1 for uid 3\n"
                                        "rule many:\n  deny net send to { 224.0.0.0/4, ff00::/8 } for uid 4\n"
                                        "rule list:\n  only net connect to 127.0.0.0/8 for uid 5\n"
                                        "rule all:\n  only net connect to { 0.0.0.0/0, 10.0.0.1 } for uid 6\n"
                                        "assert never uid 1 : net connect to 127.0.0.1\n"
                                        "assert always uid 5 : net connect to 127.0.0.1\n");
  const std::pair<const char*, const char*> table[] = {
      {"uid 1: net connect to 0.0.0.0 port 80/tcp", "deny"},
      {"uid 1: net connect to :: port 80/tcp", "deny"},
      {"uid 1: net connect to ::ffff:0.0.0.0 port 1", "deny"},
      {"uid 1: net connect to 10.0.0.5 port 1", "allow"},
      {"uid 2: net bind to 0.0.0.0 port 80/tcp", "deny"},
      {"uid 2: net bind to :: port 80/tcp", "deny"},
      {"uid 2: net bind to :: port 81/tcp", "allow"},
      {"uid 2: net bind to 10.0.0.6 port 80/tcp", "allow"},
      {"uid 3: net send to :: port 5/udp", "deny"},
      {"uid 3: net send to 0.0.0.0 port 5/udp", "allow"},
      {"uid 4: net send to 0.0.0.0 port 5/udp", "allow"},
      {"uid 4: net send to :: port 5/udp", "allow"},
      {"uid 5: net connect to 0.0.0.0 port 80", "deny"},
      {"uid 5: net connect to 127.1.1.1 port 80", "allow"},
      {"uid 6: net connect to 0.0.0.0 port 80", "allow"},
      {"uid 6: net connect to :: port 80", "deny"},
  };
  for (const auto& [request, verdict] : table)
    EXPECT_EQ(nlohmann::json::parse(run_tool({"explain", path, request, "--format", "json"}).out)["verdict"], verdict)
        << request;
  const ToolRun check = run_tool({"check", path});
  EXPECT_EQ(check.code, 0) << check.err;
  const std::string reachable = folder.write("r.stele",
                                             "policy r version \"1\"\n"
                                             "rule r:\n  deny net connect to 127.0.0.1 for uid 1\n"
                                             "  only net connect to { 0.0.0.0, 10.0.0.0/8 } for uid 2\n"
                                             "assert never uid 2 : net connect to 127.0.0.1\n");
  EXPECT_NE(run_tool({"check", reachable}).err.find("S4030"), std::string::npos) << "by the wildcard";
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
