// stele test: scenarios in the reference evaluator and, with --kernel, on real kernels in emulated machines.

#include <fmt/format.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "compiler/cli/command_line.h"
#include "compiler/cli/pipeline.h"
#include "compiler/cli/policy_file.h"
#include "compiler/os/files.h"
#include "compiler/scenario/compare.h"
#include "compiler/scenario/coverage.h"
#include "compiler/scenario/owners.h"
#include "compiler/scenario/report.h"
#include "compiler/scenario/run.h"
#include "compiler/scenario/run_host.h"
#include "compiler/vm/kernels.h"

namespace stele::cli {
namespace {

constexpr size_t kMaxScenario = 16u << 20;

struct Options {
  Output output;
  PolicyFile policy;
  std::vector<std::string> scenarios, kernels;
  bool host = false, bare = false, every_case = false, every_rule = false, events = false, warnings_are_errors = false;
};

Result<std::vector<vm::CachedKernel>> find_kernels(const std::vector<std::string>& names) {
  std::vector<vm::CachedKernel> kernels;
  for (const std::string& name : names) {
    auto kernel = vm::find_kernel(name, {});
    if (!kernel) return tl::unexpected(kernel.error());
    kernels.push_back(std::move(*kernel));
  }
  return kernels;
}

/// Reads the scenarios; nullopt after having said what is wrong, with the exit code for it.
std::optional<std::vector<scenario::Scenario>> read_scenarios(const Options& options, const sema::Accounts& accounts,
                                                              int& ret_code) {
  std::vector<scenario::Scenario> scenarios;
  for (const std::string& path : options.scenarios) {
    const auto text = os::read_whole_file(path, kMaxScenario);
    if (!text) {
      ret_code = fail(text.error(), options.output);
      return std::nullopt;
    }
    auto scenario = scenario::read_scenario(path, *text, accounts);
    if (!scenario) {
      fail(scenario.error(), options.output);
      ret_code = kFailed;  // a scenario that makes no sense is a failed test, not the environment's fault
      return std::nullopt;
    }
    scenarios.push_back(std::move(*scenario));
  }
  return scenarios;
}

/// Bytes that would move the cursor as \xNN.
std::string printable(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    out += byte < 0x20 || byte == 0x7f ? fmt::format("\\x{:02x}", byte) : std::string(1, c);
  }
  return out;
}

/// "  deny EPERM  shadow_is_private  file read /etc/shadow  by uid 33, /usr/sbin/nginx"
std::string events_text(const std::vector<scenario::RungResults>& rungs) {
  std::string text;
  for (const scenario::RungResults& rung : rungs) {
    if (rung.rung != scenario::Rung::kernel) continue;
    text += fmt::format("events on {}:\n", rung.name);
    for (const scenario::Outcome& outcome : rung.outcomes)
      for (const scenario::RungEvent& event : outcome.events)
        text +=
            fmt::format("  {:11} {:20} {} {}{}, by uid {} with {}\n",
                        event.error ? evaluate::verdict_text(event.verdict) + " " + strerrorname_np(event.error)
                                    : evaluate::verdict_text(event.verdict),
                        event.rule, event.operation, event.object.empty() ? "memory" : printable(event.object),
                        event.other.empty() ? "" : " with " + printable(event.other), event.uid, printable(event.exe));
  }
  return text;
}

class Tester {
public:
  /// `module` is null when no rung runs programs.
  Tester(const Options& options, const Policy& policy, const ir::Module* module, std::vector<vm::CachedKernel> kernels)
      : options_(options), policy_(policy), module_(module), kernels_(std::move(kernels)) {}

  /// Runs one scenario on every rung. Fails when a rung could not run at all.
  Result<std::vector<scenario::RungResults>> run(const scenario::Scenario& scenario) {
    std::vector<scenario::RungResults> rungs;
    auto keep = [&rungs](Result<scenario::RungResults> results) -> Result<void> {
      if (!results) return tl::unexpected(results.error());
      rungs.push_back(std::move(*results));
      return {};
    };
    if (auto ran = keep(scenario::run_evaluator(policy_, scenario)); !ran) return tl::unexpected(ran.error());
    if (auto compiled = compile_for_host(); !compiled) return tl::unexpected(compiled.error());
    for (const scenario::HostPrograms& programs : host_programs_)
      if (auto ran = keep(scenario::run_host(programs, scenario)); !ran) return tl::unexpected(ran.error());
    for (const vm::CachedKernel& kernel : kernels_) {
      for (const bool bare : options_.bare ? std::vector{false, true} : std::vector{false})
        if (auto ran = keep(run_on(scenario, kernel, bare)); !ran) return tl::unexpected(ran.error());
    }
    return rungs;
  }

private:
  Result<scenario::RungResults> run_on(const scenario::Scenario& scenario, const vm::CachedKernel& kernel, bool bare) {
    if (auto built = build(); !built) return tl::unexpected(built.error());
    if (auto built = build_others(scenario); !built) return tl::unexpected(built.error());
    if (isatty(STDERR_FILENO)) fmt::print(stderr, "{} on {}{} …\n", scenario.path, kernel.path, bare ? ", bare" : "");
    scenario::KernelRunOptions how;
    how.bare = bare;
    return scenario::run_kernel(enforcer_, scenario, kernel.path, how);
  }

  /// Once for all scenarios.
  Result<void> compile_for_host() {
    if (!options_.host || !host_programs_.empty()) return {};
    for (scenario::HostLayout layout : {scenario::HostLayout::linux_6_1, scenario::HostLayout::linux_7_2}) {
      auto programs = scenario::HostPrograms::compile(*module_, layout);
      if (!programs) return tl::unexpected(programs.error());
      host_programs_.push_back(std::move(*programs));
    }
    return {};
  }

  /// Once for all scenarios and kernels, and only when a kernel is to run it.
  Result<void> build() {
    if (!enforcer_.bytes.empty()) return {};
    auto build = build_enforcer(policy_, *module_);
    if (!build) return tl::unexpected(build.error());
    enforcer_ = {policy_.name, {}, {}, std::move(build->enforcer)};
    for (const ir::Constraint& constraint : module_->constraints) enforcer_.rules.push_back(constraint.rule);
    for (const Op op : module_->operations) enforcer_.operations.push_back(op_text(op));
    return {};
  }

  /// The scenario's further policies, anew for each kernel: few have any.
  Result<void> build_others(const scenario::Scenario& scenario) {
    enforcer_.others.clear();
    for (const scenario::OtherEnforcer& other : scenario.other_enforcers) {
      diag::Sink sink;
      const std::string path = (std::filesystem::path(scenario.path).parent_path() / other.policy).string();
      const auto policy = load({path, options_.policy.names}, sink);
      const auto module = policy ? lower_policy(*policy, sink) : std::nullopt;
      if (sink.has_errors()) return tl::unexpected(Failure{path, 0, path + ": " + sink.all()[0].message});
      auto build = build_enforcer(*policy, *module);
      if (!build) return tl::unexpected(build.error());
      enforcer_.others.push_back(std::move(build->enforcer));
    }
    return {};
  }

  const Options& options_;
  const Policy& policy_;
  const ir::Module* module_;
  std::vector<vm::CachedKernel> kernels_;
  std::vector<scenario::HostPrograms> host_programs_;
  scenario::EnforcerUnderTest enforcer_;
};

/// Standard output holds the results, or with SARIF the policy's diagnostics alone.
void report_on(const Options& options, const std::string& text) {
  if (options.output.sarif())
    fmt::print(stderr, "{}", text);
  else
    print(text);
}

std::string place_of(const Rule& rule) {
  return fmt::format("{}:{}", rule.span.file->path, diag::locate(*rule.span.file, rule.span.begin).line);
}

std::string untried_text(const Policy& policy, const std::vector<size_t>& untried) {
  if (untried.empty()) return "every rule has a case\n";
  std::string text = fmt::format("{} of {} rules without a case:\n", untried.size(), policy.rules.size());
  for (const size_t i : untried) text += fmt::format("  {} rule {}\n", place_of(policy.rules[i]), policy.rules[i].name);
  return text;
}

nlohmann::ordered_json untried_json(const Policy& policy, const std::vector<size_t>& untried) {
  auto rules = nlohmann::ordered_json::array();
  for (const size_t i : untried)
    rules.push_back({{"rule", policy.rules[i].name}, {"source", place_of(policy.rules[i])}});
  return {{"ok", untried.empty()}, {"rules_without_case", rules}};
}

int run(const Options& options) {
  diag::Sink sink;
  const auto policy = load(options.policy, sink);
  std::optional<ir::Module> module;
  if (policy && (options.host || !options.kernels.empty())) module = lower_policy(*policy, sink);
  const bool failed = has_failed(sink, options.warnings_are_errors);
  if (failed || !options.output.json()) print_diagnostics(sink, options.output, options.policy.path);
  if (failed) return kFailed;
  int code = kFine;
  auto scenarios = read_scenarios(options, read_accounts(options.policy, sink), code);
  if (!scenarios) return code;
  for (scenario::Scenario& scenario : *scenarios) scenario::tell_owners(*policy, scenario);
  auto kernels = find_kernels(options.kernels);
  if (!kernels) return fail(kernels.error(), options.output);
  Tester tester(options, *policy, module ? &*module : nullptr, std::move(*kernels));
  const scenario::Detail detail = options.every_case ? scenario::Detail::every_case : scenario::Detail::failures;
  auto json = nlohmann::ordered_json::array();
  bool ok = true;
  for (const scenario::Scenario& scenario : *scenarios) {
    const auto rungs = tester.run(scenario);
    if (!rungs) return fail(rungs.error(), options.output);
    const scenario::Report report = scenario::compare(scenario, *rungs);
    ok = ok && report.ok();
    if (options.output.json())
      json.push_back(parse_json(scenario::render_json(scenario, *rungs, report)));
    else
      report_on(options,
                scenario::render_text(scenario, *rungs, report, detail) + (options.events ? events_text(*rungs) : ""));
  }
  if (options.every_rule) {
    const std::vector<size_t> untried = scenario::rules_without_case(*policy, *scenarios);
    ok = ok && untried.empty();
    if (options.output.json())
      json.push_back(untried_json(*policy, untried));
    else
      report_on(options, untried_text(*policy, untried));
  }
  if (options.output.json()) print_json(json);
  return ok ? kFine : kFailed;
}

}  // namespace

Command add_test(CLI::App& stele) {
  auto options = std::make_shared<Options>();
  CLI::App* app = add_subcommand(stele, "test", "Run scenarios in the reference evaluator and on real kernels in QEMU",
                                 "  stele test web.stele web.test.yaml\n"
                                 "  stele test web.stele web.test.yaml --kernel 6.1 --kernel newest\n"
                                 "  stele test web.stele web.test.yaml --kernel ./vmlinuz --bare\n\n"
                                 "Kernels run emulated: no root, no network, nothing of this machine is touched.\n"
                                 "Fetch some with `stele kernels fetch`.\n",
                                 options->output, Formats::text_json_sarif);
  add_policy_file(*app, options->policy);
  add_values(*app, "SCENARIO", options->scenarios, "YAML files, as in docs/scenarios.md", Need::required);
  add_values(*app, "--kernel", options->kernels, "an image, or a version in the cache; may be given several times");
  add_flag(*app, "--host", options->host,
           "also run the generated C on a model of the kernel, with sanitizers; needs clang-19");
  add_flag(*app, "--bare", options->bare,
           "also run each kernel without the enforcer: what is denied must succeed there");
  add_flag(*app, "--every-case", options->every_case, "print each case, not only the failed ones");
  add_flag(*app, "--every-rule", options->every_rule,
           "fail when a rule applies to none of the cases, and list those rules");
  add_warnings_as_errors(*app, options->warnings_are_errors);
  add_flag(*app, "--events", options->events, "print the events that the enforcer wrote on each kernel");
  return {app, [options] { return run(*options); }};
}

}  // namespace stele::cli
