#pragma once

// Conditions of `for` and `unless`: words → typed tests.

#include <optional>

#include "dsl/ast/ast.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/sets.h"

namespace stele {

/// What a condition is, as far as its own text shows: a test on an empty set is never true.
enum class Constancy : uint8_t { never, always, depends };
Constancy constancy_of(const Condition& condition, const PathSetTable& path_sets);

bool same_condition(const Condition& a, const Condition& b);

/// Resolves one condition of a constraint whose effect is `effect`. Reports every mistake (S3040, S3073…S3075, S4004)
/// and warns of tests on empty sets (S4007); nullopt when there was an error.
std::optional<Condition> resolve_condition(const ast::Condition& condition, Effect effect, Sets& sets,
                                           PathSetTable& path_sets, Sink& sink);

}  // namespace stele
