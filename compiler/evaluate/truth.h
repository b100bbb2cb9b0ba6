#pragma once

// The truth of conditions about one subject and one request, in Kleene's logic: a name that no rung can resolve, and
// an owner of whom nothing is said, make what is said of them unknown.

#include "compiler/evaluate/evaluate.h"

namespace stele::evaluate {

/// Ordered: `and` is the least of its operands, `or` the greatest.
enum class Truth : uint8_t { no, unknown, yes };

Truth truth_of(const Policy& policy, const Condition& condition, const Subject& subject, const Request& request);

/// Is the request's path among the constraint's objects, by its reach? No path is in no set.
Truth path_truth(const Policy& policy, const Constraint& constraint, const Request& request);

/// What a subject and a request say about a field.
using Numbers = std::vector<Number>;
using Names = std::vector<std::string>;
/// All that count: gid has the supplementary groups too, cap each effective capability. Empty: the request has none.
Numbers numbers_of(Field field, const Subject& subject, const Request& request);
/// Likewise; ancestor.exe has all of them. Empty names are left out.
Names names_of(Field field, const Subject& subject, const Request& request);

/// `unknown` when the name cannot be resolved. `field` says what sort of name it is: a path or one component.
Truth name_truth(const Policy& policy, PathSetId set, Field field, const std::string& name);

}  // namespace stele::evaluate
