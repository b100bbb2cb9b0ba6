// See compare.h.

#include "compiler/scenario/compare.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/scenario/errno_names.h"

namespace stele::scenario {
namespace {

using Problems = std::vector<std::string>;

/// A kernel shows the verdict, or an errno that may be the policy's doing without an event (`log none`).
bool shows(const Outcome& outcome, evaluate::Verdict expected, bool event_expected) {
  if (outcome.verdict == expected) return true;
  if (event_expected) return false;
  if (expected == evaluate::Verdict::deny) return !outcome.verdict;
  return expected == evaluate::Verdict::audit && outcome.verdict == evaluate::Verdict::allow;
}

bool has_rule(const Outcome& outcome, const std::string& rule) {
  if (outcome.rule == rule) return true;
  return std::any_of(outcome.events.begin(), outcome.events.end(),
                     [&](const RungEvent& event) { return event.rule == rule && outcome.verdict == event.verdict; });
}

std::string expectation_text(const Expectation& expect) {
  if (expect.exit) return fmt::format("exit code {}", *expect.exit);
  std::string text = evaluate::verdict_text(expect.verdict);
  if (expect.error) text += " " + errno_name(*expect.error);
  if (expect.seen) text += ", seen as " + errno_name(*expect.seen);
  if (expect.rule) text += ", rule " + *expect.rule;
  if (expect.event) text += *expect.event ? ", event" : ", no event";
  return text;
}

class CaseComparison {
public:
  CaseComparison(const Case& one, size_t index, const std::vector<RungResults>& rungs) : case_(one) {
    for (const RungResults& rung : rungs) {
      const Outcome& outcome = rung.outcomes.at(index);
      if (rung.rung == Rung::evaluator && !outcome.skipped) evaluator_ = &outcome;
    }
    for (const RungResults& rung : rungs) judge(rung, rung.outcomes.at(index));
  }
  Problems take() { return std::move(problems_); }

private:
  void problem(const RungResults& rung, const std::string& text) { problems_.push_back(rung.name + ": " + text); }

  void judge(const RungResults& rung, const Outcome& outcome) {
    if (outcome.skipped) return;
    if (!outcome.trouble.empty()) {
      problem(rung, outcome.trouble);
      return;
    }
    if (rung.rung == Rung::bare) return judge_bare(rung, outcome);
    if (case_.kernel_only()) return judge_program(rung, outcome);
    judge_expectation(rung, outcome);
    if (rung.rung != Rung::evaluator && evaluator_) judge_agreement(rung, outcome);
  }

  void judge_bare(const RungResults& rung, const Outcome& outcome) {
    const int expected = case_.expect.verdict == evaluate::Verdict::allow ? case_.expect.error.value_or(0) : 0;
    if (outcome.verdict == evaluate::Verdict::kill) return problem(rung, "killed, though no policy is enforced");
    if (outcome.error == expected) return;
    problem(rung, expected == 0 ? "fails with " + errno_name(outcome.error) +
                                      " without any policy, so the case shows nothing about the policy"
                                : fmt::format("expected {} without any policy, not {}", errno_name(expected),
                                              outcome.error ? errno_name(outcome.error) : "success"));
  }

  void judge_program(const RungResults& rung, const Outcome& outcome) {
    if (outcome.error)
      problem(rung, "the step failed: " + errno_name(outcome.error));
    else if (outcome.exit != *case_.expect.exit && !(outcome.exit < 0 && *case_.expect.exit == 0))
      problem(rung, fmt::format("expected exit code {}, not {}", *case_.expect.exit, outcome.exit));
    for (const std::string& text : case_.expect.output) {
      const bool found = std::any_of(outcome.output.begin(), outcome.output.end(),
                                     [&](const std::string& line) { return line.find(text) != std::string::npos; });
      if (!found) problem(rung, "it did not print `" + text + "`");
    }
    if (!problems_.empty())
      for (const std::string& line : outcome.output) problem(rung, "it printed: " + line);
  }

  void judge_expectation(const RungResults& rung, const Outcome& outcome) {
    const Expectation& expect = case_.expect;
    const bool decides = rung.rung != Rung::kernel;  // shows the decision itself, not what a caller saw
    const bool event_expected = decides || expect.event.value_or(!evaluator_ || evaluator_->event);
    bool fine;
    if (expect.verdict == evaluate::Verdict::allow && !decides) {
      // The file's own permissions may refuse what the policy allows.
      fine = outcome.error == expect.error.value_or(0) && !outcome.event &&
             (!outcome.verdict || outcome.verdict == evaluate::Verdict::allow);
    } else {
      fine = shows(outcome, expect.verdict, event_expected);
      const bool has_errno =
          expect.verdict == evaluate::Verdict::deny || (decides && expect.verdict == evaluate::Verdict::kill);
      const std::optional<int> error = decides || !expect.seen ? expect.error : expect.seen;
      if (error && has_errno) fine &= outcome.error == *error;
    }
    if (expect.rule && (decides || outcome.event)) fine &= has_rule(outcome, *expect.rule);
    if (expect.event) fine &= outcome.event == *expect.event;
    if (!fine) problem(rung, "expected " + expectation_text(expect) + "; got " + outcome_text(outcome));
  }

  void judge_agreement(const RungResults& rung, const Outcome& outcome) {
    bool agree;
    if (rung.rung == Rung::host) {
      agree = outcome.verdict == evaluator_->verdict && outcome.error == evaluator_->error &&
              outcome.event == evaluator_->event &&
              (outcome.rule == evaluator_->rule || has_rule(outcome, evaluator_->rule));
    } else if (evaluator_->verdict == evaluate::Verdict::allow) {
      agree = !outcome.event && (!outcome.verdict || outcome.verdict == evaluate::Verdict::allow);
    } else {
      agree = shows(outcome, *evaluator_->verdict, evaluator_->event) && outcome.event == evaluator_->event;
      if (evaluator_->verdict == evaluate::Verdict::deny) agree &= policy_errno(outcome) == evaluator_->error;
      if (outcome.event) agree &= has_rule(outcome, evaluator_->rule);
    }
    if (!agree)
      problem(rung, "disagrees with the evaluator, which says " + outcome_text(*evaluator_) + "; got " +
                        outcome_text(outcome));
  }

  /// What the policy answered: what the caller saw, except where the kernel makes another errno of it.
  int policy_errno(const Outcome& outcome) const {
    if (!case_.expect.seen) return outcome.error;
    for (const RungEvent& event : outcome.events)
      if (event.verdict == evaluate::Verdict::deny) return event.error;
    return outcome.error;
  }

  const Case& case_;
  const Outcome* evaluator_ = nullptr;
  Problems problems_;
};

bool ran(const Outcome& outcome) {
  return !outcome.skipped;
}

bool ran_any(const RungResults& rung) {
  return std::any_of(rung.outcomes.begin(), rung.outcomes.end(), ran);
}

bool is_host(const RungResults& rung) {
  return rung.rung == Rung::host;
}

/// Each kernel was asked for by name; the host's two layouts are one wish. The evaluator need not run what others do.
std::vector<std::string> idle_rungs(const std::vector<RungResults>& rungs) {
  const bool any = std::any_of(rungs.begin(), rungs.end(), ran_any);
  const bool any_on_host =
      std::any_of(rungs.begin(), rungs.end(), [](const RungResults& rung) { return is_host(rung) && ran_any(rung); });
  std::vector<std::string> idle;
  for (const RungResults& rung : rungs) {
    const bool others_do = rung.rung == Rung::evaluator ? any : is_host(rung) && any_on_host;
    if (!ran_any(rung) && !others_do) idle.push_back(rung.name);
  }
  return idle;
}

CaseStatus status_of(const Case& one, size_t index, const std::vector<RungResults>& rungs, bool failed) {
  const bool tried =
      std::any_of(rungs.begin(), rungs.end(), [&](const RungResults& rung) { return ran(rung.outcomes.at(index)); });
  if (!tried) return CaseStatus::skipped;
  if (failed) return one.xfail ? CaseStatus::expected_failure : CaseStatus::failed;
  return one.xfail ? CaseStatus::unexpected_success : CaseStatus::passed;
}

size_t& count_of(Report& report, CaseStatus status) {
  switch (status) {
    case CaseStatus::passed:
      return report.passed;
    case CaseStatus::skipped:
      return report.skipped;
    case CaseStatus::expected_failure:
      return report.expected_failures;
    case CaseStatus::failed:
    case CaseStatus::unexpected_success:
      break;
  }
  return report.failed;
}

}  // namespace

std::string outcome_text(const Outcome& outcome) {
  if (outcome.skipped) return "skipped, " + *outcome.skipped;
  if (!outcome.trouble.empty()) return outcome.trouble;
  std::string text = outcome.verdict ? evaluate::verdict_text(*outcome.verdict) : "an error without an event:";
  if (outcome.error) text += " " + errno_name(outcome.error);
  if (!outcome.rule.empty()) text += ", rule " + outcome.rule;
  if (!outcome.part.empty()) text += " (" + outcome.part + ", added to keep it true)";
  if (outcome.verdict != evaluate::Verdict::allow) text += outcome.event ? ", event" : ", no event";
  for (const RungEvent& event : outcome.events)
    text +=
        fmt::format(" [{} {} {} by {} on {}{}]", event.hook, evaluate::verdict_text(event.verdict), event.operation,
                    event.exe, event.object.empty() ? "nothing" : event.object, event.unresolved ? ", unresolved" : "");
  return text;
}

Report compare(const Scenario& scenario, const std::vector<RungResults>& rungs) {
  Report report;
  for (size_t i = 0; i < scenario.cases.size(); i++) {
    CaseReport one;
    one.index = i;
    one.problems = CaseComparison(scenario.cases[i], i, rungs).take();
    one.status = status_of(scenario.cases[i], i, rungs, !one.problems.empty());
    if (one.status == CaseStatus::unexpected_success)
      one.problems.push_back("passes although it is marked as a known gap: " + *scenario.cases[i].xfail);
    count_of(report, one.status)++;
    report.cases.push_back(std::move(one));
  }
  report.idle = idle_rungs(rungs);
  return report;
}

}  // namespace stele::scenario
