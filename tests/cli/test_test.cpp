// stele test in the evaluator: passing, failing and broken scenarios; kernels that are not there. The kernel rung has
// tests of its own.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

std::string scenario(const std::string& expectation) {
  return "image:\n"
         "  /etc/shadow: secret\n"
         "cases:\n"
         "  - name: a web server asks\n"
         "    as: { uid: 33, exe: /usr/sbin/nginx }\n"
         "    do: { read: /etc/shadow }\n"
         "    expect: " +
         expectation + "\n";
}

struct Prepared {
  Folder folder;
  std::string policy = folder.write("small.stele", kSmallPolicy);
  std::string right = folder.write("right.yaml", scenario("{ deny: EPERM, rule: shadow, event: true }"));
  std::string wrong = folder.write("wrong.yaml", scenario("allow"));
};

TEST(TestCommand, APassingScenario) {
  const Prepared files;
  const ToolRun run = run_tool({"test", files.policy, files.right});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_NE(run.out.find("1 passed, 0 failed"), std::string::npos) << run.out;
  EXPECT_EQ(run.out.find("a web server asks"), std::string::npos) << "only failures are shown";
  EXPECT_NE(run_tool({"test", files.policy, files.right, "--every-case"}).out.find("a web server asks: deny EPERM"),
            std::string::npos);
}

TEST(TestCommand, AFailingScenarioShowsBothSides) {
  const Prepared files;
  const ToolRun run = run_tool({"test", files.policy, files.right, files.wrong});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.out.find("wrong.yaml:4"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("allow"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("deny EPERM"), std::string::npos) << run.out;
}

/// Who has given himself another id by newuidmap, and an exception that is not his.
TEST(TestCommand, SubordinateIds) {
  const Folder folder;
  const std::string policy = folder.write("p.stele",
                                          "policy p version \"1.0.0\"\n"
                                          "rule vault: deny file read on \"/srv/vault\" for uid 1000..1999\n"
                                          "rule safe: deny file read on \"/srv/safe\" unless uid \"alice\"\n");
  const std::string passwd = folder.write("passwd", "alice:x:1000:1000::/:/bin/sh\n");
  const std::string subuid = folder.write("subuid", "alice:100000:65536\n");
  const auto scenario = [&](const std::string& expectation) {
    std::string text = "image:\n  /srv/vault: secret\n  /srv/safe: secret\ncases:\n";
    for (const char* id : {"100000", "165535"})
      text += std::string("  - name: of vault by ") + id + "\n    as: { uid: " + id +
              " }\n    do: { read: /srv/vault }\n    expect: " + expectation + "\n";
    text += "  - name: behind them\n    as: { uid: 165536 }\n    do: { read: /srv/vault }\n    expect: allow\n";
    text += "  - name: of safe\n    as: { uid: 100000 }\n    do: { read: /srv/safe }\n";
    return text + "    expect: { deny: EPERM, rule: safe, event: yes }\n";
  };
  const std::string held = folder.write("held.yaml", scenario("{ deny: EPERM, rule: vault, event: yes }"));
  const std::string open = folder.write("open.yaml", scenario("allow"));
  const ToolRun with = run_tool({"test", policy, held, "--host", "--passwd", passwd, "--subuid", subuid});
  EXPECT_EQ(with.code, 0) << with.out << with.err;
  const ToolRun without = run_tool({"test", policy, open, "--host", "--passwd", passwd});
  EXPECT_EQ(without.code, 0) << without.out << without.err;
}

TEST(TestCommand, Json) {
  const Prepared files;
  const ToolRun run = run_tool({"test", files.policy, files.right, files.wrong, "--format", "json"});
  EXPECT_EQ(run.code, 1);
  const auto json = nlohmann::json::parse(run.out);
  ASSERT_EQ(json.size(), 2u);
  EXPECT_EQ(json[0]["ok"], true);
  EXPECT_EQ(json[1]["ok"], false);
}

TEST(TestCommand, ABrokenScenarioFailsAtItsPlace) {
  const Prepared files;
  const ToolRun run = run_tool({"test", files.policy, files.folder.write("broken.yaml", "cases:\n  - nome: x\n")});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("broken.yaml:2:"), std::string::npos) << run.err;
}

TEST(TestCommand, WhatIsNotThereIsTheEnvironmentsFailure) {
  const Prepared files;
  const std::map<std::string, std::string> no_cache = {{"STELE_KERNEL_CACHE", files.folder.path("none")}};
  EXPECT_EQ(run_tool({"test", files.policy, files.folder.path("missing.yaml")}).code, 3);
  const ToolRun version = run_tool({"test", files.policy, files.right, "--kernel", "6.1"}, no_cache);
  EXPECT_EQ(version.code, 3);
  EXPECT_NE(version.err.find("kernels fetch"), std::string::npos) << version.err;
  EXPECT_EQ(run_tool({"test", files.policy, files.right, "--kernel", "./no/vmlinuz"}, no_cache).code, 3);
}

TEST(TestCommand, AWrongPolicyFails) {
  const Prepared files;
  EXPECT_EQ(run_tool({"test", files.folder.write("bad.stele", "policy\n"), files.right}).code, 1);
}

}  // namespace
}  // namespace stele::testing
