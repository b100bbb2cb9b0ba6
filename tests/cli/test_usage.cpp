// Help that teaches, and one helpful line with exit code 2 for each way to get the command line wrong.

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

using Arguments = std::vector<std::string>;

TEST(Usage, HelpOfEveryCommandHasAnExampleAndTheExitCodes) {
  const Arguments commands[] = {{"check"},          {"build"}, {"fmt"},     {"init"},    {"completions"},
                                {"explain"},        {"test"},  {"inspect"}, {"package"}, {"kernels", "fetch"},
                                {"kernels", "list"}};
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
