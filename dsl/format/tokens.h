#pragma once

// The words and signs of a policy, each with the comments that stand before it.

#include <string_view>
#include <vector>

#include "dsl/parse/lex.h"

namespace stele::format {

struct Comment {
  std::string_view text;  // without blanks at its end
  uint32_t newlines = 0;  // line ends between what is before and it
  uint32_t column = 0;    // from 0, in bytes
  bool runs_on = false;   // to the end of its line: `//`, `///`
};

struct Token {
  std::string_view text;
  uint32_t begin = 0;    // offset in the text
  bool is_word = false;  // not a sign
  bool is_reserved = false;
  std::vector<Comment> comments;
  uint32_t newlines = 0;  // line ends between the last comment, or the token before, and it
  uint32_t column = 0;    // from 0, in bytes; 0 at the end of the text
};

/// The tokens in order and an empty one for the end of the text, which holds the comments that come last. Commas that
/// stand last in a list are left out. Comments before a comma stand behind it, unless all is on one line.
std::vector<Token> tokens_of(const std::shared_ptr<const diag::SourceFile>& source);

}  // namespace stele::format
