// Each stage's work, counted, from one size of a policy to the next: it grows as n log n and no faster, so that a busy
// machine changes nothing.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "compiler/analyze/analyze.h"
#include "compiler/evaluate/explain.h"
#include "compiler/guarantee/guarantee.h"
#include "compiler/lower/lower.h"
#include "dsl/parse/parse.h"
#include "tests/scale/policies.h"
#include "tests/sema/memory_reader.h"
#include "tests/work/work.h"

namespace stele {
namespace {

using testing::work_of;

constexpr size_t kSmall = 100, kLarge = 800;  // rules

using Text = std::string (*)(size_t rules);

std::shared_ptr<const diag::SourceFile> source_of(const std::string& text) {
  return std::make_shared<const diag::SourceFile>(diag::SourceFile{"p.stele", text});
}

Policy loaded(const std::string& text) {
  diag::Sink sink;
  auto policy = test::load_text(text, sink);
  if (!policy) throw std::runtime_error(sink.all().at(0).message);
  return std::move(*policy);
}

uint64_t work_of_parse(const std::string& text) {
  diag::Sink sink;
  return work_of([&] { EXPECT_TRUE(parse::parse(source_of(text), sink).complete); });
}

uint64_t work_of_load(const std::string& text) {
  return work_of([&] { loaded(text); });
}

uint64_t work_of_guarantees(const std::string& text) {
  const Policy policy = loaded(text);
  diag::Sink sink;
  return work_of([&] {
    guarantee::check_guarantees(policy, sink);
    EXPECT_EQ(guarantee::guarantees(policy).size(), policy.constraints.size());
  });
}

uint64_t work_of_analyses(const std::string& text) {
  const Policy policy = loaded(text);
  diag::Sink sink;
  return work_of([&] { analyze::analyze(policy, {}, sink); });
}

uint64_t work_of_explain(const std::string& text) {
  const Policy policy = loaded(text);
  uint64_t work = 0;
  for (const char* asked :
       {"uid 1050 exe /usr/bin/cat: file read /srv/host5/app5/private/key",
        "uid 33 exe /bin/sh: file read /srv/data/r77/part7/file7", "exe /bin/sh: file rename /srv/data/7 over /x"})
    work += work_of([&] {
      EXPECT_FALSE(
          evaluate::explanation_text(policy, evaluate::explain(policy, *evaluate::parse_question(asked))).empty());
    });
  return work;
}

struct Stage {
  const char* name;
  uint64_t (*work)(const std::string& policy);
  size_t most;  // reads for a rule, a quarter more than was measured
};

std::ostream& operator<<(std::ostream& out, const Stage& stage) {
  return out << stage.name;
}

constexpr Stage kParse = {"parse", work_of_parse, 45'000};
constexpr Stage kLoad = {"load", work_of_load, 75'000};
constexpr Stage kGuarantees = {"guarantees", work_of_guarantees, 16'000};
constexpr Stage kAnalyses = {"analyses", work_of_analyses, 800'000};
constexpr Stage kExplain = {"explain", work_of_explain, 45'000};

class Growth : public ::testing::TestWithParam<Stage> {
protected:
  /// The count is exact and needs no slack.
  static void expect_n_log_n(Text policy) {
    const auto n_log_n = [](size_t n) { return static_cast<double>(n) * std::log2(static_cast<double>(n)); };
    const std::string small = policy(kSmall), large = policy(kLarge);
    GetParam().work(small);  // what is made once, such as the parser's tables
    const auto before = static_cast<double>(GetParam().work(small)),
               after = static_cast<double>(GetParam().work(large));
    ASSERT_GT(before, 1000) << "nothing is counted";
    const double most = n_log_n(large.size()) / n_log_n(small.size());
    EXPECT_LE(after, before * most) << "grows " << after / before << " times, at most " << most;
    RecordProperty("reads_of_a_rule", static_cast<int>(after / kLarge));
    EXPECT_LE(after, GetParam().most * kLarge);
  }
};

TEST_P(Growth, OfAFleetsBaseline) {
  expect_n_log_n(scale::policy_of);
}

/// No two paths alike, no set with a name.
std::string plain_rules(size_t rules) {
  std::string text = "policy p version \"1.0.0\"\n";
  for (size_t i = 0; i < rules; ++i) {
    text += fmt::format("rule r{}: deny file {{ read, write }} on {{", i);
    for (int k = 0; k < 10; ++k) text += fmt::format(" \"/srv/data{}/file{}\",", i, k);
    text += fmt::format(" }} for uid {} unless exe \"/usr/bin/tool{}\"\n", i, i % 100);
  }
  return text;
}

TEST_P(Growth, OfPlainRules) {
  expect_n_log_n(plain_rules);
}

/// All beside one another in a few folders, half of them with globs, and with what closures add.
std::string crowded_rules(size_t rules) {
  std::string text = "policy p version \"1.0.0\"\nlet tools = path { \"/usr/bin/passwd\", \"/usr/sbin/*\" }\n";
  for (size_t i = 0; i < rules; ++i)
    text += fmt::format(
        "rule r{0}: deny file {{ read, write }} on {{ \"/srv/data/r*{0}/part7/file7\", \"/srv/data/{0}/part1\" }} "
        "unless exe in tools\n",
        i);
  return text;
}

/// The analyses keep track of every combination of such globs (docs/performance.md), and have limits for it.
class GrowthWithGlobs : public Growth {};

TEST_P(GrowthWithGlobs, OfRulesBesideOneAnother) {
  expect_n_log_n(crowded_rules);
}

/// Each doubles the combinations that a path can have half matched.
std::string crossed_paths(size_t patterns) {
  std::string text = "policy p version \"1\"\nrule r: deny file read on {";
  for (size_t i = 0; i < patterns; ++i) text += fmt::format(" \"/**/a{0}/**/b{0}\",", i);
  return text + " }\n";
}

TEST(GrowthOfCrossedPaths, IsThatOfTheirCombinations) {
  const auto before = static_cast<double>(work_of_analyses(crossed_paths(6))),
             after = static_cast<double>(work_of_analyses(crossed_paths(9)));
  ASSERT_GT(before, 1000) << "nothing is counted";
  const double edges = 8.0 * 9 / 6, logarithm = 9.0 / 6;
  EXPECT_LE(after, before * edges * logarithm) << "grows " << after / before << " times";
}

/// What is refused costs the limit times what a state remembers, of each pattern something, sorted.
TEST(GrowthOfCrossedPaths, EndsAtTheLimit) {
  const auto refused = [](size_t patterns) {
    const Policy policy = loaded(crossed_paths(patterns));
    return static_cast<double>(work_of([&] {
      diag::Sink sink;
      EXPECT_FALSE(lower::lower(policy, sink, {.paths = 20'000}));
    }));
  };
  const double before = refused(30), after = refused(120);
  ASSERT_GT(before, 1000) << "nothing is counted";
  const double remembered = 4 * std::log2(120) / std::log2(30);
  EXPECT_LE(after, before * remembered) << "grows " << after / before << " times";
}

std::string name_of(const ::testing::TestParamInfo<Stage>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(, Growth, ::testing::Values(kParse, kLoad, kGuarantees, kAnalyses, kExplain), name_of);
INSTANTIATE_TEST_SUITE_P(, GrowthWithGlobs, ::testing::Values(kParse, kLoad, kGuarantees, kExplain), name_of);

}  // namespace
}  // namespace stele
