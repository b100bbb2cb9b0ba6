#pragma once

#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"

namespace stele::analyze {

/// What was looked for beside what every policy is checked for.
struct LookedFor {
  bool image = false;         // its paths in one
  bool subordinates = false;  // owners of subordinate ids
};

/// Reports acknowledgements of the policy's own file that silence nothing (S4044), when all else has been reported.
/// What an included file acknowledges may be for another policy.
void check_acknowledgements(const Policy& policy, const LookedFor& looked_for, diag::Sink& sink);

}  // namespace stele::analyze
