// The last rung: a kernel in an emulated machine. The initramfs holds init, the enforcer and the script; init makes the
// image from the script, so that one way serves all mounts.

#include <fmt/format.h>

#include <charconv>

#include "compiler/os/files.h"
#include "compiler/scenario/outcome.h"
#include "compiler/scenario/run.h"
#include "compiler/scenario/script.h"
#include "compiler/vm/guest_init.h"
#include "compiler/vm/initramfs.h"
#include "compiler/vm/kernels.h"
#include "compiler/vm/machine.h"

namespace stele::scenario {
namespace {

struct Version {
  uint32_t major = 0, minor = 0;
  auto operator<=>(const Version&) const = default;
};

Version version_of(const std::string& text) {
  Version version;
  const char* end = text.data() + text.size();
  const char* at = std::from_chars(text.data(), end, version.major).ptr;
  if (at != end && *at == '.') std::from_chars(at + 1, end, version.minor);
  return version;
}

Result<std::string> make_initramfs(const std::string& script, const std::string& enforcer,
                                   const std::vector<vm::ArchiveEntry>& others) {
  using Kind = vm::ArchiveEntry::Kind;
  std::vector<vm::ArchiveEntry> entries = {
      {.path = "/dev", .kind = Kind::directory, .content = "", .mode = 0755},
      {.path = "/dev/console", .kind = Kind::character_device, .content = "", .mode = 0600, .major = 5, .minor = 1},
      {.path = "/init", .content = vm::guest_init(), .mode = 0755},
      {.path = "/scenario", .content = script, .mode = 0600}};
  if (!enforcer.empty()) entries.push_back({.path = "/enforcer", .content = enforcer, .mode = 0755});
  entries.insert(entries.end(), others.begin(), others.end());
  return vm::write_initramfs(entries);
}

std::string joined(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += "\n  " + line;
  return text;
}

std::string tail_of(const std::string& console) {
  constexpr size_t kTail = 2000;
  return console.size() > kTail ? "…" + console.substr(console.size() - kTail) : console;
}

/// Why the report is not one of a whole run, or empty.
std::string fault_of(const vm::MachineResult& machine, const GuestReport& report) {
  if (report.enforcer_status.value_or(0) != 0)
    return fmt::format("the enforcer refused to start: {}{}",
                       *report.enforcer_status & 0x7f ? fmt::format("signal {}", *report.enforcer_status & 0x7f)
                                                      : fmt::format("exit code {}", *report.enforcer_status >> 8),
                       joined(report.enforcer_output));
  if (!report.failures.empty()) return "the test machine could not be set up:" + joined(report.failures);
  if (report.done) return "";
  switch (machine.end) {
    case vm::MachineEnd::timed_out:
      return "the machine did not end in time; its console ends with\n" + tail_of(machine.console);
    case vm::MachineEnd::panicked:
      return "the kernel panicked; its console ends with\n" + tail_of(machine.console);
    case vm::MachineEnd::halted:
      return "the machine was halted; its console ends with\n" + tail_of(machine.console);
    case vm::MachineEnd::flooded:
      return "the machine wrote too much";
    case vm::MachineEnd::powered_off:
      break;
  }
  return "the machine stopped before the end; its console ends with\n" + tail_of(machine.console);
}

/// Is the case meant for this release?
bool is_for_kernel(const Case& one, const std::string& release) {
  if (one.kernels.empty()) return true;
  const Version running = version_of(release);
  for (const std::string& text : one.kernels) {
    const size_t at = text.find_first_of("0123456789");
    const std::string comparison = text.substr(0, at);
    const Version named = version_of(text.substr(at));
    if (comparison.empty()   ? running == named
        : comparison == ">=" ? running >= named
        : comparison == "<=" ? running <= named
        : comparison == ">"  ? running > named
        : comparison == "<"  ? running < named
                             : running == named)
      return true;
  }
  return false;
}

}  // namespace

std::optional<std::string> why_skipped(const Case& one, const std::string& release, Rung rung) {
  if (one.asked_only()) return "a question: the evaluator alone decides it";
  if (!is_for_kernel(one, release)) return fmt::format("for {} only: {}", fmt::join(one.kernels, ", "), one.reason);
  if (rung == Rung::host && one.kernel_only()) return "the exit code of a program is seen on kernels only";
  if (rung == Rung::bare && !one.may_run_bare()) return "it shows nothing without the enforcer";
  return std::nullopt;
}

Result<RungResults> run_kernel(const EnforcerUnderTest& enforcer, const Scenario& scenario,
                               const std::string& kernel_path, const KernelRunOptions& options) {
  Result<std::string> release = vm::kernel_release(kernel_path);
  if (!release) return tl::unexpected(release.error());
  RungResults results;
  results.rung = options.bare ? Rung::bare : Rung::kernel;
  results.name = "linux " + *release + (options.bare ? ", bare" : "");

  std::vector<size_t> chosen;
  for (size_t i = 0; i < scenario.cases.size(); i++) {
    const Case& one = scenario.cases[i];
    Outcome outcome;
    outcome.index = i;
    outcome.skipped = why_skipped(one, *release, results.rung);
    if (!outcome.skipped) {
      outcome.trouble = "the machine did not get to this case";
      chosen.push_back(i);
    }
    results.outcomes.push_back(outcome);
  }
  if (chosen.empty()) return results;

  const std::string script =
      write_script(scenario, chosen, enforcer.policy, options.bare ? Enforcement::bare : Enforcement::enforced);
  std::vector<vm::ArchiveEntry> others;
  for (size_t i = 0; i < enforcer.others.size(); i++)
    others.push_back({.path = scenario.other_enforcers[i].path, .content = enforcer.others[i], .mode = 0755});
  if (scenario.wants_overlay()) {
    Result<std::string> module = os::read_whole_file(vm::module_path(kernel_path, "overlay"));
    if (!module) {
      Failure failure = module.error();
      failure.message =
          "the scenario mounts overlays, and the kernel's module is not here; `stele kernels fetch` gets it";
      return tl::unexpected(failure);
    }
    others.push_back({.path = "/overlay.ko", .content = *module, .mode = 0600});
  }
  Result<std::string> initramfs = make_initramfs(script, options.bare ? "" : enforcer.bytes, others);
  if (!initramfs) return tl::unexpected(initramfs.error());
  vm::MachineOptions machine;
  machine.kernel = kernel_path;
  machine.initramfs = *initramfs;
  machine.command_line = scenario.kernel_command_line;
  machine.memory_mib = options.memory_mib;
  machine.timeout_seconds = options.timeout_seconds;
  machine.clock = options.count_instructions == CountInstructions::yes ? vm::Clock::instructions : vm::Clock::host;
  Result<vm::MachineResult> ran = vm::boot(machine);
  if (!ran) return tl::unexpected(ran.error());
  Result<GuestReport> report = parse_report(ran->report);
  if (!report) return tl::unexpected(Failure{kernel_path, 0, report.error().message});
  if (std::string fault = fault_of(*ran, *report); !fault.empty())
    return tl::unexpected(Failure{kernel_path, 0, results.name + ": " + fault});

  results.seconds = ran->seconds;
  results.apply_us = report->enforcer_us;
  results.enforcer_output = report->enforcer_output;
  for (const GuestCase& one : report->cases)
    if (one.index < scenario.cases.size())
      results.outcomes[one.index] = outcome_of(enforcer, scenario.cases[one.index], one);
  return results;
}

}  // namespace stele::scenario
