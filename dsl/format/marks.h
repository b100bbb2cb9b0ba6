#pragma once

// What the syntax tree knows of the tokens, and the tokens alone do not: where statements, constraints and clauses
// begin, which braces hold statements, which parentheses stand close to the word before them.

#include <map>

#include "dsl/ast/ast.h"
#include "dsl/format/tokens.h"

namespace stele::format {

struct Mark {
  /// Begins a line of its own: a statement of one line, one that has a body, or what stands in a body.
  enum class Start : uint8_t { none, header, line, block, item };
  Start start = Start::none;
  uint32_t level = 0;        // of a start: bodies around it
  bool has_clauses = false;  // of a start: clauses follow
  bool clause = false;       // `for`, `unless`, … of a constraint, `acknowledge` of anything
  bool body_open = false;    // `{` of a seal or a template
  bool body_close = false;   // and its `}`
  bool close_paren = false;  // `(` right behind a word: `ioctl(…)`
  bool arguments = false;    // and what it holds are no sets: `arg0 & FLAG`
  bool rule_colon = false;
};

/// By offset in the text. What is not in it has no mark.
using Marks = std::map<uint32_t, Mark>;

/// Requires: `file` was parsed from the text of `tokens` without errors.
Marks marks_of(const ast::File& file, const std::vector<Token>& tokens);

}  // namespace stele::format
