// Every scenario of the tree that lies beside its policy: the evaluator must meet each expectation; and without a
// policy each case must succeed in a kernel, which shows that a denial elsewhere is the policy's doing.

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "compiler/os/files.h"
#include "compiler/scenario/owners.h"
#include "compiler/scenario/report.h"
#include "compiler/vm/kernels.h"
#include "dsl/sema/resolve.h"

namespace stele::scenario {
namespace {

/// "…/NAME.stele" for each NAME.test.yaml of the examples and of this folder.
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

/// All but seven: what `parts`, `parts_twice`, `deployment`, `layers` and `reuse` are about is how the machine was
/// mounted, and a bare case has a fresh root of its own; `exec` makes the enforcer the machine's first process, and
/// under `lockdown=confidentiality` Linux 6.12 oopses when a tracefs is unmounted (tracefs_destroy_inode), as the end
/// of each bare case does.
std::vector<std::string> policies_that_run_bare() {
  std::vector<std::string> all = policies();
  std::erase_if(all, [](const std::string& path) {
    const std::string name = std::filesystem::path(path).stem();
    return name == "exec" || name == "lockdown" || name.starts_with("parts") || name == "deployment" ||
           name == "layers" || name == "reuse";
  });
  return all;
}

class ScenarioFile : public testing::TestWithParam<std::string> {
protected:
  void SetUp() override {
    diag::Sink sink;
    policy_ = sema::load_policy(GetParam(), sema::disk_reader(), sink);
    ASSERT_TRUE(policy_) << (sink.all().empty() ? "" : sink.all()[0].message);
    const std::string path = std::filesystem::path(GetParam()).replace_extension(".test.yaml").string();
    Result<std::string> text = os::read_whole_file(path);
    ASSERT_TRUE(text);
    Result<Scenario> scenario = read_scenario(path, *text);
    ASSERT_TRUE(scenario) << scenario.error().message;
    scenario_ = *scenario;
    tell_owners(*policy_, scenario_);
  }
  void expect_agreement(const std::vector<RungResults>& rungs) {
    const Report report = compare(scenario_, rungs);
    EXPECT_TRUE(report.ok()) << render_text(scenario_, rungs, report, Detail::failures);
  }
  std::optional<Policy> policy_;
  Scenario scenario_;
};

class Evaluator : public ScenarioFile {};
TEST_P(Evaluator, MeetsEveryExpectation) {
  if (std::all_of(scenario_.cases.begin(), scenario_.cases.end(), [](const Case& one) { return one.kernel_only(); }))
    return;  // nothing to decide
  Result<RungResults> results = run_evaluator(*policy_, scenario_);
  ASSERT_TRUE(results);
  expect_agreement({*results});
}
INSTANTIATE_TEST_SUITE_P(, Evaluator, testing::ValuesIn(policies()), name_of);

class Bare : public ScenarioFile {};
TEST_P(Bare, EveryCaseSucceedsWithoutThePolicy) {
  if (std::none_of(scenario_.cases.begin(), scenario_.cases.end(),
                   [](const Case& one) { return !one.asked_only() && one.may_run_bare(); }))
    return;  // nothing to do on a machine without an enforcer
  Result<std::vector<vm::CachedKernel>> kernels = vm::list_kernels({});
  if (!kernels || kernels->empty()) {
    const char* required = std::getenv("REQUIRE_KERNEL");
    if (required && std::string(required) == "1")
      FAIL() << "no kernel in the cache; `stele kernels fetch` downloads them";
    GTEST_SKIP() << "no kernel in the cache; `stele kernels fetch` downloads them";
  }
  for (const vm::CachedKernel& kernel : *kernels) {
    KernelRunOptions options;
    options.bare = true;
    Result<RungResults> results = run_kernel({policy_->name, {}, {}, ""}, scenario_, kernel.path, options);
    ASSERT_TRUE(results) << results.error().message;
    expect_agreement({*results});
  }
}
INSTANTIATE_TEST_SUITE_P(, Bare, testing::ValuesIn(policies_that_run_bare()), name_of);

}  // namespace
}  // namespace stele::scenario
