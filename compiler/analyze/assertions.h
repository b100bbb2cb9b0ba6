#pragma once

#include "compiler/analyze/model.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"

namespace stele::analyze {

/// Decides the policy's assertions. Reports S4030 with a counterexample, which the evaluator has confirmed, for each
/// that does not hold, and S4031 for those that are about no request. Throws LimitReached.
void check_assertions(const Policy& policy, Model& model, diag::Sink& sink);

}  // namespace stele::analyze
