#pragma once

// The closure: what must be denied too, so that a constraint means what it says.
//
// "A name is not a file": a protected name stays true only if nobody links, renames or mounts over it, and a protected
// content only if every way to change it is closed. "An exception is as strong as its executable": who may change,
// trace or load code into an excepted program has its exception. language.md lists the parts; each can be dropped by
// name.

#include <string>
#include <vector>

#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/sets.h"

namespace stele {

/// A name in `without { … }`.
struct DroppedPart {
  std::string name;
  Span span;
};

/// Appends the derived constraints of the author's constraints that `policy` holds; `dropped[i]` is the `without` of
/// constraint i. Every derived constraint has the effect, errno, log, rule and span of its author's constraint.
/// Nothing is derived for `audit`. Reports unknown parts (S3076) and parts that were not there to drop (S4009).
/// Ensures: no derived constraint repeats what its author's constraint, or an earlier one derived of it, says.
void add_closure(Policy& policy, const std::vector<std::vector<DroppedPart>>& dropped, PathSetTable& path_sets,
                 Sink& sink);

}  // namespace stele
