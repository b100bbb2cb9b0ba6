#pragma once

// Trees of conditions: making them and asking simple questions of them.

#include <vector>

#include "dsl/sema/path_sets.h"
#include "dsl/sema/policy.h"

namespace stele::sema {

Condition always();
Condition never();
Condition number_in(Field field, NumberSet numbers);
Condition name_in(Field field, PathSetId names);
/// (field & mask) == value
Condition bits_are(Field field, uint64_t mask, uint64_t value);
Condition negated(Condition inner);
/// Both, either. Operands of the same kind are joined flat; always and never disappear.
Condition both(Condition a, Condition b);
Condition either(Condition a, Condition b);

bool is_always(const Condition& condition);
bool is_never(const Condition& condition);

/// What a condition is, as far as its own text shows: a test on an empty set is never true.
enum class Constancy : uint8_t { never, always, depends };
Constancy constancy_of(const Condition& condition, const PathSetTable& path_sets);

bool same_condition(const Condition& a, const Condition& b);

/// The tests that say of which users a condition speaks: `uid` and `euid`, under an even number of negations.
std::vector<Condition*> user_tests(Condition& condition);

/// Does a test of the field stand in it?
bool asks_for(const Condition& condition, Field field);

/// The condition where it is not known whether a file is the subject's: `unknown` is what counts then, under an even
/// number of negations; else the opposite.
Condition without_owner(const Condition& condition, bool unknown);

/// Number of nodes.
size_t size_of(const Condition& condition);

}  // namespace stele::sema
