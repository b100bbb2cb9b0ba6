#pragma once

// Which rules of a policy the cases say nothing about.

#include <vector>

#include "compiler/scenario/scenario.h"
#include "dsl/sema/policy.h"

namespace stele::scenario {

/// Indices of the rules of which no constraint, of those that the author wrote, applies to a case. What the closure
/// added does not count: a rename of one directory would stand for every rule below it.
std::vector<size_t> rules_without_case(const Policy& policy, const std::vector<Scenario>& scenarios);

}  // namespace stele::scenario
