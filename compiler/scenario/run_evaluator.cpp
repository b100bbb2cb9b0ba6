// The first rung: the reference evaluator on each case's requests.

#include "compiler/scenario/run.h"

namespace stele::scenario {

Result<RungResults> run_evaluator(const Policy& policy, const Scenario& scenario) {
  RungResults results;
  results.rung = Rung::evaluator;
  results.name = "evaluator";
  for (size_t i = 0; i < scenario.cases.size(); i++) {
    const Case& one = scenario.cases[i];
    Outcome outcome;
    outcome.index = i;
    if (one.kernel_only()) {
      outcome.skipped = "the exit code of a program is seen on kernels only";
    } else {
      const evaluate::Decision decision = evaluate::evaluate(policy, one.subject, one.requests);
      outcome.verdict = decision.verdict;
      outcome.error = decision.error;
      outcome.event = decision.event;
      if (decision.constraint) {
        const Constraint& constraint = policy.constraints.at(*decision.constraint);
        outcome.rule = policy.rules.at(constraint.rule).name;
        outcome.part = constraint.origin.part;
      }
    }
    results.outcomes.push_back(outcome);
  }
  return results;
}

}  // namespace stele::scenario
