#pragma once

// Sets of numbers as sorted, disjoint ranges.

#include "dsl/sema/policy.h"

namespace stele::sema {

/// Sorts and merges, so that equal sets are equal vectors. Cost: n log n.
NumberSet normalised(NumberSet ranges);

/// Of normalised sets; linear.
bool has_number(const NumberSet& set, Number number);
NumberSet unite(const NumberSet& a, const NumberSet& b);
NumberSet intersect(const NumberSet& a, const NumberSet& b);
NumberSet subtract(const NumberSet& a, const NumberSet& b);

}  // namespace stele::sema
