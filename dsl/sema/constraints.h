#pragma once

// One author's constraint: words → typed constraint.

#include <optional>

#include "dsl/ast/ast.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/sets.h"

namespace stele {

/// Resolves `constraint` of rule `rule`. Reports every mistake (S3060…S3072, S4001…S4006, S4008); nullopt when there
/// was an error. `without` is left to the closure.
std::optional<Constraint> resolve_constraint(const ast::Constraint& constraint, uint32_t rule, Sets& sets,
                                             PathSetTable& path_sets, Sink& sink);

}  // namespace stele
