#pragma once

// Conditions of `for`, `unless`, `removable` and `assert`: words → typed tests.

#include <optional>

#include "dsl/ast/ast.h"
#include "dsl/sema/context.h"
#include "dsl/sema/policy.h"

namespace stele::sema {

/// May a condition speak of `comm`, which any process chooses for itself?
enum class CommUse : uint8_t { refused, allowed };

/// Resolves one condition. Reports every mistake (S3040, S3073, S3075, S4004, …) and warns of tests on empty sets
/// (S4007); nullopt when there was an error.
std::optional<Condition> resolve_condition(const ast::Condition& condition, CommUse comm, Context& context);

/// `owner` asks who owns the file. False, and reported (S3078) at `where`, when some of the operations are about none.
bool check_owner(const Condition& condition, OpSet ops, const diag::Span& where, Context& context);

}  // namespace stele::sema
