#pragma once

// The names of one path component, in classes that a few globs and a list of words cannot tell apart.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele::analyze {

using Glob = std::vector<GlobElement>;

/// What a component may be: 1 to `max_bytes` bytes, none of them NUL, '/' only where `slash` allows it (in words that
/// are no paths).
struct ComponentRules {
  uint32_t max_bytes = kMaxComponentBytes;
  bool slash = false;
};

/// Names that are none of the given words and that match exactly `globs`.
struct OtherNames {
  std::vector<uint32_t> globs;  // indices, ascending
  std::string witness;          // of shortest length
};

/// Which of the globs match the word? Ascending indices.
std::vector<uint32_t> matching_globs(const std::vector<const Glob*>& globs, std::string_view word);

/// Every class of names outside `words` that is not empty.
/// A product of the globs and the tree of the words, explored by length, so that the witness found first is shortest.
/// Throws LimitReached when more than `max_states` states of it are needed.
std::vector<OtherNames> other_names(const std::vector<const Glob*>& globs, const std::vector<std::string_view>& words,
                                    const ComponentRules& rules, size_t max_states);

}  // namespace stele::analyze
