#pragma once

// What two versions of a policy differ in besides the verdicts of their constraints: on which machines the policy is
// enforced at all, what happens where it cannot be, what keeps it in place.

#include <vector>

#include "compiler/analyze/difference.h"
#include "dsl/sema/policy.h"

namespace stele::analyze {

/// In the order of a policy; nothing for what means the same.   Cost: as `diff`, on two conditions.
std::vector<HeaderChange> diff_headers(const Policy& old_policy, const Policy& new_policy);

}  // namespace stele::analyze
