#pragma once

// One author's constraint: words → typed constraints.

#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/closure.h"
#include "dsl/sema/context.h"
#include "dsl/sema/policy.h"

namespace stele::sema {

struct ResolvedConstraint {
  Constraint constraint;
  ClosureOptions closure;
};

/// Resolves `constraint` of rule `rule`: one or several, of which only the first brings the closure. Reports every
/// mistake (S3060…S3072, S3103, S4001…S4008, …); empty when there was an error.
std::vector<ResolvedConstraint> resolve_constraint(const ast::Constraint& constraint, uint32_t rule, Context& context);

}  // namespace stele::sema
