#pragma once

// Names against path patterns, for the reference evaluator only; the lowering has its own automaton.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele {

/// Components of an absolute path, "/" = none; repeated and trailing slashes mean nothing. nullopt when no rung can
/// resolve the name: not absolute, deeper than kMaxDepth, or a component over kMaxComponentBytes.
std::optional<std::vector<std::string_view>> resolve_name(std::string_view path);

}  // namespace stele
