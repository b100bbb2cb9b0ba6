#pragma once

// The language read a second time, as slowly and differently as possible, to check the evaluator against: patterns and
// globs by backtracking, directories above by looking for a member beneath, unknown names by trying both answers, the
// decision by sorting.

#include <vector>

#include "compiler/evaluate/evaluate.h"

namespace stele::testing {

/// Components of a normalised absolute path.
std::vector<std::string> parts_of(const std::string& path);
bool slow_match(const PathPattern& pattern, const std::vector<std::string>& parts, size_t i = 0, size_t j = 0);

struct SlowDecision {
  evaluate::Verdict verdict = evaluate::Verdict::allow;
  int error = 0;
};
SlowDecision slow_evaluate(const Policy& policy, const evaluate::Subject& subject,
                           const std::vector<evaluate::Request>& requests);

}  // namespace stele::testing
