// Every scenario of the tree that lies beside its policy, on both layouts of the model: all rungs must agree.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>

#include "compiler/lower/lower.h"
#include "compiler/os/files.h"
#include "compiler/scenario/owners.h"
#include "compiler/scenario/report.h"
#include "compiler/scenario/run_host.h"
#include "dsl/sema/resolve.h"

namespace stele {
namespace {

using namespace scenario;

std::vector<std::string> policies() {
  std::vector<std::string> found;
  for (const char* folder : {SOURCE_DIR "/examples", SOURCE_DIR "/tests/scenario"})
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder))
      if (file.path().extension() == ".stele" &&
          std::filesystem::exists(std::filesystem::path(file.path()).replace_extension(".test.yaml")))
        found.push_back(file.path().string());
  std::sort(found.begin(), found.end());
  return found;
}

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  std::string name = std::filesystem::path(info.param).stem().string();
  for (char& c : name) c = std::isalnum(static_cast<unsigned char>(c)) ? c : '_';
  return name;
}

class HostScenario : public testing::TestWithParam<std::string> {};

TEST_P(HostScenario, AgreesWithTheEvaluator) {
  diag::Sink sink;
  const auto policy = sema::load_policy(GetParam(), sema::disk_reader(), sink);
  ASSERT_TRUE(policy) << (sink.all().empty() ? "" : sink.all()[0].message);
  const std::string path = std::filesystem::path(GetParam()).replace_extension(".test.yaml").string();
  const auto text = os::read_whole_file(path);
  ASSERT_TRUE(text);
  auto scenario = read_scenario(path, *text);
  ASSERT_TRUE(scenario) << scenario.error().message;
  tell_owners(*policy, *scenario);
  const auto module = lower::lower(*policy, sink);
  if (scenario->asked_only()) {
    EXPECT_FALSE(module) << "what has programs can be acted out, not only asked";
    return;
  }
  ASSERT_TRUE(module);
  if (std::all_of(scenario->cases.begin(), scenario->cases.end(), [](const Case& one) { return one.kernel_only(); }))
    return;  // it is about the enforcer
  std::vector<RungResults> rungs = {*run_evaluator(*policy, *scenario)};
  for (HostLayout layout : {HostLayout::linux_6_1, HostLayout::linux_7_2}) {
    const auto programs = HostPrograms::compile(*module, layout);
    ASSERT_TRUE(programs) << programs.error().message;
    const auto results = run_host(*programs, *scenario);
    ASSERT_TRUE(results) << results.error().message;
    rungs.push_back(*results);
  }
  const Report report = compare(*scenario, rungs);
  EXPECT_TRUE(report.ok()) << render_text(*scenario, rungs, report, Detail::failures);
}
INSTANTIATE_TEST_SUITE_P(, HostScenario, testing::ValuesIn(policies()), name_of);

}  // namespace
}  // namespace stele
