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

TEST_F(DiffCommand, SubordinateIdsAreTheirUsers) {
  const std::string subuid = folder_.write("subuid", "33:100000:65536\n");
  const std::string both =
      policy("both.stele", "rule r:\n  deny file read on \"/etc/shadow\" for uid in { 33, 100000..165535 }\n");
  EXPECT_EQ(run_tool({"diff", wide_, both}).out.rfind("narrows: ", 0), 0u);
  EXPECT_EQ(run_tool({"diff", wide_, both, "--subuid", subuid}).out.rfind("equal: ", 0), 0u);
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

/// What the closure of a longer list lets move within it is no difference; what the author says of moves is.
TEST_F(DiffCommand, Moves) {
  const std::string one = policy("one.stele", "rule r:\n  deny exec on \"/tmp/**\"\n");
  const std::string two = policy("two.stele", "rule r:\n  deny exec on { \"/tmp/**\", \"/var/tmp/**\" }\n");
  const std::string own = policy(
      "own.stele", "rule r:\n  deny exec on \"/tmp/**\"\nrule o:\n  deny file { rename, link } on \"/tmp/**\"\n");
  EXPECT_EQ(run_tool({"diff", one, two}).out.rfind("narrows: ", 0), 0u);
  EXPECT_EQ(run_tool({"diff", own, one}).out.rfind("widens: ", 0), 0u);
  EXPECT_EQ(run_tool({"diff", one, own}).out.rfind("narrows: ", 0), 0u);
}

/// What a policy says besides its rules: less of it is wider, and each direction is said.
TEST_F(DiffCommand, Headers) {
  const struct {
    const char *old_head, *new_head, *outcome, *said;
  } cases[] = {
      {"target linux >= 6.1", "target linux >= 6.12", "widens", "target: widens\n  linux >= 6.1 -> linux >= 6.12\n"},
      {"target linux >= 6.12", "target linux >= 6.1", "narrows", "target: narrows\n  linux >= 6.12 -> linux >= 6.1\n"},
      {"target linux 6.1..6.12", "target linux 6.6..7.0", "widens and narrows", "target: widens and narrows\n"},
      {"target linux >= 6.1", "target linux >= 6.1 exact \"abcdef0123456789\"", "widens",
       "  linux >= 6.1 -> linux >= 6.1 exact abcdef0123456789\n"},
      {"require module_signatures", "", "widens", "require: widens\n  module_signatures -> nothing\n"},
      {"", "require lsm apparmor", "narrows", "require: narrows\n  nothing -> lsm apparmor\n"},
      {"require lockdown confidentiality", "require lockdown integrity", "widens",
       "require: widens\n  lockdown confidentiality -> nothing\n"},
      {"require lockdown integrity", "require lockdown confidentiality", "narrows",
       "require: narrows\n  nothing -> lockdown confidentiality\n"},
      {"seal { self }", "seal { removable never }", "widens", "seal self: widens\n  self -> nothing\n"},
      {"seal { removable never }", "seal { removable by uid 0 }", "widens", "removable: widens\n  never -> by uid"},
      {"seal { removable by uid 0 }", "seal { removable by uid 0 with exe \"/sbin/x\" }", "narrows",
       "removable: narrows\n"},
      {"seal { removable by uid 0 }", "seal { removable by uid in { 0 } }", "equal", ""},
      {"seal { removable by uid 0 }", "seal { removable by uid 1 }", "widens and narrows", "removable: widens and "},
      {"seal { removable by uid 0 }", "", "widens", "removable: widens\n  by uid"},
      {"", "seal { self }", "narrows", "removable: narrows\n  nothing -> never\n"},
  };
  for (const auto& one : cases) {
    SCOPED_TRACE(std::string(one.old_head) + " -> " + one.new_head);
    const std::string head = "policy web version \"1.0.0\"\n";
    const std::string rule = "\nrule r:\n  deny file read on \"/etc/**\"\n";
    const ToolRun run = run_tool({"diff", folder_.write("a.stele", head + one.old_head + rule),
                                  folder_.write("b.stele", head + one.new_head + rule)});
    EXPECT_EQ(run.out.rfind(std::string(one.outcome) + ": ", 0), 0U) << run.out;
    EXPECT_NE(run.out.find(one.said), std::string::npos) << run.out;
    EXPECT_EQ(run.code, std::string(one.outcome).starts_with("widens") ? 1 : 0) << run.err;
  }
}

TEST_F(DiffCommand, DenyOrKill) {
  const std::string denies = policy("denies.stele", "rule r:\n  deny file read on \"/etc/**\"\n");
  const std::string either = policy("either.stele", "rule r:\n  deny or kill file read on \"/etc/**\"\n");
  const ToolRun run = run_tool({"diff", denies, either});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out.rfind("equal: ", 0), 0U) << run.out;
  EXPECT_NE(run.out.find("\neffect: deny -> deny or kill\n  file read, "), std::string::npos) << run.out;
  EXPECT_EQ(run_tool({"diff", either, either}).out.find("effect:"), std::string::npos);
}

TEST_F(DiffCommand, OnFailure) {
  const std::string rule = "\nrule r:\n  deny file read on \"/etc/**\"\n";
  const std::string halts = folder_.write("halts.stele", "policy web version \"1.0.0\" on failure halt" + rule);
  const std::string goes_on = folder_.write("goes.stele", "policy web version \"1.0.0\" on failure continue" + rule);
  const ToolRun wider = run_tool({"diff", halts, goes_on});
  EXPECT_EQ(wider.code, 1);
  EXPECT_NE(wider.out.find("\non failure: widens\n  halt -> continue\n"), std::string::npos) << wider.out;
  EXPECT_EQ(run_tool({"diff", goes_on, halts}).code, 0);
  const auto json = nlohmann::json::parse(run_tool({"diff", halts, goes_on, "--format", "json"}).out);
  EXPECT_EQ(json["header"][0]["what"], "on failure");
  EXPECT_EQ(json["header"][0]["new"], "continue");
}

/// Acknowledging changes no verdict, and is said, wherever it stands.
TEST_F(DiffCommand, Acknowledgements) {
  const auto with = [&](const char* name, const std::string& words) {
    return policy(name, "rule r:\n  deny file read on \"/etc/**\" " + words + "\n");
  };
  const std::string plain = with("plain.stele", "");
  const std::string one = with("one.stele", "log acknowledge S4025 \"a\" acknowledge S4021 \"b\"");
  const std::string same = with("same.stele", "acknowledge S4021 \"b\" acknowledge S4025 \"a\"");
  const ToolRun more = run_tool({"diff", plain, one});
  EXPECT_EQ(more.code, 0) << more.err;
  EXPECT_EQ(more.out.rfind("equal: ", 0), 0U) << more.out;
  EXPECT_NE(more.out.find("\nacknowledged: S4021 b\n\nacknowledged: S4025 a\n"), std::string::npos) << more.out;
  EXPECT_NE(run_tool({"diff", one, plain}).out.find("\nacknowledged no more: S4021 b\n"), std::string::npos);
  EXPECT_EQ(run_tool({"diff", one, same}).out.find("acknowledged"), std::string::npos);
  const auto json = nlohmann::json::parse(run_tool({"diff", plain, one, "--format", "json"}).out);
  EXPECT_EQ(json["acknowledged"].size(), 2U);
  EXPECT_EQ(json["acknowledged_no_more"].size(), 0U);
}

/// The verdicts are the same: what the caller sees and what is written down is said, and logging less is wider.
TEST_F(DiffCommand, ErrnosAndLogs) {
  const auto with = [&](const char* name, const char* words) {
    return policy(name, std::string("rule r:\n  deny file read on \"/etc/**\" ") + words + "\n");
  };
  const std::string plain = with("plain.stele", ""), hidden = with("hidden.stele", "errno ENOENT"),
                    alert = with("alert.stele", "log alert"), silent = with("silent.stele", "log none");
  const ToolRun errnos = run_tool({"diff", plain, hidden});
  EXPECT_EQ(errnos.code, 0) << errnos.err;
  EXPECT_EQ(errnos.out.rfind("equal: ", 0), 0U) << errnos.out;
  EXPECT_NE(errnos.out.find("\nerrno: EPERM -> ENOENT\n  file read, "), std::string::npos) << errnos.out;
  const ToolRun less = run_tool({"diff", alert, plain});
  EXPECT_EQ(less.code, 1);
  EXPECT_EQ(less.out.rfind("widens: ", 0), 0U) << less.out;
  EXPECT_NE(less.out.find("\nlog: alert -> events, logs less\n"), std::string::npos) << less.out;
  EXPECT_EQ(run_tool({"diff", plain, silent}).code, 1);
  const ToolRun more = run_tool({"diff", silent, alert});
  EXPECT_EQ(more.code, 0);
  EXPECT_NE(more.out.find("\nlog: none -> alert\n"), std::string::npos) << more.out;
  const auto json = nlohmann::json::parse(run_tool({"diff", plain, hidden, "--format", "json"}).out);
  EXPECT_EQ(json["decisions"][0]["what"], "errno");
  EXPECT_EQ(json["decisions"][0]["new"], "ENOENT");
  const auto decision =
      nlohmann::json::parse(run_tool({"explain", hidden, json["decisions"][0]["request"], "--format", "json"}).out);
  EXPECT_EQ(decision["error"], "ENOENT");
}

TEST_F(DiffCommand, PolicyWithMistakes) {
  const ToolRun run = run_tool({"diff", narrow_, policy("bad.stele", "rule r:\n  deny file fly on \"/a\"\n")});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("S3061"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace stele::testing
