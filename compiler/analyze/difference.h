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
Change change_of(bool wider, bool narrower);

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

/// What a policy says besides constraints: on which machines it is enforced, what happens where it cannot be, what
/// keeps it in place. Less of it permits more: it is wider.
struct HeaderChange {
  std::string what;  // "target", "require", "on failure", "seal self", "removable"
  Change change = Change::widens;
  std::string from, to;  // in the policy's words; "nothing" where it does not say it
};

/// Requests that both decide alike, but with another errno, writing more or less of it, or with or without a kill where
/// the kernel cannot prevent them.
struct DecisionChange {
  enum class What : uint8_t { error, log, or_kill };
  What what = What::error;
  int from = 0, to = 0;  // an errno, a LogLevel, or whether
  OpSet ops = 0;
  ChangedRequest example;

  bool logs_less() const { return what == What::log && to < from; }
};

struct Difference {
  std::vector<ClassDifference> classes;  // all, in the order of OpClass
  std::vector<HeaderChange> header;
  std::vector<DecisionChange> decisions;  // each from and to once
  std::string unfinished;                 // why it is not known, when a limit was reached; else empty

  /// Of classes, header and logging together (who logs less is wider); means nothing when unfinished.
  Change change() const;
  /// What of it is wider, each by its word: "file", "target", "log".
  std::vector<std::string> wider() const;
};

/// Compares headers and verdicts, and apart from them errnos and logging. Where constraints that log differently
/// overlap, what is logged depends on their order: of such requests the evaluator has to confirm one, or they are not
/// named.   Cost: as analyze, on both together. Never throws.
Difference diff(const Policy& old_policy, const Policy& new_policy, const AnalysisOptions& options = {});

}  // namespace stele::analyze
