// stele check: what it prints for right and wrong policies, as text, in colour, as JSON.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

using nlohmann::json;

TEST(Check, WhatATemplateWarnsOfIsSaidOnce) {
  const Folder folder;
  const ToolRun run =
      run_tool({"check", folder.write("t.stele",
                                      "policy t version \"1.0.0\"\n"
                                      "template watch(things) {\n"
                                      "  rule it:\n    audit file write on things for comm in { \"x\" }\n"
                                      "}\nuse watch(\"/a\") as one\nuse watch(\"/b\") as two\n")});
  EXPECT_EQ(run.code, 0) << run.err;
  const size_t first = run.err.find("S4026");
  ASSERT_NE(first, std::string::npos) << run.err;
  EXPECT_EQ(run.err.find("S4026", first + 1), std::string::npos) << run.err;
}

TEST(Check, ScriptsAreKnownByTheImageElseByTheirNames) {
  const Folder folder;
  const std::string path =
      folder.write("s.stele", "policy s version \"1\"\nrule r:\n  deny file write on \"/a\" unless exe \"/job.sh\"\n");
  EXPECT_NE(run_tool({"check", path}).err.find("S4047"), std::string::npos);
  std::filesystem::create_directory(folder.path("image"));
  folder.write("image/a", "x");
  folder.write("image/job.sh", "#!/bin/sh\n");
  const std::string script = run_tool({"check", path, "--root", folder.path("image")}).err;
  EXPECT_NE(script.find("S4039"), std::string::npos) << script;
  EXPECT_EQ(script.find("S4047"), std::string::npos) << script;
  folder.write("image/job.sh", "\177ELF");
  const std::string program = run_tool({"check", path, "--root", folder.path("image")}).err;
  EXPECT_EQ(program.find("S4039"), std::string::npos) << program;
  EXPECT_EQ(program.find("S4047"), std::string::npos) << program;
}

TEST(Check, DenyOrKillIsPrintedCallByCall) {
  const Folder folder;
  const std::string path = folder.write("c.stele",
                                        "policy c version \"1\"\n"
                                        "rule r:\n  deny or kill syscall { acct, seccomp, mount, memfd_create }\n"
                                        "  deny or kill file read on \"/a\"\n");
  const ToolRun run = run_tool({"check", path});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_NE(run.out.find("prevent or terminate (no programs yet): deny or kill syscall"), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("      prevented: syscall acct, mount\n      killed: syscall seccomp\n"
                         "      killed on linux 6.1, 6.12, prevented on 7.2: syscall memfd_create\n"),
            std::string::npos)
      << run.out;
  EXPECT_NE(run.out.find("  prevent: deny or kill file read on /a\n      by file_open\n  + "), std::string::npos)
      << run.out;
  const json report = json::parse(run_tool({"check", path, "--format", "json"}).out);
  EXPECT_EQ(report["constraints"][0]["effect"], "deny or kill");
  EXPECT_EQ(report["constraints"][0]["deny_or_kill"][2],
            json({{"operation", "syscall seccomp"}, {"prevented", json::array()}, {"killed", {"6.1", "6.12", "7.2"}}}));
}

/// Profiles of five other tools, rendered in the language: all that is said of them is acknowledged, and nothing in
/// vain.
TEST(Check, WhatTheTranslatedProfilesAcknowledge) {
  const ToolRun run = run_tool({"check", STELE_SOURCE "/tests/cases/meaning/translated.stele", "-Werror"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.err, "10 acknowledged by the policy\n");
}

/// A finding, one of `--root` at a named set, one of a template at the template.
const char* const kKnown =
    "policy k version \"1.0.0\"\n"
    "let tools = path \"/opt/tools/**\"\n"
    "let gone = path \"/srv/gone\" acknowledge S4034 \"made at its first start\"\n"
    "template kept(files, exes) {\n"
    "  rule files:\n"
    "    deny file read on files unless exe in exes without exe_file\n"
    "      acknowledge S4025 \"the image is read-only\"\n"
    "}\n"
    "use kept(gone, tools) as one\n"
    "use kept(\"/srv/other\", tools) as two acknowledge S4034 \"likewise\"\n";

TEST(Check, AcknowledgedWarningsAreNoneAndStayInSight) {
  const Folder folder;
  const std::string path = folder.write("k.stele", kKnown);
  const ToolRun plain = run_tool({"check", path, "-Werror"});
  EXPECT_EQ(plain.code, 0) << plain.err;
  EXPECT_EQ(plain.err.find("warning["), std::string::npos) << plain.err;
  EXPECT_NE(plain.err.find("acknowledged by the policy\n"), std::string::npos) << plain.err;
  EXPECT_NE(plain.out.find("\nacknowledged:\n"), std::string::npos) << plain.out;
  EXPECT_NE(plain.out.find("\n      the image is read-only\n"), std::string::npos) << plain.out;
  const ToolRun image = run_tool({"check", path, "-Werror", "--root", folder.path(".")});
  EXPECT_EQ(image.code, 0) << image.err;
  EXPECT_NE(image.out.find("k.stele:3 S4034: the image has no `/srv/gone`\n      made at its first start\n"),
            std::string::npos)
      << image.out;
  EXPECT_NE(image.out.find("k.stele:10 S4034: the image has no `/srv/other`\n      likewise\n"), std::string::npos)
      << image.out;
  const json report = json::parse(run_tool({"check", path, "--root", folder.path("."), "--format", "json"}).out);
  EXPECT_EQ(report["warnings"], 0);
  EXPECT_EQ(report["acknowledged"], 3);
  for (const json& one : report["diagnostics"])
    EXPECT_EQ(one.contains("acknowledged"), one["severity"] == "warning") << one;
}

/// In the policy's own file; in an included one it may be for another policy.
TEST(Check, AnAcknowledgementThatSilencesNothingIsAWarning) {
  const Folder folder;
  folder.write("base.stele", "rule base:\n  deny file read on \"/b\" acknowledge S4025 \"not here\"\n");
  const std::string path = folder.write("p.stele",
                                        "policy p version \"1.0.0\" acknowledge S4044 \"no\"\ninclude \"base.stele\"\n"
                                        "rule r:\n  deny file read on \"/a\" acknowledge S4025 \"elsewhere\"\n"
                                        "    acknowledge S4034 \"perhaps\"\n");
  EXPECT_NE(run_tool({"check", path}).err.find("error[S3121]"), std::string::npos);
  const std::string head = "policy p version \"1.0.0\" ",
                    body = "\ninclude \"base.stele\"\nrule r:\n  deny file read on \"/a\" ";
  const std::string idle = folder.write(
      "p.stele", head + "acknowledge S4021 \"x\"" + body + "acknowledge S4025 \"y\" acknowledge S4034 \"z\"\n");
  const ToolRun run = run_tool({"check", idle, "-Werror"});
  EXPECT_EQ(run.code, 1) << run.err;
  EXPECT_NE(run.err.find("p.stele:1:26: warning[S4044]: no S4021 is reported of the policy"), std::string::npos)
      << run.err;
  EXPECT_NE(run.err.find("p.stele:4:26: warning[S4044]: no S4025 is reported here"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("\n2 warnings\n"), std::string::npos) << "without --root nobody looked for S4034: " << run.err;
  EXPECT_EQ(run_tool({"check", idle, "--root", folder.path(".")}).err.find("no S4034"), std::string::npos) << "met";
}

/// An included file acknowledges what is its own, the policy's version everything that nothing narrower does.
TEST(Check, AcknowledgedInIncludedFilesAndForTheWholePolicy) {
  const Folder folder;
  folder.write("base.stele",
               "rule own: deny file read on \"/a\" unless exe \"/opt/**\" without exe_file acknowledge S4025 \"own\"\n"
               "rule other: deny file read on \"/b\" unless exe \"/opt/**\" without exe_file\n");
  const auto check = [&](const std::string& head) {
    return run_tool(
        {"check", folder.write("p.stele", "policy p version \"1.0.0\" " + head + " include \"base.stele\"\n")});
  };
  const ToolRun one = check("");
  EXPECT_NE(one.err.find("base.stele:2:13: warning[S4025]"), std::string::npos) << one.err;
  EXPECT_EQ(one.err.find("base.stele:1:11: warning"), std::string::npos) << one.err;
  const ToolRun whole = check("acknowledge S4025 \"all\"");
  EXPECT_EQ(whole.err.find("warning["), std::string::npos) << whole.err;
  EXPECT_NE(whole.out.find("base.stele:1 S4025"), std::string::npos) << whole.out;
  EXPECT_NE(whole.out.find("\n      own\n"), std::string::npos) << whole.out;
  EXPECT_NE(whole.out.find("\n      all\n"), std::string::npos) << whole.out;
}

TEST(Check, AnAssertionNamesThePartThatDecides) {
  const Folder folder;
  const ToolRun run =
      run_tool({"check", folder.write("a.stele",
                                      "policy a version \"1.0.0\"\n"
                                      "rule hashes: deny file read on \"/etc/shadow\" unless exe \"/usr/bin/passwd\"\n"
                                      "assert always uid 0 : file read on \"/etc/shadow\"\n"
                                      "assert always uid 0 : file write on \"/usr/bin/passwd\"\n")});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("decided by this constraint"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("decided by `exe_file`, which was added to keep this true"), std::string::npos) << run.err;
}

/// A set of the patterns "/**/a0/**/b0" and so on, after one that has nothing to do with it.
std::string crossed(int patterns) {
  std::string text = "policy p version \"1.0.0\"\nrule q: deny file read on \"/srv/*\"\nrule r: deny file read on {";
  for (int i = 0; i < patterns; ++i) text += fmt::format(" \"/**/a{0}/**/b{0}\",", i);
  return text + " } for uid 33\n";
}

/// What a policy's paths take, in states and edges, is what `build` counts: the limit is one, and so is the message.
TEST(Check, KnowsWhichPathsBuildRefuses) {
  const Folder folder;
  const std::string policy = folder.write("p.stele", crossed(30));
  const ToolRun check = run_tool({"check", policy});
  const ToolRun build = run_tool({"build", policy, "-o", folder.path("p")});
  EXPECT_EQ(check.code, 1);
  EXPECT_EQ(build.code, 1);
  EXPECT_EQ(check.err, build.err);
  EXPECT_NE(check.err.find("S5001"), std::string::npos) << check.err;
  EXPECT_NE(check.err.find("p.stele:3:"), std::string::npos) << "at the set of these paths: " << check.err;
  EXPECT_NE(check.err.find("`/**/a0/**/b0`"), std::string::npos) << check.err;
}

TEST(Check, TakesPathsThatCrossOneAnother) {
  const Folder folder;
  const ToolRun run = run_tool({"check", folder.write("p.stele", crossed(12)), "-Werror"});
  EXPECT_EQ(run.code, 0) << run.err;
}

TEST(Check, TheExampleIsPreventedWhereItDenies) {
  const ToolRun run = run_tool({"check", example_policy()});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_NE(run.out.find("rule shadow_is_private\n  prevent: deny file read on /etc/shadow\n      by file_open\n"),
            std::string::npos)
      << run.out;
  EXPECT_NE(run.out.find("\n  + link, prevent: deny file link on /etc/shadow\n"), std::string::npos) << run.out;
}

TEST(Check, JsonNamesEachConstraintWithGuaranteeAndHooks) {
  const ToolRun run = run_tool({"check", example_policy(), "--format", "json"});
  EXPECT_EQ(run.code, 0);
  const json report = json::parse(run.out);
  EXPECT_EQ(report["policy"], "sensitive_files");
  EXPECT_EQ(report["errors"], 0);
  const json& first = report["constraints"][0];
  EXPECT_EQ(first["rule"], "shadow_is_private");
  EXPECT_EQ(first["guarantee"], "prevent");
  EXPECT_EQ(first["mechanisms"][0]["operation"], "file read");
  bool closure = false;
  for (const json& constraint : report["constraints"]) closure = closure || constraint.contains("closure");
  EXPECT_TRUE(closure) << "the closure is never silent";
}

TEST(Check, AWrongPolicyFailsWithItsPlace) {
  const Folder folder;
  const std::string path =
      folder.write("wrong.stele", std::string(kSmallPolicy) + "rule more:\n  deny file { read } on nowhere\n");
  const ToolRun text = run_tool({"check", path});
  EXPECT_EQ(text.code, 1);
  EXPECT_NE(text.err.find("wrong.stele:6:"), std::string::npos) << text.err;
  EXPECT_NE(text.err.find("error[S3032]"), std::string::npos) << text.err;
  EXPECT_EQ(text.err.find('\033'), std::string::npos) << "no colours in a file";
  EXPECT_EQ(text.out, "");
  const ToolRun report = run_tool({"check", path, "--format", "json"});
  EXPECT_EQ(report.code, 1);
  EXPECT_EQ(json::parse(report.out)["diagnostics"][0]["code"], "S3032");
}

TEST(Check, GuaranteesOfEachKernel) {
  const Folder folder;
  const std::string path = folder.write("p.stele",
                                        "policy p version \"1.0.0\"\ntarget linux 6.1..6.12\n"
                                        "rule r: deny file xattr on \"/a\" kill syscall seccomp\n");
  const ToolRun text = run_tool({"check", path, "--guarantees"});
  EXPECT_EQ(text.code, 0) << text.err;
  EXPECT_NE(
      text.out.find("      linux 6.1: prevent\n        file xattr: prevent by inode_setxattr, inode_removexattr\n"),
      std::string::npos)
      << text.out;
  EXPECT_NE(
      text.out.find("      linux 6.12: prevent\n        file xattr: prevent by inode_setxattr, inode_removexattr, "
                    "inode_set_acl, inode_remove_acl\n"),
      std::string::npos)
      << text.out;
  EXPECT_NE(text.out.find("terminate (no programs yet): kill syscall"), std::string::npos) << text.out;
  EXPECT_EQ(text.out.find("linux 7.2"), std::string::npos) << "the target ends before it";
  const json report = json::parse(run_tool({"check", path, "--guarantees", "--format", "json"}).out);
  EXPECT_EQ(report["constraints"][0]["kernels"].size(), 2u);
  EXPECT_EQ(report["constraints"][1]["kernels"][0]["guarantee"], "terminate");
  EXPECT_EQ(report["constraints"][1]["enforced"], false);
}

TEST(Check, AssertionsAndFindingsOverAllRequests) {
  const Folder folder;
  const std::string path =
      folder.write("p.stele", std::string(kSmallPolicy) + "assert never uid 33 : file read on \"/etc/shadow\"\n");
  const ToolRun run = run_tool({"check", path});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("error[S4030]"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("uid 33 exe /usr/bin/passwd: file read /etc/shadow"), std::string::npos) << run.err;
}

TEST(Check, NamesAndPathsOfAnImage) {
  const Folder folder;
  folder.write("passwd", "www-data:x:33:33::/:/bin/sh\n");
  const std::string path = folder.write("p.stele",
                                        "policy p version \"1.0.0\"\nlet web = uid { \"www-data\" }\n"
                                        "rule r: deny file read on \"/etc/shadow\" for uid in web\n");
  EXPECT_EQ(run_tool({"check", path}).code, 1);
  EXPECT_EQ(run_tool({"check", path, "--passwd", folder.path("passwd")}).code, 0);
  EXPECT_NE(run_tool({"check", path, "--passwd", folder.path("passwd"), "--root", folder.path(".")}).err.find("S4034"),
            std::string::npos);
  EXPECT_EQ(run_tool({"check", path, "--passwd", folder.path("passwd"), "--root", folder.path("nowhere")}).code, 3);
  EXPECT_EQ(run_tool({"check", path, "--passwd", folder.path("passwd"), "--root", folder.path("nowhere")}).err,
            "stele: " + folder.path("nowhere") + ": cannot read the image: No such file or directory\n");
  EXPECT_EQ(run_tool({"check", path, "--passwd", folder.path("passwd"), "--root", folder.path("passwd")}).err,
            "stele: " + folder.path("passwd") + ": the image is a folder, and this is none\n");
}

TEST(Check, SubordinateIdsAreShown) {
  const Folder folder;
  const std::string policy =
      folder.write("p.stele",
                   "policy p version \"1.0.0\"\n"
                   "rule users: deny file read on \"/srv/a\" for uid 1000..1999\n"
                   "rule others: deny file read on \"/srv/b\" for not uid 1000..1999 unless uid 2000\n");
  const std::string subuid = folder.write("subuid", "1000:100000:65536\n");
  const ToolRun with = run_tool({"check", policy, "--subuid", subuid});
  EXPECT_EQ(with.code, 0) << with.err;
  EXPECT_EQ(with.err, "");
  const size_t shown = with.out.find("\n      for uid in { 1000..1999, 100000..165535 }\n");
  EXPECT_LT(with.out.find(":2 rule users"), shown) << with.out;
  EXPECT_LT(shown, with.out.find(":3 rule others"));
  EXPECT_EQ(with.out.find("      for ", shown + 8), std::string::npos) << "of users alone";

  const std::string note = "for these ids alone: a user's subordinate ids are others without `--subuid FILE`";
  EXPECT_EQ(run_tool({"check", policy}).out.find(note), std::string::npos);
  const ToolRun all = run_tool({"check", policy, "--guarantees"});
  ASSERT_NE(all.out.find(note), std::string::npos) << all.out;
  EXPECT_EQ(all.out.find(note), all.out.rfind(note)) << "for `users` alone";
  EXPECT_EQ(run_tool({"check", policy, "--guarantees", "--subuid", subuid}).out.find(note), std::string::npos);

  const json report = json::parse(run_tool({"check", policy, "--subuid", subuid, "--format", "json"}).out);
  EXPECT_EQ(report["constraints"][0]["for"], "uid in { 1000..1999, 100000..165535 }");
}

TEST(Check, ColoursWhenAskedFor) {
  const Folder folder;
  const std::string path = folder.write("wrong.stele", "policy\n");
  EXPECT_NE(run_tool({"check", path, "--color", "always"}, {{"NO_COLOR", "1"}}).err.find('\033'), std::string::npos);
  EXPECT_EQ(run_tool({"check", path, "--color", "never"}).err.find('\033'), std::string::npos);
}

TEST(Check, AFileThatIsNotThere) {
  const ToolRun run = run_tool({"check", "nowhere/at/all.stele"});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("S1001"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace stele::testing
