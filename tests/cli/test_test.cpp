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
  const std::string request = "uid 33 exe /usr/sbin/nginx: file read /etc/shadow";
  EXPECT_NE(run.out.find("      asked: " + request + "\n"), std::string::npos) << run.out;
  EXPECT_EQ(run_tool({"explain", files.policy, request}).code, 0) << "and `explain` takes it";
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

TEST(TestCommand, AFileOfWhichNothingRunsFails) {
  const Prepared files;
  const std::string program = files.folder.write(
      "program.yaml", "cases: [ { name: the enforcer starts, do: { run: [/enforcer, apply] }, expect: { exit: 0 } } ]");
  const ToolRun run = run_tool({"test", files.policy, program});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.out, program +
                         ": 0 passed, 0 failed, 1 skipped, no case ran: evaluator\n"
                         "  evaluator\n"
                         "    1 skipped (the exit code of a program is seen on kernels only): the enforcer starts\n")
      << run.err;
  const auto json = nlohmann::json::parse(run_tool({"test", files.policy, program, "--format", "json"}).out);
  EXPECT_EQ(json[0]["ok"], false);
  EXPECT_EQ(json[0]["skipped"], 1);
  EXPECT_EQ(json[0]["idle"], nlohmann::json({"evaluator"}));
  EXPECT_EQ(json[0]["cases"][0]["status"], "skip");
}

TEST(TestCommand, RulesWithoutACase) {
  const Prepared files;
  const std::string policy = files.folder.write("two.stele",
                                                "policy two version \"1.0.0\"\n"
                                                "rule shadow: deny file { read } on \"/etc/shadow\"\n"
                                                "rule idle: deny file { read } on \"/etc/gshadow\"\n"
                                                "rule excepted: deny file { read } on \"/etc/shadow\"\n"
                                                "  unless exe \"/usr/sbin/nginx\"\n");
  EXPECT_EQ(run_tool({"test", policy, files.right}).code, 0) << "only when asked for";
  const ToolRun run = run_tool({"test", policy, files.right, "--every-rule"});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(
      run.out.find("2 of 3 rules without a case:\n  " + policy + ":3 rule idle\n  " + policy + ":4 rule excepted\n"),
      std::string::npos)
      << run.out;
  const auto json =
      nlohmann::json::parse(run_tool({"test", policy, files.right, "--every-rule", "--format", "json"}).out);
  EXPECT_EQ(json.back()["ok"], false);
  EXPECT_EQ(json.back()["rules_without_case"][0]["rule"], "idle");
  // The closure of `idle` denies the rename of /etc; that says nothing of what the rule is about.
  const std::string rename = files.folder.write(
      "rename.yaml", "image: { /etc/x: y }\ncases: [ { name: a, do: { rename: [/etc, /old] }, expect: deny } ]");
  EXPECT_NE(run_tool({"test", policy, rename, "--every-rule"}).out.find("3 of 3 rules"), std::string::npos);
  // What an `only` lists is a case of it, for those of whom it speaks.
  const std::string only = files.folder.write("only.stele",
                                              "policy o version \"1\"\n"
                                              "rule listed: only file read on \"/etc/x\" for uid 7\n"
                                              "rule others: only file read on \"/etc/x\" for uid 8\n");
  const std::string listed = files.folder.write(
      "listed.yaml",
      "image: { /etc/x: y }\ncases: [ { name: a, as: { uid: 7 }, do: { read: /etc/x }, expect: allow } ]");
  const ToolRun lists = run_tool({"test", only, listed, "--every-rule"});
  EXPECT_NE(lists.out.find("1 of 2 rules without a case:\n  " + only + ":3 rule others\n"), std::string::npos)
      << lists.out;
  const ToolRun whole = run_tool({"test", files.policy, files.right, "--every-rule"});
  EXPECT_EQ(whole.code, 0) << whole.out;
  EXPECT_NE(whole.out.find("every rule has a case"), std::string::npos) << whole.out;
}

TEST(TestCommand, AFailureNamesThePartThatDecides) {
  const Prepared files;
  const std::string rename = files.folder.write(
      "rename.yaml", "image: { /etc/x: y }\ncases: [ { name: a, do: { rename: [/etc, /old] }, expect: allow } ]");
  const ToolRun run = run_tool({"test", files.policy, rename});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.out.find("got deny EPERM, rule shadow (rename, added to keep it true), event"), std::string::npos)
      << run.out;
}

TEST(TestCommand, IdsMayBeNames) {
  const Prepared files;
  const std::string passwd = files.folder.write("passwd", "www-data:x:33:33::/:\n"),
                    group = files.folder.write("group", "www-data:x:34:\n");
  const std::string policy = files.folder.write(
      "names.stele",
      "policy names version \"1.0.0\"\nrule web: deny file read on \"/etc/shadow\" for uid 33 and gid 34\n");
  const std::string scenario = files.folder.write(
      "names.yaml",
      "image: { /etc/shadow: { content: s, uid: www-data, gid: www-data } }\n"
      "as: { uid: www-data, gid: www-data, groups: [www-data] }\n"
      "cases:\n"
      "  - { name: done, do: [ { chown: [/etc/shadow, www-data, www-data] }, { read: /etc/shadow } ], expect: deny }\n"
      "  - { name: asked, ask: 'uid \"www-data\" gid www-data: file read /etc/shadow', expect: deny }\n");
  const ToolRun run = run_tool({"test", policy, scenario, "--passwd", passwd, "--group", group});
  EXPECT_EQ(run.code, 0) << run.out << run.err;
  const ToolRun without = run_tool({"test", policy, scenario});
  EXPECT_EQ(without.code, 1);
  EXPECT_NE(without.err.find("names.yaml:1:42: the user `www-data` is a name, and no file says its id"),
            std::string::npos)
      << without.err;
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
