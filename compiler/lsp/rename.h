#pragma once

// Renaming of sets, rules, templates, their parameters and the prefixes of their uses, where it keeps the meaning.

#include <string>
#include <vector>

#include "compiler/lsp/symbols.h"

namespace stele::lsp {

/// Why `occurrence` cannot be called `name`, or empty. What is checked: it is one word that is not reserved, nothing
/// else is called so where it would be mistaken for it, and rules that templates make do not collide.
std::string rename_refusal(const Symbols& symbols, const Occurrence& occurrence, const std::string& name);

/// Every place where the name stands.
std::vector<diag::Span> occurrences_of(const Symbols& symbols, const Occurrence& occurrence);

/// Does the text hold `word` as a whole word?
bool mentions(const std::string& text, const std::string& word);

}  // namespace stele::lsp
