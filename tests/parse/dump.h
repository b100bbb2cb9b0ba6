#pragma once

// The syntax tree as compact text, for tests: `[…]` around what is one node.

#include <string>

#include "dsl/ast/ast.h"

namespace stele::test {

/// One line for each statement; rules and seals end in `{ constraint; … }`.
std::string dump(const ast::File& file);

}  // namespace stele::test
