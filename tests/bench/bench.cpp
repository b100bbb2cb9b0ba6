// stele_bench: the figures of docs/performance.md. Builds each policy with the tool, boots each kernel once with each
// enforcer, and prints what an operation costs in guest instructions. --check compares with the goals below.

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "compiler/os/files.h"
#include "compiler/vm/kernels.h"
#include "tests/bench/builds.h"
#include "tests/bench/estimates.h"
#include "tests/bench/machines.h"
#include "tests/bench/policies.h"

namespace stele::bench {
namespace {

constexpr int64_t kOpenGoal = 300;  // instructions above the empty program, an unrelated open at depth 2
constexpr int64_t kFlatGoal = 20;   // instructions between 10 paths and more, at any depth
constexpr int64_t kChainNoise = 8;  // a path's lookup, when the enforcer's start has added names: see guest.c
constexpr size_t kSizeGoal = 46 * 1024;
constexpr int kSkipped = 77;

/// Guest instructions, in millions, that `apply` may take on any kernel: most of them are the verifier's.
constexpr struct {
  std::string_view policy;
  double millions;
} kApplyCeilings[] = {{"example", 1400}, {"names_10", 220}};

struct Options {
  std::vector<std::string> kernels, policies, files;
  bool check = false, twice = false, stages = false, hooks = false, costs = false;
  size_t builds = 5;
};

struct Built {
  BenchPolicy policy;
  BuildTime time;
};

class Bench {
public:
  explicit Bench(Options options) : options_(std::move(options)) {}

  int run() {
    const auto example = os::read_whole_file(STELE_SOURCE "/examples/sensitive_files/sensitive_files.stele");
    if (!example) return give_up(example.error());
    std::vector<BenchPolicy> policies = bench_policies(*example);
    for (const std::string& file : options_.files) {
      const auto text = os::read_whole_file(file);
      if (!text) return give_up(text.error());
      policies.push_back({std::filesystem::path(file).stem(), "file", 0, *text});
    }
    for (const BenchPolicy& policy : policies) {
      if (!wanted(policy)) continue;
      auto time = time_build(STELE_TOOL, policy.name, policy.text, options_.builds);
      if (!time) return give_up(time.error());
      built_.push_back({policy, std::move(*time)});
    }
    print_builds();
    for (const std::string& name : options_.kernels) {
      const auto kernel = vm::find_kernel(name, {});
      if (!kernel && !std::getenv("REQUIRE_KERNEL")) {
        fmt::print("no kernel {} in the cache; fetch it with: stele kernels fetch {}\n", name, name);
        return kSkipped;
      }
      if (!kernel) return give_up(kernel.error());
      if (auto measured = measure(*kernel); !measured) return give_up(measured.error());
    }
    for (const std::string& miss : misses_) fmt::print("missed: {}\n", miss);
    return options_.check && !misses_.empty() ? 1 : 0;
  }

private:
  static int give_up(const Failure& failure) {
    fmt::print(stderr, "stele_bench: {}: {}{}\n", failure.path, failure.message,
               failure.error ? std::string(": ") + std::strerror(failure.error) : "");
    return 3;
  }

  bool wanted(const BenchPolicy& policy) const {
    if (policy.family == "file") return true;
    return (options_.policies.empty() && options_.files.empty()) ||
           std::find(options_.policies.begin(), options_.policies.end(), policy.name) != options_.policies.end();
  }

  Counts counts() const {
    if (options_.costs) return Counts::nothing;
    return options_.hooks ? Counts::operations_and_hooks : Counts::operations;
  }

  void expect(bool met, std::string what) {
    if (!met) misses_.push_back(std::move(what));
  }

  /// Times are for people to read: what is checked is counted, the same on a busy machine.
  void print_builds() {
    fmt::print("stele build, median of {}\n{:14} {:>8} {:>8} {:>10}\n", options_.builds, "policy", "wall s", "cpu s",
               "bytes");
    for (const auto& [policy, time] : built_) {
      fmt::print("{:14} {:8.3f} {:8.3f} {:10}\n", policy.name, time.wall, time.cpu, time.enforcer.size());
      if (policy.family == "example")
        expect(time.enforcer.size() <= kSizeGoal, fmt::format("size of the example: {}", time.enforcer.size()));
    }
    std::fflush(stdout);
  }

  Result<void> measure(const vm::CachedKernel& kernel) {
    fmt::print("\nlinux {}: guest instructions added to an operation; above = added - floor\n", kernel.release);
    fmt::print("{:14} {:20} {:>7} {:>7} {:>7} {:>7} {:>6}\n", "policy", "operation", "base", "floor", "added", "above",
               "errno");
    std::map<std::string, Figures> smallest;  // by family
    for (const auto& [policy, time] : built_) {
      auto figures = run_machine(kernel.path, time.enforcer, vm::Clock::instructions, counts());
      if (!figures) return tl::unexpected(figures.error());
      if (options_.twice) {
        auto second = run_machine(kernel.path, time.enforcer, vm::Clock::instructions);
        if (!second) return tl::unexpected(second.error());
        expect(second->report == figures->report, policy.name + " on " + kernel.version + ": two boots differ");
      }
      print_operations(policy, *figures);
      print_programs(policy, *figures);
      if (options_.costs) {
        if (auto compared = compare_costs(kernel.version, policy, *figures); !compared) return compared;
        continue;
      }
      judge(kernel.version + " " + policy.name, policy, *figures, smallest);
      if (policy.family == "example") {
        auto timed = run_machine(kernel.path, time.enforcer, vm::Clock::host);
        if (!timed) return tl::unexpected(timed.error());
        fmt::print("{:14} from apply to enforcing, emulated: {:.2f} s by the host's clock\n", policy.name,
                   timed->apply_seconds);
      }
      std::fflush(stdout);
    }
    return {};
  }

  static void print_operations(const BenchPolicy& policy, const Figures& figures) {
    for (const auto& [name, operation] : figures.operations) {
      if (!operation.base) {  // counted under the enforcer only
        fmt::print("{:14} {:20} {:>7} {:>7} {:>7} {:>7} {:6}\n", policy.name, name, operation.enforced, "", "", "",
                   operation.result);
        continue;
      }
      fmt::print("{:14} {:20} {:7} {:7} {:7} {:7} {:6}\n", policy.name, name, operation.base, operation.floor(),
                 operation.added(), operation.added() - operation.floor(), operation.result);
    }
  }

  void print_programs(const BenchPolicy& policy, const Figures& figures) const {
    uint64_t verified = 0, translated = 0, jited = 0;
    for (const Figures::Program& program : figures.programs) {
      verified += program.verified;
      translated += program.translated;
      jited += program.jited_bytes;
      if (options_.stages)
        fmt::print("{:14} {:20} verified {:7}, translated {:6} instructions, machine code {:6} bytes\n", policy.name,
                   program.name, program.verified, program.translated, program.jited_bytes);
    }
    for (const auto& [name, operation] : figures.hooks)
      fmt::print("{:14} {:20} adds {:6} to {:6} instructions\n", policy.name, name, operation.added(), operation.base);
    if (options_.stages)
      for (const std::string& stage : figures.stages) fmt::print("{:14} {}\n", policy.name, stage);
    fmt::print(
        "{:14} {} programs: verified {}, translated {} instructions, machine code {} bytes; apply {:.0f} million\n",
        policy.name, figures.programs.size(), verified, translated, jited, figures.apply_seconds * 1000);
  }

  /// What `stele check --costs` says of it, against what was measured.
  Result<void> compare_costs(const std::string& kernel, const BenchPolicy& policy, const Figures& figures) {
    auto estimate = estimate_costs(STELE_TOOL, policy.text, kernel);
    if (!estimate) return tl::unexpected(estimate.error());
    double verified = 0;
    for (const Figures::Program& program : figures.programs) verified += program.verified;
    const auto compare = [&](const char* what, double estimated, double measured, unsigned limit) {
      const double off = (estimated / measured - 1) * 100;
      fmt::print("{:14} {:10} estimated {:8.0f}, measured {:8.0f}: {:+.0f} %{}\n", policy.name, what, estimated,
                 measured, off, estimate->rough ? ", of a kind that is only guessed" : "");
      expect(estimate->rough || std::abs(off) <= limit,
             fmt::format("{} {}: {} is {:+.0f} % off", kernel, policy.name, what, off));
    };
    compare("verified", estimate->verified, verified, estimate->verified_error);
    compare("apply", estimate->apply_millions, figures.apply_seconds * 1000, estimate->apply_error);
    expect(estimate->programs == figures.programs.size(),
           fmt::format("{} {}: {} programs, not {}", kernel, policy.name, figures.programs.size(), estimate->programs));
    return {};
  }

  void judge(const std::string& where, const BenchPolicy& policy, const Figures& figures,
             std::map<std::string, Figures>& smallest) {
    const auto& operations = figures.operations;
    for (const auto& [name, operation] : operations) {
      expect(operation.base == operation.again, fmt::format("{}: {} was not the same again", where, name));
      expect((operation.result != 0) == (name == "open_denied"), fmt::format("{}: {} was decided wrong", where, name));
    }
    for (const char* name : {"getpid", "read", "stat_of_open"})
      expect(operations.at(name).added() == 0, fmt::format("{}: {} + {}", where, name, operations.at(name).added()));
    expect(operations.at("stat").added() <= kChainNoise,
           fmt::format("{}: stat + {}", where, operations.at("stat").added()));
    const auto& open = operations.at("open_depth_2");
    expect(open.added() - open.floor() <= kOpenGoal,
           fmt::format("{}: open at depth 2 is floor + {}", where, open.added() - open.floor()));
    for (const auto& [name, millions] : kApplyCeilings)
      expect(name != policy.name || figures.apply_seconds * 1000 <= millions,
             fmt::format("{}: apply takes {:.0f} million instructions", where, figures.apply_seconds * 1000));
    const auto [first, is_first] = smallest.try_emplace(policy.family, figures);
    if (is_first) return;
    for (const char* name : {"open_depth_2", "open_depth_8"}) {
      const int64_t growth = operations.at(name).added() - first->second.operations.at(name).added();
      expect(growth <= kFlatGoal, fmt::format("{}: {} grew by {}", where, name, growth));
    }
  }

  Options options_;
  std::vector<Built> built_;
  std::vector<std::string> misses_;
};

}  // namespace
}  // namespace stele::bench

int main(int argc, char** argv) {
  stele::bench::Options options;
  CLI::App app("Measures what enforcers cost; see docs/performance.md");
  app.add_option("--kernel", options.kernels, "kernel, as `stele kernels list` shows it (default: 6.1 6.12 newest)");
  app.add_option("--policy", options.policies, "example, names_10 … trees_10000 (default: all)");
  app.add_option("--file", options.files, "a policy of one's own");
  app.add_flag("--costs", options.costs, "compare with `stele check --costs` instead of the goals");
  app.add_flag("--hooks", options.hooks, "an operation for each hook, too");
  app.add_option("--builds", options.builds, "runs of `stele build` for each policy")->check(CLI::Range(1, 101));
  app.add_flag("--check", options.check, "exit with 1 when a goal is missed");
  app.add_flag("--twice", options.twice, "boot each machine twice: the reports must be the same, byte for byte");
  app.add_flag("--stages", options.stages, "each program, and each step of the enforcer");
  CLI11_PARSE(app, argc, argv);
  if (options.kernels.empty()) options.kernels = {"6.1", "6.12", "newest"};
  return stele::bench::Bench(std::move(options)).run();
}
