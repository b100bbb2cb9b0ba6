#pragma once

// Conditions over the subject → tests of the IR.

#include <vector>

#include "compiler/lower/ir.h"

namespace stele::lower {

/// What an unknown part of the subject counts as: true below `for`, false below `unless`; `not` turns it round.
enum class Unsure : bool { is_false, is_true };

/// Requires: a condition that has programs (check_enforceable), whose names are among `name_sets`.
/// Ensures: no operand is always or never; all_of and any_of have two operands or more.
ir::Test lower_condition(const Condition& condition, Unsure unsure, const std::vector<PathSetId>& name_sets);

/// Adds the sets that the condition names to `name_sets`, each once, in order.
void collect_name_sets(const Condition& condition, std::vector<PathSetId>& name_sets);

/// Does the constraint speak of this subject and of the object: `object` and `subject` and not
/// `exception`.
ir::Test lower_subject(const Constraint& constraint, const std::vector<PathSetId>& name_sets);

/// Is some part of the test of this kind?
bool asks(const ir::Test& test, ir::Test::Kind kind);

}  // namespace stele::lower
