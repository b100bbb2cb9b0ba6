// `exec` as the first process when the policy cannot be enforced: what the machine says, and what becomes of it. That
// it can is shown by tests/scenario/exec.test.yaml.

#include <gtest/gtest.h>

#include <cstdlib>

#include "compiler/vm/guest_init.h"
#include "compiler/vm/initramfs.h"
#include "compiler/vm/kernels.h"
#include "compiler/vm/machine.h"
#include "tests/enforcer/fixture.h"

namespace {

using namespace stele::pack;
using namespace stele::vm;

/// An enforcer that no kernel suits.
std::string unsuited(stele_on_failure on_failure) {
  PlanInput input = fixture_input();
  input.min_kernel = 0x630000;
  input.on_failure = on_failure;
  auto plan = make_plan(read_bytes(FIXTURES "/policy.bpf.o"), input);
  return *link_enforcer(enforcer_stub(), *plan);
}

/// Boots a machine whose first process is the enforcer; its init is the tests' one, with nothing to do.
MachineResult boot_with(const std::string& enforcer, const std::string& words, const std::string& kernel) {
  using Kind = ArchiveEntry::Kind;
  MachineOptions options;
  options.kernel = kernel;
  options.command_line = "rdinit=/enforcer -- " + words;
  options.initramfs = *write_initramfs({
      {.path = "/dev", .kind = Kind::directory, .content = "", .mode = 0755},
      {.path = "/dev/console", .kind = Kind::character_device, .content = "", .mode = 0600, .major = 5, .minor = 1},
      {.path = "/enforcer", .content = enforcer, .mode = 0755},
      {.path = "/init", .content = guest_init(), .mode = 0755},
      {.path = "/scenario", .content = "policy fixture\nroot initramfs\n"},
  });
  auto result = boot(options);
  EXPECT_TRUE(result) << result.error().message;
  return result.value_or(MachineResult{});
}

class Exec : public testing::Test {
protected:
  void SetUp() override {
    auto kernels = list_kernels({});
    if (kernels && !kernels->empty()) {
      for (const CachedKernel& kernel : *kernels) kernels_.push_back(kernel.path);
      return;
    }
    const char* required = std::getenv("REQUIRE_KERNEL");
    if (required && std::string(required) == "1") FAIL() << "no kernel in the cache; see `stele kernels fetch`";
    GTEST_SKIP() << "no kernel in the cache; see `stele kernels fetch`";
  }
  /// On every kernel: the machine ends so, and its console has these lines in this order.
  void expect(const std::string& enforcer, const std::string& words, MachineEnd end,
              const std::vector<std::string>& lines) {
    for (const std::string& kernel : kernels_) {
      const MachineResult machine = boot_with(enforcer, words, kernel);
      EXPECT_EQ(machine.end, end) << kernel << ":\n" << machine.console;
      size_t at = 0;
      for (const std::string& line : lines) {
        at = machine.console.find(line, at);
        ASSERT_NE(at, std::string::npos) << kernel << ": " << line << " not in\n" << machine.console;
      }
    }
  }
  std::vector<std::string> kernels_;
};

TEST_F(Exec, HaltsTheMachine) {
  expect(unsuited(STELE_ON_FAILURE_HALT), "exec /init", MachineEnd::halted,
         {"stele: fixture: kernel ", "is outside the target, 99.0 to", "help: boot a kernel of the policy's target",
          "stele: fixture: /init is not started, the machine is halted", "the policy says `on failure halt`",
          "] stele: fixture: /init is not started, the machine is halted",  // and in the kernel's log
          "reboot: System halted"});
}

TEST_F(Exec, ContinuesWhereThePolicySaysSo) {
  expect(unsuited(STELE_ON_FAILURE_CONTINUE), "exec /init", MachineEnd::powered_off,
         {"stele: fixture: kernel ", "warning: /init is started without the policy, which says `on failure continue`"});
}

TEST_F(Exec, PanicsWhenItIsDamaged) {
  std::string damaged = unsuited(STELE_ON_FAILURE_CONTINUE);
  damaged[damaged.size() - 100] ^= 1;
  expect(damaged, "exec /init", MachineEnd::panicked, {"stele: the enforcer is damaged", "Kernel panic"});
}

TEST_F(Exec, HaltsWhenThereIsNoSuchProgram) {
  expect(unsuited(STELE_ON_FAILURE_CONTINUE), "exec /no/init", MachineEnd::halted,
         {"cannot execute /no/init: ENOENT", "/no/init is not started, the machine is halted"});
}

}  // namespace
