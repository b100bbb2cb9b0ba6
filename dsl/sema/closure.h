#pragma once

// The closure: what must be denied too, so that a constraint means what it says.
//
// "A name is not a file": a protected name stays true only if nobody links, renames or mounts over it, and a protected
// content only if every way to change it is closed. "An exception is as strong as its executable": who may change,
// trace or load code into an excepted program has its exception. language.md lists the parts; each can be dropped by
// name.

#include <optional>
#include <string>
#include <vector>

#include "dsl/diag/diagnostic.h"
#include "dsl/sema/path_sets.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/report.h"

namespace stele::sema {

/// A name in `without { … }`.
struct DroppedPart {
  std::string name;
  diag::Span span;
};

/// What the author of one constraint says about its closure.
struct ClosureOptions {
  std::vector<DroppedPart> dropped;  // without
  std::optional<PathSetId> libs;     // libs, instead of the default directories
  diag::Span libs_span;
  bool repeated = false;  // an earlier constraint of the same text brings the closure
};

/// Appends the derived constraints of the author's constraints that `policy` holds; `options[i]` belongs to constraint
/// i. Every derived constraint has the effect, log, rule and span of its author's constraint, and its errno (EPERM
/// when that is about system calls).
/// Nothing is derived for `audit`. Reports unknown parts (S3076), parts that were not there to drop (S4009) and `libs`
/// without an exception (S4011).
/// Ensures: no derived constraint repeats what its author's constraint, or an earlier one derived of it, says.
void add_closure(Policy& policy, const std::vector<ClosureOptions>& options, PathSetTable& path_sets, Reporter& report);

}  // namespace stele::sema
