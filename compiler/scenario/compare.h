#pragma once

// Sets the rungs' outcomes against the expectations and against each other. Any disagreement is a failure.

#include <string>
#include <vector>

#include "compiler/scenario/run.h"

namespace stele::scenario {

enum class CaseStatus : uint8_t {
  passed,
  skipped,  // on every rung
  failed,
  expected_failure,   // failed, as its xfail says
  unexpected_success  // passed although it has an xfail: a failure
};

struct CaseReport {
  size_t index = 0;  // of the scenario's case
  CaseStatus status = CaseStatus::passed;
  std::vector<std::string> problems;  // each says what was expected and what came
};

struct Report {
  std::vector<CaseReport> cases;
  size_t passed = 0, failed = 0, skipped = 0, expected_failures = 0;  // an unexpected success counts as failed
  std::vector<std::string> idle;  // rungs that were asked for and ran no case: nothing was shown there
  bool ok() const { return failed == 0 && idle.empty(); }
};

/// For each case: every rung against the expectation, and the others against the evaluator. A bare rung shows the
/// case without the policy, so it must succeed there (or fail with the errno that `allow` expects).
Report compare(const Scenario& scenario, const std::vector<RungResults>& rungs);

/// "deny EPERM, rule shadow_is_private, event".
std::string outcome_text(const Outcome& outcome);
}  // namespace stele::scenario
