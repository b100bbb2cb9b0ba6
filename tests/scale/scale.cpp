// stele_scale: what the compiler takes for policies of 1,000, 10,000 and 100,000 lines: seconds, to be read, and
// counts, which are the same on a busy machine. --check compares the counts with the goals below and exits with 1 when
// one is missed; --print RULES writes the policy of that size. How each stage's work grows: test_growth.cpp.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include "tests/scale/measure.h"
#include "tests/scale/policies.h"

namespace stele::scale {
namespace {

constexpr size_t kRuns = 3;
constexpr size_t kSizes[] = {100, 1000, 10000};  // rules
constexpr size_t kLargeBytes = size_t{1} << 30;
constexpr double kStepsPerByte = 6;  // bytes and tokens that parsing looks at
constexpr size_t kAtLeast = 20'000, kStatesPerRule = 20, kOperationsPerRule = 100;

/// What the analyses may take of what they count themselves: in proportion to the rules, so that what grows faster ends
/// unfinished at the largest size.
analyze::AnalysisOptions analysis_budget(size_t rules) {
  analyze::AnalysisOptions options;
  options.max_states = kAtLeast + kStatesPerRule * rules;
  options.max_operations = kAtLeast + kOperationsPerRule * rules;
  return options;
}

struct Row {
  size_t rules = 0, lines = 0, bytes = 0;
  Times times;
};

struct Stage {
  const char* name;
  double Times::* time;
};
constexpr Stage kStages[] = {{"parse", &Times::parse},
                             {"load", &Times::load},
                             {"guarantees", &Times::guarantees},
                             {"analyses", &Times::analyses},
                             {"explain", &Times::explain}};

void print(const Row& row) {
  fmt::print("{:>7} {:>8} {:>7}", row.lines, row.rules, row.rules * kPathsPerRule);
  for (const Stage& stage : kStages) fmt::print(" {:>10.4f}", row.times.*stage.time);
  fmt::print(" {:>8.3f} {:>6}\n", row.times.check(), row.times.peak_bytes >> 20);
  std::fflush(stdout);
}

class Goals {
public:
  void expect(bool met, std::string what) {
    if (!met) misses_.push_back(std::move(what));
  }

  void size(const Row& row) {
    expect(row.times.complete, fmt::format("{} rules: everything is decided", row.rules));
    expect(static_cast<double>(row.times.steps) <= kStepsPerByte * static_cast<double>(row.bytes),
           fmt::format("{} rules: {} steps of parsing a byte", row.rules, kStepsPerByte));
    if (row.rules == 10000)
      expect(row.times.peak_bytes <= kLargeBytes, fmt::format("10,000 rules: {} MiB", kLargeBytes >> 20));
  }

  bool report() const {
    for (const std::string& miss : misses_) fmt::print("missed: {}\n", miss);
    return misses_.empty();
  }

private:
  std::vector<std::string> misses_;
};

bool run(size_t runs) {
  fmt::print("  lines    rules   paths      parse       load guarantees   analyses    explain    check    MiB\n");
  Goals goals;
  for (const size_t rules : kSizes) {
    const std::string text = policy_of(rules);
    const auto lines = static_cast<size_t>(std::count(text.begin(), text.end(), '\n'));
    const Row row = {rules, lines, text.size(), measure(text, analysis_budget(rules), runs)};
    print(row);
    goals.size(row);
  }
  return goals.report();
}

}  // namespace
}  // namespace stele::scale

int main(int count, char** words) {
  const std::string option = count > 1 ? words[1] : "";
  if (count == 3 && option == "--print") {
    fmt::print("{}", stele::scale::policy_of(std::strtoul(words[2], nullptr, 10)));
    return 0;
  }
  if (count > 2 || (count == 2 && option != "--check")) {
    fmt::print(stderr, "usage: stele_scale [--check | --print RULES]\n");
    return 2;
  }
  try {
    const bool check = !option.empty();
    return stele::scale::run(check ? 1 : stele::scale::kRuns) || !check ? 0 : 1;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "stele_scale: {}\n", problem.what());
    return 3;
  }
}
