#pragma once

// What must be true of every result, whatever the input was.

#include <string>

#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"

namespace stele::fuzz {

bool is_json(const std::string& text);

/// Places lie within their files, messages and codes are there, both renderings work.
void check_diagnostics(const diag::Sink& sink);

/// The policy is as policy.h says: indices in range, sets sorted and disjoint, patterns that can match.
void check_policy(const Policy& policy);

}  // namespace stele::fuzz
