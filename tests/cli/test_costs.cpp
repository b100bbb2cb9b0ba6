// stele check --costs: what is said of a policy before it ships. How right it is, kernels tell: stele_bench --costs.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/tool.h"

namespace stele::testing {
namespace {

using nlohmann::json;

json costs_of(const std::string& policy) {
  const ToolRun run = run_tool({"check", policy, "--costs", "--format", "json"});
  EXPECT_EQ(run.code, 0) << run.err;
  return json::parse(run.out)["costs"];
}

const json& kernel_of(const json& costs, const std::string& name) {
  for (const json& one : costs["kernels"])
    if (one["kernel"] == name) return one;
  throw std::out_of_range(name);
}

TEST(Costs, OfTheExample) {
  const json costs = costs_of(example_policy());
  EXPECT_EQ(costs["names"], "names over 8 bytes");
  EXPECT_EQ(costs["programs"].size(), 23U);
  EXPECT_EQ(costs["programs"][0]["hook"], "file_open");
  EXPECT_EQ(costs["programs"][0]["walks"], 2) << "the file and the executable";
  EXPECT_EQ(costs["programs"][0]["permitting"], 1) << "the executable";
  EXPECT_EQ(costs["error_percent"]["apply"], 20);
  // Programs of hooks that a kernel does not have are not loaded there.
  EXPECT_EQ(kernel_of(costs, "6.1")["programs"], 23);
  EXPECT_EQ(kernel_of(costs, "6.12")["programs"], 25);
  EXPECT_EQ(kernel_of(costs, "7.2")["programs"], 26);
  uint64_t verified = 0;
  for (const json& program : costs["programs"]) verified += program["verified"].value("6.12", 0U);
  EXPECT_EQ(kernel_of(costs, "6.12")["verified"], verified);
  EXPECT_EQ(costs["operations"][0]["operation"], "file read");
  EXPECT_EQ(costs["operations"][0]["hooks"][0]["hook"], "file_open");
  EXPECT_GT(costs["operations"][0]["hooks"][0]["added"]["6.1"], 300);
}

TEST(Costs, InstructionsAreThoseOfTheEnforcer) {
  const Folder folder;
  ASSERT_EQ(run_tool({"build", example_policy(), "-o", folder.path("e")}).code, 0);
  const json info = json::parse(run_tool({"inspect", folder.path("e"), "--format", "json"}).out);
  std::map<std::string, int> instructions;
  for (const json& program : info["programs"]) instructions[program["hook"]] = program["instructions"];
  const json costs = costs_of(example_policy());
  for (const json& program : costs["programs"])
    EXPECT_EQ(program["instructions"], instructions[program["hook"]]) << program["hook"];
  uint64_t bytes = 0;
  for (const json& map : info["maps"]) bytes += map["data_bytes"].get<uint64_t>();
  EXPECT_EQ(costs["table_bytes"], bytes);
  EXPECT_GT(costs["edges"], 0);
}

TEST(Costs, MoreIsDearer) {
  const Folder folder;
  const std::string head = "policy p version \"1.0.0\"\n";
  const auto apply = [&](const std::string& rules, const std::string& kernel) {
    return kernel_of(costs_of(folder.write("p.stele", head + rules)), kernel)["apply_millions"].get<double>();
  };
  for (const char* kernel : {"6.1", "6.12", "7.2"}) {
    const double read = apply("rule r:\n  deny file read on \"/etc/passwords\"\n", kernel);
    const double write = apply("rule r:\n  deny file write on \"/etc/passwords\"\n", kernel);
    const double but =
        apply("rule r:\n  deny file write on \"/etc/passwords\" unless exe \"/usr/bin/passwd\"\n", kernel);
    EXPECT_LT(read, write) << kernel;
    EXPECT_LT(write, but) << kernel;
  }
}

/// Of names that few measured policies have, no error is promised.
TEST(Costs, SaysWhenItGuesses) {
  const Folder folder;
  const std::string path = folder.write(
      "p.stele", "policy p version \"1.0.0\"\nrule r:\n  deny file read on \"/a/" + std::string(40, 'n') + "\"\n");
  const ToolRun text = run_tool({"check", path, "--costs"});
  EXPECT_NE(text.out.find("\nto load it (exact names over 31 bytes; a rough guess"), std::string::npos) << text.out;
  EXPECT_TRUE(costs_of(path)["error_percent"].is_null());
}

TEST(Costs, TextSaysWhatTheTargetLeavesOut) {
  const Folder folder;
  const std::string path = folder.write(
      "p.stele", "policy p version \"1.0.0\"\ntarget linux >= 6.12\nrule r:\n  deny file xattr on \"/a\"\n");
  const ToolRun run = run_tool({"check", path, "--costs"});
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_NE(run.out.find(" (not in the target)\n  linux 6.12  "), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("  file xattr           inode_setxattr       "), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("  file xattr           inode_set_acl        "), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("\n  everything else      no hook              0\n"), std::string::npos) << run.out;
}

TEST(Costs, OfWhatCannotBeBuiltThereAreNone) {
  const Folder folder;
  const std::string path = folder.write("p.stele", "policy p version \"1.0.0\"\nrule r:\n  deny net connect\n");
  const ToolRun run = run_tool({"check", path, "--costs"});
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("error[S6001]"), std::string::npos) << run.err;
  EXPECT_EQ(run_tool({"check", path}).code, 0);
}

}  // namespace
}  // namespace stele::testing
