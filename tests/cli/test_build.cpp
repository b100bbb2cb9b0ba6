// stele build and inspect: the same bytes every time, everything or nothing.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

using nlohmann::json;

TEST(BuildCommand, MakesAnExecutableThatInspectCanRead) {
  const Folder folder;
  const ToolRun run = run_tool({"build", example_policy(), "-o", folder.path("web.enforcer")});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_NE(run.out.find(" bytes, policy sensitive_files 1.0.0, 4 rules on "), std::string::npos) << run.out;
  struct stat status;
  ASSERT_EQ(stat(folder.path("web.enforcer").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0755u);

  const ToolRun inspected = run_tool({"inspect", folder.path("web.enforcer"), "--format", "json"});
  ASSERT_EQ(inspected.code, 0) << inspected.err;
  const json info = json::parse(inspected.out);
  EXPECT_EQ(info["policy"], "sensitive_files");
  EXPECT_EQ(info["target"]["min"], "6.1");
  EXPECT_EQ(info["bytes"]["file"], status.st_size);
  EXPECT_EQ(info["manifest"]["policy"], "sensitive_files");
  bool file_open = false;
  for (const json& program : info["programs"]) file_open = file_open || program["hook"] == "file_open";
  EXPECT_TRUE(file_open) << inspected.out;

  const ToolRun text = run_tool({"inspect", folder.path("web.enforcer")});
  EXPECT_EQ(text.out.rfind("policy sensitive_files 1.0.0 for linux >= 6.1\n", 0), 0u) << text.out;
  const ToolRun manifest = run_tool({"inspect", "--manifest", folder.path("web.enforcer")});
  EXPECT_EQ(json::parse(manifest.out), info["manifest"]);
}

TEST(BuildCommand, SameBytesTwice) {
  const Folder one, two;
  ASSERT_EQ(run_tool({"build", example_policy(), "-o", one.path("a")}).code, 0);
  ASSERT_EQ(run_tool({"build", example_policy(), "-o", two.path("b")}, {{"LANG", "C"}, {"TZ", "Asia/Tokyo"}}).code, 0);
  EXPECT_EQ(read_text(one.path("a")), read_text(two.path("b")));
}

/// The enforcer depends on whose the ids are, not on the order of the lines.
TEST(BuildCommand, SubordinateIdsInAnyOrder) {
  const Folder folder;
  const std::string policy =
      folder.write("p.stele", "policy p version \"1.0.0\"\nrule r: deny file read on \"/srv/a\" for uid 1000..1001\n");
  const std::string one = folder.write("one", "1000:100000:65536\n1001:300000:65536\n");
  const std::string other = folder.write("other", "# both\n1001:300000:65536\n1000:100000:65536\n");
  const auto built = [&](const std::vector<std::string>& more) {
    std::vector<std::string> words = {"build", policy, "-o", folder.path("e")};
    words.insert(words.end(), more.begin(), more.end());
    const ToolRun run = run_tool(words);
    EXPECT_EQ(run.code, 0) << run.err;
    return read_text(folder.path("e"));
  };
  const std::string bytes = built({"--subuid", one});
  EXPECT_EQ(built({"--subuid", other}), bytes);
  EXPECT_NE(built({}), bytes);
}

TEST(BuildCommand, EmitLeavesEverythingToRead) {
  const Folder folder;
  const ToolRun run = run_tool({"build", example_policy(), "-o", folder.path("e"), "--emit", folder.path("made")});
  ASSERT_EQ(run.code, 0) << run.err;
  const std::string source = read_text(folder.path("made/policy.bpf.c"));
  EXPECT_NE(source.find("sensitive_files.stele:"), std::string::npos);
  EXPECT_EQ(read_text(folder.path("made/policy.bpf.o")).substr(0, 4), "\177ELF");
  EXPECT_EQ(read_text(folder.path("made/plan")).substr(0, 8), "STELEPL1");
  EXPECT_EQ(json::parse(read_text(folder.path("made/manifest.json")))["policy"], "sensitive_files");
}

TEST(BuildCommand, RefusesWhatHasNoProgramsYet) {
  const Folder folder;
  const std::string path =
      folder.write("net.stele", std::string(kSmallPolicy) + "rule n: deny net connect to 10.0.0.0/8\n");
  const ToolRun run = run_tool({"build", path, "-o", folder.path("e")});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("error[S6001]: not yet on this target: no programs in kernels for `net connect`"),
            std::string::npos)
      << run.err;
  EXPECT_EQ(folder.names(), std::vector<std::string>{"net.stele"});
  EXPECT_EQ(run_tool({"check", path}).code, 0);
  EXPECT_NE(run_tool({"explain", path, "uid 0: net connect to 10.1.2.3 port 80/tcp"}).out.find("deny (EPERM)"),
            std::string::npos);
}

/// A policy that permits more than the one it replaces is built for a reason only (S6020), which the manifest keeps.
TEST(BuildCommand, WiderThanTheOneThatItReplaces) {
  const Folder folder;
  const std::string narrow = folder.write("old.stele", kSmallPolicy);
  const std::string wide = folder.write("new.stele",
                                        "policy small version \"1.0.1\"\nrule shadow:\n"
                                        "  deny file { read } on { \"/etc/shadow\" } unless exe in { "
                                        "\"/usr/bin/passwd\", \"/usr/bin/su\" }\n");
  const ToolRun refused = run_tool({"build", wide, "-o", folder.path("e"), "--against", narrow});
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("error[S6020]: this policy permits more than"), std::string::npos) << refused.err;
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"new.stele", "old.stele"}));
  ASSERT_EQ(run_tool({"build", wide, "-o", folder.path("e"), "--against", narrow, "--allow-widen", "su reads it"}).code,
            0);
  const json manifest = json::parse(run_tool({"inspect", "--manifest", folder.path("e")}).out);
  EXPECT_EQ(manifest["widening"]["reason"], "su reads it");
  EXPECT_NE(std::find(manifest["widening"]["classes"].begin(), manifest["widening"]["classes"].end(), "file"),
            manifest["widening"]["classes"].end());
  ASSERT_EQ(run_tool({"build", narrow, "-o", folder.path("e"), "--against", narrow}).code, 0);
  EXPECT_FALSE(json::parse(run_tool({"inspect", "--manifest", folder.path("e")}).out).contains("widening"));
  EXPECT_EQ(run_tool({"build", wide, "-o", folder.path("e"), "--allow-widen", "alone"}).code, 2);
}

/// What was warned of in the released policy is no matter of the one that replaces it.
TEST(BuildCommand, WarningsOfTheReplacedPolicyAreItsOwn) {
  const Folder folder;
  const std::string warned = folder.write("old.stele", std::string(kSmallPolicy) + "let unused = path \"/b\"\n");
  const std::string clean = folder.write("new.stele", kSmallPolicy);
  ASSERT_EQ(run_tool({"build", warned, "-o", folder.path("e"), "-Werror"}).code, 1);
  const ToolRun run = run_tool({"build", clean, "-o", folder.path("e"), "-Werror", "--against", warned});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.err.find("warning"), std::string::npos) << run.err;
  EXPECT_EQ(run_tool({"build", clean, "-o", folder.path("e"), "--against", folder.write("bad.stele", "policy")}).code,
            1);
}

TEST(BuildCommand, TheManifestHasWhatIsAcknowledged) {
  const Folder folder;
  const std::string policy = folder.write("p.stele",
                                          "policy p version \"1.0.0\"\nrule r: deny file read on \"/a\"\n"
                                          "let later = path \"/b\"\n  acknowledge S3039 \"the next release\"\n");
  const ToolRun run = run_tool({"build", policy, "-o", folder.path("e"), "-Werror"});
  ASSERT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.err, "1 acknowledged by the policy\n");
  const json manifest = json::parse(run_tool({"inspect", "--manifest", folder.path("e")}).out);
  EXPECT_EQ(manifest["acknowledged"],
            json::array({{{"code", "S3039"}, {"at", "p.stele:4"}, {"reason", "the next release"}}}));
}

TEST(BuildCommand, AHeaderThatProtectsLessIsWider) {
  const Folder folder;
  const std::string rule = "\nrule r:\n  deny file read on \"/etc/shadow\"\n";
  const std::string old = folder.write("old.stele", "policy p version \"1.0.0\"" + rule);
  const std::string later = folder.write("later.stele", "policy p version \"1.0.0\"\ntarget linux >= 6.12" + rule);
  const std::string soft = folder.write("soft.stele", "policy p version \"1.0.0\" on failure continue" + rule);
  for (const auto& [path, what] : {std::pair(later, "target"), std::pair(soft, "on failure")}) {
    const ToolRun refused = run_tool({"build", path, "-o", folder.path("e"), "--against", old});
    EXPECT_EQ(refused.code, 1);
    EXPECT_NE(refused.err.find(std::string("permits more than `") + old + "` of " + what), std::string::npos)
        << refused.err;
    ASSERT_EQ(run_tool({"build", path, "-o", folder.path("e"), "--against", old, "--allow-widen", "why"}).code, 0);
    const json manifest = json::parse(run_tool({"inspect", "--manifest", folder.path("e")}).out);
    EXPECT_EQ(manifest["widening"]["classes"], json::array({what}));
    EXPECT_EQ(manifest["on_failure"], path == soft ? "continue" : "halt");
  }
}

TEST(BuildCommand, Json) {
  const Folder folder;
  const ToolRun run = run_tool({"build", example_policy(), "-o", folder.path("e"), "--format", "json"});
  ASSERT_EQ(run.code, 0) << run.err;
  const json report = json::parse(run.out);
  EXPECT_EQ(report["bytes"], read_text(folder.path("e")).size());
  EXPECT_EQ(report["rules"], 4);
  EXPECT_EQ(report["errors"], 0);
}

TEST(BuildCommand, AWrongPolicyLeavesTheOldEnforcerAlone) {
  const Folder folder;
  const std::string wrong = folder.write("wrong.stele", "policy\n"), old = folder.write("old.enforcer", "as it was");
  const ToolRun run = run_tool({"build", wrong, "-o", old, "--emit", folder.path("made")});
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(read_text(old), "as it was");
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"old.enforcer", "wrong.stele"}));
}

TEST(BuildCommand, AFolderThatIsNotThereIsTheEnvironmentsFailure) {
  const Folder folder;
  const ToolRun run = run_tool({"build", example_policy(), "-o", folder.path("none/web.enforcer")});
  EXPECT_EQ(run.code, 3);
  EXPECT_NE(run.err.find("none/web.enforcer"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("No such file or directory"), std::string::npos) << run.err;
  EXPECT_TRUE(folder.names().empty());
}

TEST(BuildCommand, NothingHalfDoneWhenTheOutputCannotBeReplaced) {
  const Folder folder;
  ASSERT_EQ(mkdir(folder.path("taken").c_str(), 0700), 0);
  const ToolRun run = run_tool({"build", example_policy(), "-o", folder.path("taken"), "--format", "json"});
  EXPECT_EQ(run.code, 3);
  EXPECT_EQ(folder.names(), (std::vector<std::string>{"taken"}));
  EXPECT_EQ(json::parse(run.out)["failure"]["errno"], EISDIR);
}

TEST(InspectCommand, RefusesWhatIsNoEnforcer) {
  const Folder folder;
  for (const std::string& text :
       {std::string(), std::string("hello"), std::string("\177ELF") + std::string(500, '\0')}) {
    const ToolRun run = run_tool({"inspect", folder.write("file", text)});
    EXPECT_EQ(run.code, 3) << text.size();
    EXPECT_NE(run.err.find("/file: "), std::string::npos) << run.err;
  }
  EXPECT_EQ(run_tool({"inspect", folder.path("missing")}).code, 3);
  EXPECT_EQ(run_tool({"inspect", folder.path("")}).code, 3);
}

TEST(InspectCommand, RefusesADamagedEnforcer) {
  const Folder folder;
  ASSERT_EQ(run_tool({"build", example_policy(), "-o", folder.path("e")}).code, 0);
  std::string bytes = read_text(folder.path("e"));
  bytes[bytes.size() - 10] ^= 1;
  EXPECT_EQ(run_tool({"inspect", folder.write("flipped", bytes)}).code, 3);
  EXPECT_EQ(run_tool({"inspect", folder.write("cut", bytes.substr(0, bytes.size() - 10))}).code, 3);
}

}  // namespace
}  // namespace stele::testing
