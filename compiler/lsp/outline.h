#pragma once

// The statements of a text as an editor lists them.

#include <string>
#include <vector>

#include "dsl/ast/ast.h"

namespace stele::lsp {

struct OutlineEntry {
  /// With the protocol's numbers (SymbolKind).
  enum class Kind : uint8_t {
    file = 1,
    module = 2,
    name_space = 3,
    class_kind = 5,
    function = 12,
    variable = 13,
    event = 24
  };
  std::string name;
  std::string detail;
  Kind kind = Kind::variable;
  diag::Span span;       // the whole statement
  diag::Span name_span;  // within it
  std::vector<OutlineEntry> children;
};

/// In the order of the text.
std::vector<OutlineEntry> outline(const ast::File& file);

}  // namespace stele::lsp
