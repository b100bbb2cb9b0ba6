#pragma once

// Policies of any size, of the mix that a fleet's baseline has.

#include <cstddef>
#include <string>

namespace stele::scale {

inline constexpr size_t kPathsPerRule = 10;

/// A policy of `rules` rules, each about ten lines and `kPathsPerRule` paths: named sets with globs and trees, denials
/// with an executable or users excepted, joined sets, allow-lists of programs and of addresses, audits, and two
/// assertions. The same size, the same text.
std::string policy_of(size_t rules);

}  // namespace stele::scale
