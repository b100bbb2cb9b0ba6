#pragma once

// Text of one file → syntax tree. ANTLR's types and exceptions stay in this folder.

#include <memory>

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"

namespace stele::parse {

/// Deepest nesting of parentheses and braces. Checked on the tokens, before the recursive parser sees them.
inline constexpr uint32_t kMaxNesting = 100;
/// Largest text of one file, in bytes: about a hundred thousand paths.
inline constexpr size_t kMaxPolicyBytes = size_t{8} << 20;
/// Most words and signs of one file, comments apart: they cost memory, up to 800 bytes each.
inline constexpr size_t kMaxTokens = 1'000'000;

/// Parses `source`. Reports every mistake (S1002…S2999) and returns what could be read; never throws for any input.
/// Cost: linear in the text.
ast::File parse(std::shared_ptr<const diag::SourceFile> source, diag::Sink& sink);

}  // namespace stele::parse
