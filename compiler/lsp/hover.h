#pragma once

// What stands under the pointer, in Markdown.

#include <optional>
#include <string>
#include <vector>

#include "compiler/lsp/symbols.h"
#include "dsl/parse/lex.h"
#include "dsl/sema/policy.h"

namespace stele::lsp {

/// One text and what is known of the policy around it. Points to what must outlive it.
struct View {
  const ast::File& file;
  const std::vector<parse::Lexeme>& lexemes;  // of the file
  const Symbols& symbols;
  const Policy* policy = nullptr;  // null while there are errors
};

struct Hover {
  std::string markdown;
  diag::Span span;
};

/// An operation, condition or other word: what it is. An effect: what its constraint is worth, by which mechanism, and
/// what the closure adds. A set: its text and that of the sets in it. A rule: its documentation and its constraints.
/// A group of system calls: its calls. nullopt: nothing to say.
std::optional<Hover> hover(const View& view, size_t offset);

/// The lexeme that holds the byte `offset`, or that ends there; nullptr: none.
const parse::Lexeme* lexeme_at(const std::vector<parse::Lexeme>& lexemes, size_t offset);
std::string_view text_of(const diag::Span& span);

}  // namespace stele::lsp
