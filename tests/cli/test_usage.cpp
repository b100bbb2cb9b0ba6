// Help that teaches, and one helpful line with exit code 2 for each way to get the command line wrong.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

using Arguments = std::vector<std::string>;

TEST(Usage, HelpOfEveryCommandHasAnExampleAndTheExitCodes) {
  const Arguments commands[] = {
      {"check"},   {"build"}, {"fmt"},     {"init"},    {"completions"},      {"help"},
      {"explain"}, {"test"},  {"inspect"}, {"package"}, {"kernels", "fetch"}, {"kernels", "list"}};
  for (Arguments command : commands) {
    command.push_back("--help");
    const ToolRun run = run_tool(command);
    EXPECT_EQ(run.code, 0) << command[0];
    EXPECT_NE(run.out.find("Example:\n  stele " + command[0]), std::string::npos) << run.out;
    EXPECT_NE(run.out.find("Exit codes: 0 fine"), std::string::npos) << run.out;
    EXPECT_NE(run.out.find("--format json|"), std::string::npos) << run.out;
    EXPECT_EQ(run.err, "");
  }
}

TEST(Usage, HelpOfTheToolNamesEveryCommand) {
  const ToolRun run = run_tool({"--help"});
  EXPECT_EQ(run.code, 0);
  for (const char* name :
       {"check", "build", "explain", "test", "inspect", "kernels", "init", "fmt", "completions", "package"})
    EXPECT_NE(run.out.find(std::string("\n  ") + name), std::string::npos) << name;
}

TEST(Usage, Version) {
  const ToolRun run = run_tool({"--version"});
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(run.out.rfind("stele ", 0), 0u) << run.out;
}

struct WrongUsage {
  Arguments arguments;
  const char* expected;
};

const WrongUsage kWrong[] = {
    {{}, "a subcommand is missing: init, fmt, check"},
    {{"chek"}, "there is no subcommand `chek`; did you mean `check`?"},
    {{"frobnicate"}, "there is no subcommand `frobnicate`"},
    {{"--verbose"}, "there is no option `--verbose`"},
    {{"check"}, "POLICY is required"},
    {{"check", "a.stele", "b.stele"}, "`b.stele` is too much"},
    {{"check", "a.stele", "--fromat", "json"}, "there is no option `--fromat`; did you mean `--format`?"},
    {{"check", "a.stele", "--format", "xml"}, "`xml` is not one of json|sarif|text"},
    {{"inspect", "a.enforcer", "--format", "sarif"}, "`sarif` is not one of json|text"},
    {{"check", "a.stele", "--color", "blue"}, "`blue` is not one of always|auto|never"},
    {{"check", "a.stele", "--format"}, "--format"},
    {{"build", "a.stele"}, "--output is required"},
    {{"build", "a.stele", "-o"}, "--output"},
    {{"build", "a.stele", "-o", ""}, "an empty word says nothing"},
    {{"build", "a.stele", "-o", "a", "--emit", ""}, "an empty word says nothing"},
    {{"check", ""}, "an empty word says nothing"},
    {{"explain", "a.stele"}, "REQUEST is required"},
    {{"help", "chek"}, "there is no subcommand `chek`; did you mean `check`?"},
    {{"help", "kernels", "fech"}, "there is no subcommand `fech`; did you mean `fetch`?"},
    {{"check", "a.stele", "-Wall"}, "it reads `-Werror`"},
    {{"inspect"}, "ENFORCER is required"},
    {{"fmt"}, "FILE is required"},
    {{"completions"}, "SHELL is required"},
    {{"kernels"}, "a subcommand is missing: fetch, list"},
    {{"kernels", "fech"}, "there is no subcommand `fech`; did you mean `fetch`?"},
};

TEST(Usage, MistakesGetOneLineAndExitCode2) {
  for (const WrongUsage& wrong : kWrong) {
    const ToolRun run = run_tool(wrong.arguments);
    EXPECT_EQ(run.code, 2) << wrong.expected;
    EXPECT_EQ(run.out, "") << wrong.expected;
    EXPECT_NE(run.err.find(wrong.expected), std::string::npos) << run.err;
    EXPECT_EQ(std::count(run.err.begin(), run.err.end(), '\n'), 1) << run.err;
    EXPECT_NE(run.err.find(" --help`)"), std::string::npos) << run.err;
  }
}

TEST(Usage, WithJsonEveryMistakeIsAnObjectOnStandardOutput) {
  const Folder folder;
  const std::string policy = folder.write("small.stele", kSmallPolicy), missing = folder.path("missing");
  const Arguments wrong[] = {
      {},
      {"chek"},
      {"help", "chek"},
      {"check"},
      {"check", policy, "too", "much"},
      {"check", policy, "--fromat", "x"},
      {"check", missing},
      {"check", policy, "--root", missing},
      {"build", policy},
      {"build", policy, "-o", policy},
      {"build", missing, "-o", folder.path("out")},
      {"explain", policy, "uid 33: file raed /x"},
      {"explain", missing, "uid 33: file read /x"},
      {"test", policy, missing},
      {"test", policy, "--host"},
      {"diff", policy},
      {"diff", policy, missing},
      {"fmt", missing},
      {"init", "too", "much"},
      {"package", missing, "-o", folder.path("out")},
      {"inspect", missing},
      {"kernels", "fetch", "oldest"},
      {"kernels", "list", "x"},
      {"completions", "tcsh"},
  };
  for (Arguments arguments : wrong) {
    for (const Arguments& format : {Arguments{"--format", "json"}, Arguments{"--format=json"}}) {
      Arguments asked = arguments;
      asked.insert(asked.end(), format.begin(), format.end());
      const ToolRun run = run_tool(asked, {{"STELE_KERNEL_CACHE", folder.path("cache")}});
      const std::string shown = arguments.empty() ? "nothing" : arguments.front() + " " + arguments.back();
      EXPECT_NE(run.code, 0) << shown;
      const auto json = nlohmann::json::parse(run.out, nullptr, false);
      ASSERT_TRUE(json.is_object()) << shown << ": " << run.out;
      EXPECT_TRUE(json.contains("failure") || json["errors"] > 0) << run.out;
    }
  }
}

TEST(Usage, HelpIsACommandToo) {
  EXPECT_EQ(run_tool({"help", "check"}).out, run_tool({"check", "--help"}).out);
  EXPECT_EQ(run_tool({"help", "kernels", "fetch"}).out, run_tool({"kernels", "fetch", "--help"}).out);
  EXPECT_EQ(run_tool({"help"}).out, run_tool({"--help"}).out);
  EXPECT_EQ(run_tool({"help"}).code, 0);
}

TEST(Usage, WarningsMayBeErrors) {
  const Folder folder;
  const std::string policy = folder.write("warns.stele", std::string(kSmallPolicy) + "let idle = uid 7\n");
  const std::string scenario = folder.write("ask.yaml", "cases: [ { name: a, ask: 'uid 0: exec /a', expect: allow } ]");
  const std::string enforcer = folder.path("enforcer");
  for (const Arguments& arguments :
       {Arguments{"check", policy}, Arguments{"test", policy, scenario}, Arguments{"build", policy, "-o", enforcer}}) {
    Arguments strict = arguments;
    strict.emplace_back("-Werror");
    const ToolRun run = run_tool(strict);
    EXPECT_EQ(run.code, 1) << arguments[0];
    EXPECT_NE(run.err.find("S3039"), std::string::npos) << run.err;
    EXPECT_NE(run.err.find("warnings are errors here (-Werror)"), std::string::npos) << run.err;
    EXPECT_FALSE(std::filesystem::exists(enforcer));
    EXPECT_EQ(run_tool(arguments).code, 0) << arguments[0];
    strict[1] = folder.write("small.stele", kSmallPolicy);
    EXPECT_EQ(run_tool(strict).code, 0) << arguments[0] << ": nothing to warn of";
    std::filesystem::remove(enforcer);
  }
}

TEST(Usage, AFileIsNamedWithASlash) {
  const Folder folder;
  const std::string policy = folder.write("small.stele", kSmallPolicy),
                    scenario = folder.write("s.yaml", "cases: [ { name: a, ask: 'uid 0: exec /a', expect: allow } ]");
  const auto message = [&](const std::string& kernel) {
    const ToolRun run =
        run_tool({"test", policy, scenario, "--kernel", kernel}, {{"STELE_KERNEL_CACHE", folder.path("cache")}});
    EXPECT_EQ(run.code, 3);
    return run.err;
  };
  EXPECT_EQ(message("6.99"), "stele: 6.99: is not in the cache; `stele kernels fetch 6.99` downloads it\n");
  EXPECT_EQ(message("vmlinuz"),
            "stele: vmlinuz: a kernel is a version such as 6.1, `newest`, or a file with a `/` in its path\n");
  EXPECT_EQ(message("./vmlinuz"), "stele: ./vmlinuz: cannot read the kernel: No such file or directory\n");
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path(""));
  folder.write("vmlinuz", "");
  EXPECT_EQ(message("vmlinuz"), "stele: vmlinuz: is no version of the cache; the file is `./vmlinuz`\n");
  std::filesystem::current_path(before);
}

TEST(Usage, AnEmptyKernelCacheIsAnEmptyList) {
  const Folder folder;
  EXPECT_EQ(run_tool({"kernels", "list"}, {{"STELE_KERNEL_CACHE", folder.path("none")}}).code, 0);
  const ToolRun json = run_tool({"kernels", "list", "--format", "json"}, {{"STELE_KERNEL_CACHE", folder.path("none")}});
  EXPECT_EQ(nlohmann::json::parse(json.out), nlohmann::json::array());
}

TEST(Usage, AnUnknownKernelVersionCannotBeFetched) {
  const Folder folder;
  const ToolRun run = run_tool({"kernels", "fetch", "oldest"}, {{"STELE_KERNEL_CACHE", folder.path("cache")}});
  EXPECT_EQ(run.code, 3);
  EXPECT_NE(run.err.find("oldest"), std::string::npos) << run.err;
}

}  // namespace
}  // namespace stele::testing
