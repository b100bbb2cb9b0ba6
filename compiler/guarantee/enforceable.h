#pragma once

// What the programs of this version can enforce. The language has more; a policy that uses it is refused, never
// thinned.

#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"

namespace stele::guarantee {

/// Are there programs for all that this constraint says?
bool is_enforceable(const Policy& policy, const Constraint& constraint);

/// Reports S6001 for every construct that has no programs yet: one diagnostic for each of the author's constraints, and
/// for each statement outside rules. Reports nothing for a policy that lower() takes.
void check_enforceable(const Policy& policy, diag::Sink& sink);

}  // namespace stele::guarantee
