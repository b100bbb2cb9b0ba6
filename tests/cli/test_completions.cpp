// stele completions: the scripts are the shells' (bash must be there; zsh and fish are asked when they are), and bash
// is asked for what it would offer.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <set>
#include <sstream>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

using Words = std::set<std::string>;

std::string output_of(const std::string& command, int& ret_code) {
  std::string out;
  std::FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 4096> buffer;
  for (size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) out.append(buffer.data(), n);
  ret_code = pclose(pipe);
  return out;
}

/// What bash offers for `words`, of which the last is being typed, in `folder`.
Words offered(const Folder& folder, const std::string& words) {
  const std::string script = folder.write(
      "ask.sh", fmt::format("source \"$1\"\ncd \"$2\"\nCOMP_WORDS=({})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}} - 1))\n"
                            "_stele\nprintf '%s\\n' \"${{COMPREPLY[@]}}\"\n",
                            words));
  int code = 0;
  std::istringstream lines(
      output_of(fmt::format("bash --norc {} {} {}", script, folder.path("completions.bash"), folder.path("")), code));
  EXPECT_EQ(code, 0) << words;
  Words out;
  for (std::string line; std::getline(lines, line);)
    if (!line.empty()) out.insert(line);
  return out;
}

TEST(Completions, BashOffersWhatThePlaceTakes) {
  const Folder folder;
  folder.write("completions.bash", run_tool({"completions", "bash"}).out);
  folder.write("web.stele", "");
  folder.write("my policy.stele", "");
  folder.write("web.test.yaml", "");
  const Words tools = offered(folder, "stele ''");
  for (const char* name : {"check", "build", "fmt", "init", "completions", "kernels"})
    EXPECT_TRUE(tools.contains(name));
  EXPECT_EQ(offered(folder, "stele che"), Words{"check"});
  EXPECT_EQ(offered(folder, "stele kernels ''"), (Words{"fetch", "list"}));
  EXPECT_EQ(offered(folder, "stele completions ''"), (Words{"bash", "fish", "zsh"}));
  EXPECT_EQ(offered(folder, "stele check --format ''"), (Words{"json", "sarif", "text"}));
  EXPECT_EQ(offered(folder, "stele check --format s"), Words{"sarif"});
  EXPECT_EQ(offered(folder, "stele inspect --format ''"), (Words{"json", "text"}));
  EXPECT_EQ(offered(folder, "stele fmt ''"), (Words{"web.stele", "my policy.stele"}));
  EXPECT_EQ(offered(folder, "stele test web.stele web.t"), Words{"web.test.yaml"});
  const Words options = offered(folder, "stele build --");
  for (const char* name : {"--help", "--format", "--output", "--emit"}) EXPECT_TRUE(options.contains(name)) << name;
  EXPECT_FALSE(options.contains("--kernel"));
  EXPECT_EQ(offered(folder, "stele check -W"), Words{"-Werror"});
  EXPECT_EQ(offered(folder, "stele help che"), Words{"check"});
  EXPECT_EQ(offered(folder, "stele kernels fetch ''"), (Words{"6.1", "6.12", "newest"}));
  EXPECT_EQ(offered(folder, "stele fmt --check ''"), (Words{"web.stele", "my policy.stele"})) << "a flag takes nothing";
}

TEST(Completions, BashOffersTheKernelsOfTheCache) {
  const Folder folder;
  folder.write("completions.bash", run_tool({"completions", "bash"}).out);
  folder.write("vmlinuz", "");
  const std::string tool = folder.write("stele",
                                        "#!/bin/sh\n[ \"$*\" = 'kernels list' ] && "
                                        "printf '6.1      6.1.0-57  /a\\n6.12     6.12.9  /b  (newest)\\n'\n");
  std::filesystem::permissions(tool, std::filesystem::perms::owner_all);
  const std::string begin = tool + " test web.stele web.test.yaml --kernel ";
  EXPECT_EQ(offered(folder, begin + "6"), (Words{"6.1", "6.12"}));
  EXPECT_EQ(offered(folder, begin + "n"), Words{"newest"});
  EXPECT_EQ(offered(folder, begin + "v"), Words{"vmlinuz"});
}

TEST(Completions, OtherShellsAcceptTheirs) {
  const Folder folder;
  for (const std::string shell : {"zsh", "fish"}) {
    const ToolRun run = run_tool({"completions", shell});
    EXPECT_EQ(run.code, 0);
    EXPECT_NE(run.out.find("kernels fetch"), std::string::npos);
    const std::string script = folder.write(shell, run.out);
    int code = 0;  // 127 << 8: the shell is not here
    output_of(fmt::format("{} -n {} 2>&1", shell, script), code);
    EXPECT_TRUE(code == 0 || code == 127 << 8) << shell;
  }
}

TEST(Completions, AnotherShellIsAMistake) {
  const ToolRun run = run_tool({"completions", "tcsh"});
  EXPECT_EQ(run.code, 2);
  EXPECT_NE(run.err.find("`tcsh` is not one of bash|fish|zsh"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace stele::testing
