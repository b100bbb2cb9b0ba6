#pragma once

// A text as words, signs and comments, for tools that must not lose anything: the formatter, the editor's server.

#include <memory>
#include <vector>

#include "dsl/diag/diagnostic.h"

namespace stele::parse {

struct Lexeme {
  enum class Kind : uint8_t {
    reserved,  // `deny`, `on`, …
    name,      // any other word
    number,    // 33, 0x5401, 10.2.0.0, 2001:db8::
    string,    // with its quotes
    group,     // @basic-io
    sign,      // { } ( ) , : .. | & - / ! = == …
    comment,   // `// …`, without the line end, or `/* … */`
    doc,       // `/// …`, without the line end
    unknown    // what the language does not use, unterminated strings and comments among it
  };
  Kind kind = Kind::unknown;
  diag::Span span;  // never empty
};

/// Every byte of `source` that is not white space (a byte order mark counts as such) belongs to exactly one lexeme, in
/// order. A comment that does not end takes all the rest. Never throws, never reports.
/// Cost: linear in the text.
std::vector<Lexeme> lex(const std::shared_ptr<const diag::SourceFile>& source);

}  // namespace stele::parse
