// Where commands write: a source is never overwritten, what is no regular file is written into, a link that the user
// names is followed, one below a folder is not.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

namespace fs = std::filesystem;

class Outputs : public ::testing::Test {
protected:
  const Folder folder_;
  const std::string policy_ = folder_.write("web.stele", kSmallPolicy);

  ToolRun build(const std::vector<std::string>& more) const {
    std::vector<std::string> words = {"build", policy_};
    words.insert(words.end(), more.begin(), more.end());
    return run_tool(words);
  }
};

TEST_F(Outputs, ASourceIsNeverOverwritten) {
  const std::string other = folder_.write("other.stele", std::string(kSmallPolicy) + "include \"more.stele\"\n");
  const std::string more = folder_.write("more.stele", "let x = path { \"/x\" }\n");
  const std::string passwd = folder_.write("passwd", "root:x:0:0::/root:/bin/sh\n");
  const std::string subuid = folder_.write("subuid", "1000:100000:65536\n");
  fs::create_symlink("web.stele", folder_.path("alias"));
  fs::create_hard_link(policy_, folder_.path("second"));
  const struct {
    const char* what;
    std::vector<std::string> words;
    std::string kept;
  } cases[] = {
      {"the policy", {"build", policy_, "-o", policy_}, policy_},
      {"by a link", {"build", policy_, "-o", folder_.path("alias")}, policy_},
      {"by another name", {"build", policy_, "-o", folder_.path("second")}, policy_},
      {"what it replaces", {"build", policy_, "-o", other, "--against", other, "--allow-widen", "x"}, other},
      {"what that includes", {"build", policy_, "-o", more, "--against", other, "--allow-widen", "x"}, more},
      {"names", {"build", policy_, "-o", passwd, "--passwd", passwd}, passwd},
      {"ids", {"build", policy_, "-o", subuid, "--subuid", subuid}, subuid},
  };
  for (const auto& one : cases) {
    const std::string before = read_text(one.kept);
    const ToolRun run = run_tool(one.words);
    EXPECT_EQ(run.code, 2) << one.what << run.err;
    EXPECT_NE(run.err.find("is read by this command, and is not overwritten"), std::string::npos) << run.err;
    EXPECT_EQ(read_text(one.kept), before) << one.what;
  }
}

TEST_F(Outputs, NeitherByEmittedFiles) {
  fs::create_directory(folder_.path("made"));
  const std::string inner = folder_.write("made/manifest.json", kSmallPolicy);
  const ToolRun run = run_tool({"build", inner, "-o", folder_.path("e"), "--emit", folder_.path("made")});
  EXPECT_EQ(run.code, 2);
  EXPECT_EQ(read_text(inner), kSmallPolicy);
  EXPECT_FALSE(fs::exists(folder_.path("e")));
  const ToolRun twice = build({"-o", folder_.path("two/plan"), "--emit", folder_.path("two")});
  EXPECT_EQ(twice.code, 2);
  EXPECT_NE(twice.err.find("would be written twice"), std::string::npos) << twice.err;
  EXPECT_EQ(build({"-o", folder_.path("both"), "--emit", folder_.path("both")}).code, 2);
  EXPECT_FALSE(fs::exists(folder_.path("both")));
}

TEST_F(Outputs, ADeviceIsWrittenIntoAndStays) {
  const std::string full = folder_.path("full");
  if (mknod(full.c_str(), S_IFCHR | 0666, makedev(1, 7)) != 0) fs::create_symlink("/dev/full", full);
  const ToolRun run = build({"-o", full, "--format", "json"});
  EXPECT_EQ(run.code, 3);
  EXPECT_EQ(nlohmann::json::parse(run.out)["failure"]["errno"], ENOSPC);
  EXPECT_TRUE(fs::is_character_file(full));
  EXPECT_EQ(build({"-o", "/dev/null"}).code, 0);
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(Outputs, StandardOutputHoldsTheEnforcerAlone) {
  ASSERT_EQ(build({"-o", folder_.path("e")}).code, 0);
  const ToolRun run = build({"-o", "/dev/stdout"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_EQ(run.out, read_text(folder_.path("e")));
  EXPECT_NE(run.err.find(" bytes, policy small 1.0.0"), std::string::npos) << run.err;
}

TEST_F(Outputs, APipe) {
  const std::string pipe = folder_.path("pipe");
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  ASSERT_EQ(build({"-o", folder_.path("e")}).code, 0);
  const pid_t reader = fork();
  if (reader == 0) {
    const std::string got = read_text(pipe);
    _exit(got == read_text(folder_.path("e")) ? 0 : 1);
  }
  EXPECT_EQ(build({"-o", pipe}).code, 0);
  int status = 0;
  ASSERT_EQ(waitpid(reader, &status, 0), reader);
  EXPECT_EQ(status, 0);
  EXPECT_TRUE(fs::is_fifo(pipe));
}

TEST_F(Outputs, AFifoIntoWhichNobodyWritesIsNoEnforcer) {
  const std::string fifo = folder_.path("fifo");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_EQ(run_tool({"inspect", fifo}).code, 3);
  EXPECT_EQ(run_tool({"package", fifo, "-o", folder_.path("out")}).code, 3);
}

TEST_F(Outputs, ALinkThatIsNamedIsFollowed) {
  folder_.write("real", "old");
  fs::create_symlink("real", folder_.path("link"));
  fs::create_symlink("made-later", folder_.path("dangling"));
  for (const char* name : {"link", "dangling"}) {
    EXPECT_EQ(build({"-o", folder_.path(name)}).code, 0);
    EXPECT_TRUE(fs::is_symlink(folder_.path(name))) << name;
  }
  EXPECT_EQ(read_text(folder_.path("real")).substr(0, 4), "\177ELF");
  EXPECT_EQ(read_text(folder_.path("made-later")), read_text(folder_.path("real")));
}

TEST_F(Outputs, ALinkBelowAFolderIsNot) {
  ASSERT_EQ(build({"-o", folder_.path("e")}).code, 0);
  for (const char* name : {"elsewhere", "out", "emitted"}) fs::create_directory(folder_.path(name));
  const std::string kept = folder_.write("kept", "as it was");
  fs::create_directory_symlink("../elsewhere", folder_.path("out/systemd"));
  const ToolRun folder = run_tool({"package", folder_.path("e"), "-o", folder_.path("out")});
  EXPECT_EQ(folder.code, 3);
  EXPECT_NE(folder.err.find("out/systemd: a symbolic link in the folder is not followed"), std::string::npos)
      << folder.err;
  EXPECT_TRUE(fs::is_empty(folder_.path("elsewhere")));
  fs::remove(folder_.path("out/systemd"));
  fs::remove(folder_.path("out/stele-small"));
  fs::create_symlink("../kept", folder_.path("out/stele-small"));
  EXPECT_EQ(run_tool({"package", folder_.path("e"), "-o", folder_.path("out")}).code, 3);
  fs::create_symlink("../kept", folder_.path("emitted/plan"));
  EXPECT_EQ(build({"-o", folder_.path("e"), "--emit", folder_.path("emitted")}).code, 3);
  EXPECT_EQ(read_text(kept), "as it was");
  // The folder itself may be one: the user names it.
  fs::create_directory_symlink("elsewhere", folder_.path("there"));
  EXPECT_EQ(run_tool({"package", folder_.path("e"), "-o", folder_.path("there")}).code, 0);
  EXPECT_TRUE(fs::exists(folder_.path("elsewhere/stele-small")));
}

TEST_F(Outputs, EmitOntoAFile) {
  const std::string file = folder_.write("file", "as it was");
  EXPECT_EQ(build({"-o", folder_.path("e"), "--emit", file}).code, 3);
  EXPECT_EQ(read_text(file), "as it was");
  EXPECT_FALSE(fs::exists(folder_.path("e")));
}

TEST_F(Outputs, APackageDoesNotOverwriteItsEnforcer) {
  fs::create_directory(folder_.path("out"));
  ASSERT_EQ(build({"-o", folder_.path("out/stele-small")}).code, 0);
  EXPECT_EQ(run_tool({"package", folder_.path("out/stele-small"), "-o", folder_.path("out")}).code, 2);
}

TEST_F(Outputs, APackageOfAnotherVersionBesideTheNewOneIsSaid) {
  ASSERT_EQ(build({"-o", folder_.path("e")}).code, 0);
  fs::create_directory(folder_.path("out"));
  folder_.write("out/stele-small_0.9.0_amd64.deb", "old");
  folder_.write("out/stele-other_0.9.0_amd64.deb", "another policy's");
  const ToolRun run = run_tool({"package", folder_.path("e"), "-o", folder_.path("out"), "--format", "json"});
  EXPECT_EQ(run.code, 0);
  EXPECT_NE(run.err.find("out/stele-small_0.9.0_amd64.deb is a package of this policy in another version"),
            std::string::npos)
      << run.err;
  EXPECT_EQ(nlohmann::json::parse(run.out)["other_versions"].size(), 1U);
  EXPECT_EQ(read_text(folder_.path("out/stele-small_0.9.0_amd64.deb")), "old");
}

TEST_F(Outputs, FmtRewritesRegularFilesThroughLinks) {
  const std::string ragged = folder_.write("ragged.stele", "policy a\n\n\n version \"1.0.0\"\n");
  fs::create_symlink("ragged.stele", folder_.path("link.stele"));
  EXPECT_EQ(run_tool({"fmt", folder_.path("link.stele")}).code, 0);
  EXPECT_TRUE(fs::is_symlink(folder_.path("link.stele")));
  EXPECT_EQ(read_text(ragged), "policy a version \"1.0.0\"\n");
}

}  // namespace
}  // namespace stele::testing
