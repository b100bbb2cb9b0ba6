// When a case passes: a table of expectation, what the evaluator says, what a kernel shows.

#include <gtest/gtest.h>

#include <cerrno>
#include <nlohmann/json.hpp>

#include "compiler/scenario/compare.h"
#include "compiler/scenario/report.h"

namespace stele::scenario {
namespace {

Outcome outcome(std::optional<evaluate::Verdict> verdict, int error = 0, const std::string& rule = "",
                bool event = false) {
  Outcome result;
  result.verdict = verdict;
  result.error = error;
  result.rule = rule;
  result.event = event;
  return result;
}

RungResults rung(Rung kind, const Outcome& one) {
  RungResults results;
  results.rung = kind;
  results.name = kind == Rung::evaluator ? "evaluator" : kind == Rung::bare ? "bare" : "linux";
  results.outcomes = {one};
  return results;
}

Scenario scenario(const Expectation& expect) {
  Scenario result;
  result.path = "t.yaml";
  result.cases.resize(1);
  result.cases[0].name = "c";
  result.cases[0].line = 3;
  result.cases[0].expect = expect;
  return result;
}

Expectation expectation(evaluate::Verdict verdict, std::optional<int> error = {}, std::optional<std::string> rule = {},
                        std::optional<bool> event = {}) {
  Expectation result;
  result.verdict = verdict;
  result.error = error;
  result.rule = rule;
  result.event = event;
  return result;
}

const Outcome kAllow = outcome(evaluate::Verdict::allow);
const Outcome kDeny = outcome(evaluate::Verdict::deny, EPERM, "r", true);
const Outcome kQuietDeny = outcome(evaluate::Verdict::deny, EPERM, "r", false);
const Outcome kAudit = outcome(evaluate::Verdict::audit, 0, "r", true);
const Outcome kQuietAudit = outcome(evaluate::Verdict::audit, 0, "r", false);
const Outcome kKill = outcome(evaluate::Verdict::kill, EPERM, "r", true);
const Outcome kKilled = outcome(evaluate::Verdict::kill, 0, "r", true);

TEST(Compare, Table) {
  const struct {
    const char* what;
    Expectation expect;
    Outcome evaluator, kernel;
    size_t problems;
  } table[] = {
      {"allowed", expectation(evaluate::Verdict::allow), kAllow, kAllow, 0},
      {"allowed, refused by permissions as expected", expectation(evaluate::Verdict::allow, EACCES), kAllow,
       outcome(std::nullopt, EACCES), 0},
      {"allowed, refused by permissions unexpectedly", expectation(evaluate::Verdict::allow), kAllow,
       outcome(std::nullopt, EACCES), 1},
      {"allowed, but the kernel denies", expectation(evaluate::Verdict::allow), kAllow, kDeny, 2},
      {"allowed, but an event", expectation(evaluate::Verdict::allow), kAllow, kAudit, 2},
      {"denied", expectation(evaluate::Verdict::deny, EPERM, "r", true), kDeny, kDeny, 0},
      {"denied, errno not given", expectation(evaluate::Verdict::deny), kDeny, kDeny, 0},
      {"denied, other errno expected", expectation(evaluate::Verdict::deny, EACCES), kDeny, kDeny, 2},
      {"denied, other rule expected", expectation(evaluate::Verdict::deny, {}, "s"), kDeny, kDeny, 2},
      {"denied, errno differs", expectation(evaluate::Verdict::deny), kDeny,
       outcome(evaluate::Verdict::deny, EACCES, "r", true), 1},
      {"denied, rule differs", expectation(evaluate::Verdict::deny), kDeny,
       outcome(evaluate::Verdict::deny, EPERM, "s", true), 1},
      {"denied without event, as it logs none", expectation(evaluate::Verdict::deny), kQuietDeny,
       outcome(std::nullopt, EPERM), 0},
      {"refused without event, though it logs", expectation(evaluate::Verdict::deny), kDeny,
       outcome(std::nullopt, EPERM), 2},
      {"denied with an event, though it logs none", expectation(evaluate::Verdict::deny), kQuietDeny, kDeny, 1},
      {"denied, but the kernel allows", expectation(evaluate::Verdict::deny), kDeny, kAllow, 2},
      {"denied, but the evaluator allows", expectation(evaluate::Verdict::deny), kAllow, kDeny, 2},
      {"audited", expectation(evaluate::Verdict::audit, {}, "r", true), kAudit, kAudit, 0},
      {"audited without event", expectation(evaluate::Verdict::audit), kQuietAudit, kAllow, 0},
      {"audited, but nothing seen", expectation(evaluate::Verdict::audit), kAudit, kAllow, 2},
      {"killed", expectation(evaluate::Verdict::kill, {}, "r"), kKill, kKilled, 0},
      {"killed, but only denied", expectation(evaluate::Verdict::kill), kKill, kDeny, 2},
  };
  for (const auto& row : table) {
    const Report report =
        compare(scenario(row.expect), {rung(Rung::evaluator, row.evaluator), rung(Rung::kernel, row.kernel)});
    EXPECT_EQ(report.cases[0].problems.size(), row.problems) << row.what;
    EXPECT_EQ(report.ok(), row.problems == 0) << row.what;
  }
}

TEST(Compare, BareMustSucceed) {
  const Expectation denied = expectation(evaluate::Verdict::deny);
  EXPECT_TRUE(compare(scenario(denied), {rung(Rung::bare, kAllow)}).ok());
  EXPECT_FALSE(compare(scenario(denied), {rung(Rung::bare, outcome(std::nullopt, EPERM))}).ok());
  EXPECT_TRUE(compare(scenario(expectation(evaluate::Verdict::allow, EACCES)),
                      {rung(Rung::bare, outcome(std::nullopt, EACCES))})
                  .ok());
  EXPECT_FALSE(compare(scenario(expectation(evaluate::Verdict::allow, EACCES)), {rung(Rung::bare, kAllow)}).ok());
}

TEST(Compare, AnotherEventOfTheSameStrengthMayNameTheRule) {
  Outcome kernel = outcome(evaluate::Verdict::deny, EPERM, "s", true);
  RungEvent event;
  event.rule = "r";
  event.verdict = evaluate::Verdict::deny;
  kernel.events = {event};
  EXPECT_TRUE(compare(scenario(expectation(evaluate::Verdict::deny)),
                      {rung(Rung::evaluator, kDeny), rung(Rung::kernel, kernel)})
                  .ok());
}

TEST(Compare, TheKernelMayShowAnotherErrno) {
  Expectation expect = expectation(evaluate::Verdict::deny, EPERM);
  Outcome kernel = outcome(evaluate::Verdict::deny, EACCES, "r", true);
  RungEvent event;
  event.rule = "r";
  event.verdict = evaluate::Verdict::deny;
  event.error = EPERM;
  kernel.events = {event};
  const std::vector<RungResults> rungs = {rung(Rung::evaluator, kDeny), rung(Rung::kernel, kernel)};
  EXPECT_FALSE(compare(scenario(expect), rungs).ok());
  expect.seen = EACCES;
  EXPECT_TRUE(compare(scenario(expect), rungs).ok());
  expect.seen = EIO;
  EXPECT_FALSE(compare(scenario(expect), rungs).ok());
}

TEST(Compare, TroubleFails) {
  Outcome trouble;
  trouble.trouble = "no such thing";
  EXPECT_EQ(compare(scenario({}), {rung(Rung::kernel, trouble)}).cases[0].problems,
            std::vector<std::string>{"linux: no such thing"});
}

TEST(Compare, ARungThatRanNothingHasShownNothing) {
  Outcome skipped;
  skipped.skipped = "for 6.99 only: why";
  RungResults host_6_1 = rung(Rung::host, kAllow), host_7_2 = rung(Rung::host, skipped);
  host_6_1.name = "host 6.1", host_7_2.name = "host 7.2";
  using Names = std::vector<std::string>;
  const struct {
    const char* what;
    std::vector<RungResults> rungs;
    CaseStatus status;
    Names idle;
  } table[] = {
      {"decided, and not on the kernel",
       {rung(Rung::evaluator, kAllow), rung(Rung::kernel, skipped)},
       CaseStatus::passed,
       {"linux"}},
      {"nowhere", {rung(Rung::evaluator, skipped)}, CaseStatus::skipped, {"evaluator"}},
      {"nowhere at all",
       {rung(Rung::evaluator, skipped), rung(Rung::kernel, skipped)},
       CaseStatus::skipped,
       {"evaluator", "linux"}},
      {"on the kernel alone", {rung(Rung::evaluator, skipped), rung(Rung::kernel, kAllow)}, CaseStatus::passed, {}},
      {"not bare", {rung(Rung::kernel, kAllow), rung(Rung::bare, skipped)}, CaseStatus::passed, {"bare"}},
      {"one of the host's layouts", {rung(Rung::evaluator, kAllow), host_6_1, host_7_2}, CaseStatus::passed, {}},
      {"none of them", {rung(Rung::evaluator, kAllow), host_7_2}, CaseStatus::passed, {"host 7.2"}},
  };
  for (const auto& row : table) {
    const Report report = compare(scenario({}), row.rungs);
    EXPECT_EQ(report.cases[0].status, row.status) << row.what;
    EXPECT_EQ(report.skipped, row.status == CaseStatus::skipped ? 1u : 0u) << row.what;
    EXPECT_EQ(report.idle, row.idle) << row.what;
    EXPECT_EQ(report.ok(), row.idle.empty()) << row.what;
  }
}

TEST(Compare, AKnownGapThatWasSkippedIsNoSurprise) {
  Scenario gap = scenario(expectation(evaluate::Verdict::deny));
  gap.cases[0].xfail = "later";
  Outcome skipped;
  skipped.skipped = "why";
  EXPECT_EQ(compare(gap, {rung(Rung::evaluator, skipped)}).cases[0].status, CaseStatus::skipped);
}

TEST(Compare, KnownGaps) {
  Scenario gap = scenario(expectation(evaluate::Verdict::deny));
  gap.cases[0].xfail = "later";
  Report report = compare(gap, {rung(Rung::evaluator, kAllow)});
  EXPECT_EQ(report.cases[0].status, CaseStatus::expected_failure);
  EXPECT_TRUE(report.ok());
  report = compare(gap, {rung(Rung::evaluator, kDeny)});
  EXPECT_EQ(report.cases[0].status, CaseStatus::unexpected_success);
  EXPECT_FALSE(report.ok());
}

TEST(Compare, ProgramsAreJudgedByTheirExitCode) {
  Expectation expect;
  expect.exit = 13;
  expect.output = {"already"};
  Outcome ran = outcome(evaluate::Verdict::allow);
  ran.exit = 13;
  ran.output = {"it is already enforced"};
  EXPECT_TRUE(compare(scenario(expect), {rung(Rung::kernel, ran)}).ok());
  ran.exit = 0;
  EXPECT_FALSE(compare(scenario(expect), {rung(Rung::kernel, ran)}).ok());
  ran.exit = 13;
  ran.output = {};
  EXPECT_FALSE(compare(scenario(expect), {rung(Rung::kernel, ran)}).ok());
}

TEST(RenderReport, TextShowsBothSides) {
  const Scenario one = scenario(expectation(evaluate::Verdict::deny));
  const std::vector<RungResults> rungs = {rung(Rung::evaluator, kDeny), rung(Rung::kernel, kAllow)};
  EXPECT_EQ(render_text(one, rungs, compare(one, rungs), Detail::failures),
            "FAIL  c\n"
            "      t.yaml:3\n"
            "      linux: expected deny; got allow\n"
            "      linux: disagrees with the evaluator, which says deny EPERM, rule r, event; got allow\n"
            "t.yaml: 0 passed, 1 failed\n"
            "  evaluator\n"
            "  linux\n");
}

TEST(RenderReport, TextNamesWhatWasSkipped) {
  const Scenario one = scenario(expectation(evaluate::Verdict::deny));
  Outcome skipped;
  skipped.skipped = "for 6.99 only: why";
  const std::vector<RungResults> rungs = {rung(Rung::evaluator, kDeny), rung(Rung::kernel, skipped)};
  EXPECT_EQ(render_text(one, rungs, compare(one, rungs), Detail::failures),
            "t.yaml: 1 passed, 0 failed, no case ran: linux\n"
            "  evaluator\n"
            "  linux\n"
            "    1 skipped (for 6.99 only: why): c\n");
}

TEST(RenderReport, JsonHasTheOutcomes) {
  const Scenario one = scenario(expectation(evaluate::Verdict::deny));
  const std::vector<RungResults> rungs = {rung(Rung::evaluator, kDeny), rung(Rung::kernel, kDeny)};
  const nlohmann::json parsed = nlohmann::json::parse(render_json(one, rungs, compare(one, rungs)));
  EXPECT_EQ(parsed["ok"], true);
  EXPECT_EQ(parsed["cases"][0]["status"], "ok");
  EXPECT_EQ(parsed["cases"][0]["outcomes"][1]["errno"], "EPERM");
  EXPECT_EQ(parsed["cases"][0]["outcomes"][1]["rule"], "r");
  EXPECT_EQ(parsed["rungs"][1]["name"], "linux");
}

}  // namespace
}  // namespace stele::scenario
