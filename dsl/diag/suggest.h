#pragma once

// "did you mean": the known word nearest to an unknown one.

#include <string>
#include <string_view>
#include <vector>

namespace stele::diag {

/// Fewest insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`. Cost: O(|a|·|b|).
size_t edit_distance(std::string_view a, std::string_view b);

/// The nearest of `known` if it is near enough to be a slip (a third of the word, at least one edit), else empty.
/// Among equally near words the first wins.
std::string nearest(std::string_view word, const std::vector<std::string>& known);

/// "did you mean `nearest`?", or empty.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& known);

}  // namespace stele::diag
