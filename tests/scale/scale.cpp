// stele_scale: what the compiler takes for policies of 1,000, 10,000 and 100,000 lines. --check compares with the goals
// below and exits with 1 when one is missed; --print RULES writes the policy of that size.

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <string>
#include <vector>

#include "tests/scale/measure.h"
#include "tests/scale/policies.h"

namespace stele::scale {
namespace {

constexpr size_t kRuns = 3;
constexpr size_t kSizes[] = {100, 1000, 10000};  // rules
constexpr double kLargeSeconds = 5, kAnalysesSeconds = 2, kExplainSeconds = 0.05;
constexpr size_t kLargeBytes = size_t{1} << 30;
constexpr double kSlack = 1.2;        // of a measurement
constexpr double kMeasurable = 0.01;  // seconds; growth from less is noise

struct Row {
  size_t rules = 0, lines = 0;
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
    if (row.rules == 1000) {
      expect(row.times.analyses <= kAnalysesSeconds, fmt::format("1,000 rules: analyses in {} s", kAnalysesSeconds));
      expect(row.times.explain <= kExplainSeconds, fmt::format("1,000 rules: explain in {} s", kExplainSeconds));
    }
    if (row.rules != 10000) return;
    expect(row.times.check() <= kLargeSeconds, fmt::format("10,000 rules: checked in {} s", kLargeSeconds));
    expect(row.times.peak_bytes <= kLargeBytes, fmt::format("10,000 rules: {} MiB", kLargeBytes >> 20));
  }

  /// From one size to the next, no stage grows by more than n log n.
  void growth(const Row& small, const Row& large) {
    const auto n_log_n = [](size_t n) { return static_cast<double>(n) * std::log2(static_cast<double>(n)); };
    const double most = n_log_n(large.lines) / n_log_n(small.lines) * kSlack;
    for (const Stage& stage : kStages) {
      const double before = std::max(small.times.*stage.time, kMeasurable), after = large.times.*stage.time;
      expect(after <= before * most, fmt::format("{} from {} to {} lines: {:.1f} times, at most {:.1f}", stage.name,
                                                 small.lines, large.lines, after / before, most));
    }
  }

  bool report() const {
    for (const std::string& miss : misses_) fmt::print("missed: {}\n", miss);
    return misses_.empty();
  }

private:
  std::vector<std::string> misses_;
};

bool run() {
  fmt::print("  lines    rules   paths      parse       load guarantees   analyses    explain    check    MiB\n");
  Goals goals;
  std::vector<Row> rows;
  for (const size_t rules : kSizes) {
    const std::string text = policy_of(rules);
    rows.push_back({rules, static_cast<size_t>(std::count(text.begin(), text.end(), '\n')), measure(text, kRuns)});
    print(rows.back());
    goals.size(rows.back());
    if (rows.size() > 1) goals.growth(rows[rows.size() - 2], rows.back());
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
    return stele::scale::run() || option.empty() ? 0 : 1;
  } catch (const std::exception& problem) {
    fmt::print(stderr, "stele_scale: {}\n", problem.what());
    return 3;
  }
}
