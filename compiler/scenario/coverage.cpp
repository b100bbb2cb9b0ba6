#include "compiler/scenario/coverage.h"

#include <set>

namespace stele::scenario {

std::vector<size_t> rules_without_case(const Policy& policy, const std::vector<Scenario>& scenarios) {
  std::set<size_t> tried;
  for (const Scenario& scenario : scenarios)
    for (const Case& one : scenario.cases)
      for (const evaluate::Request& request : one.requests)
        for (const Constraint& constraint : policy.constraints)
          if (!constraint.origin.derived && !tried.contains(constraint.rule) &&
              (evaluate::applies(policy, constraint, one.subject, request) ||
               evaluate::lists(policy, constraint, one.subject, request)))
            tried.insert(constraint.rule);
  std::vector<size_t> untried;
  for (size_t i = 0; i < policy.rules.size(); i++)
    if (!tried.contains(i)) untried.push_back(i);
  return untried;
}

}  // namespace stele::scenario
