#pragma once

// The words that fit a place, each with a line on what it is.

#include <string>
#include <vector>

#include "compiler/lsp/completion_place.h"
#include "compiler/lsp/symbols.h"

namespace stele::lsp {

struct Completion {
  /// With the protocol's numbers (CompletionItemKind).
  enum class Kind : uint8_t {
    function = 3,
    field = 5,
    variable = 6,
    module = 9,
    property = 10,
    keyword = 14,
    constant = 21,
    type = 25
  };
  std::string label;
  Kind kind = Kind::keyword;
  std::string detail;
};

/// All of them, the likeliest first: the editor narrows them down by what has been typed.
std::vector<Completion> completions(const CompletionPlace& place, const Symbols& symbols);

}  // namespace stele::lsp
