#pragma once

// Why a request is decided as it is, in words and as JSON.

#include <string>
#include <vector>

#include "compiler/evaluate/evaluate.h"
#include "compiler/evaluate/explain_request.h"

namespace stele::evaluate {

/// One constraint's part in the decision.
struct ConstraintAnswer {
  uint32_t constraint = 0;
  size_t request = 0;  // for which request the reason is given: the first that it applies to, else the first
  Application application;
};

struct Explanation {
  Question question;
  Decision decision;
  std::vector<ConstraintAnswer> answers;  // one a constraint, in the policy's order
};

Explanation explain(const Policy& policy, const Question& question);

/// Which of the constraints that do not apply are told one by one: those that speak of one of the operations asked for,
/// with a count of the others, or all.
enum class Detail : uint8_t { same_operation, everything };

/// The verdict, the constraint that decided, the others that apply, and why the rest do not. Lines end in '\n'.
std::string explanation_text(const Policy& policy, const Explanation& explanation,
                             Detail detail = Detail::same_operation);

/// The same in every detail as one JSON object: policy, request, verdict, error, event, decided_by, applies[],
/// does_not_apply[].
std::string explanation_json(const Policy& policy, const Explanation& explanation);

}  // namespace stele::evaluate
