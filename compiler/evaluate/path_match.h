#pragma once

// Names against sets of patterns, for the reference evaluator only; the lowering has its own automaton.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele::evaluate {

/// A name, split into components.
using Name = std::vector<std::string_view>;

/// Components of an absolute path, "/" = none; repeated and trailing slashes mean nothing. nullopt when no rung can
/// resolve the name: not absolute, deeper than kMaxDepth, or a component over kMaxComponentBytes.
std::optional<Name> resolve_name(std::string_view path);

/// The one component of a word that is no path (comm, fstype): never split at '/'. nullopt: over kMaxComponentBytes.
std::optional<Name> resolve_word(std::string_view word);

/// Is the name in the set; is it above something in it, as PathSet says?   Cost: the patterns below the set times the
/// length of the name, however the sets below it share one another.
bool is_in(const Policy& policy, PathSetId set, const Name& name);
bool is_above(const Policy& policy, PathSetId set, const Name& name);

}  // namespace stele::evaluate
