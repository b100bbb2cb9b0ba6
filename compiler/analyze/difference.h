#pragma once

// What a new version of a policy permits that the old one did not, and the other way round: over all requests.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/analyze/analyze.h"
#include "compiler/evaluate/evaluate.h"
#include "dsl/sema/policy.h"

namespace stele::analyze {

enum class Change : uint8_t { equal, widens, narrows, both };
/// "equal", "widens", "narrows", "widens and narrows".
std::string_view change_text(Change change);

/// A request that the two decide differently, as the evaluator has confirmed.
struct ChangedRequest {
  evaluate::Subject subject;
  evaluate::Request request;
  evaluate::Decision old_decision, new_decision;
};

/// One class of operations: file, exec, net, …
struct ClassDifference {
  std::string_view klass;
  OpSet wider_ops = 0, narrower_ops = 0;
  /// Decided less strictly by the new policy (allow < audit < deny < kill), and more strictly.
  std::optional<ChangedRequest> wider, narrower;

  Change change() const;
};

struct Difference {
  std::vector<ClassDifference> classes;  // all, in the order of OpClass
  std::string unfinished;                // why it is not known, when a limit was reached; else empty

  Change change() const;  // of all classes together; means nothing when unfinished
};

/// Compares verdicts; errnos and logging do not count.   Cost: as analyze, on both together. Never throws.
Difference diff(const Policy& old_policy, const Policy& new_policy, const AnalysisOptions& options = {});

}  // namespace stele::analyze
