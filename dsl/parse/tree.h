#pragma once

// Where in ANTLR's tree the parser is.

#include <antlr4-runtime.h>

namespace stele::parse {

/// The node of type `Context` that the text read so far ends in, or nullptr.
template <typename Context>
Context* just_read(antlr4::Parser& parser) {
  Context* found = nullptr;
  for (antlr4::tree::ParseTree* node = parser.getContext(); node;
       node = node->children.empty() ? nullptr : node->children.back())
    if (auto* context = dynamic_cast<Context*>(node)) found = context;
  return found;
}

/// The innermost node of type `Context` that `node` is in or is, or nullptr.
template <typename Context>
Context* enclosing(antlr4::tree::ParseTree& node) {
  for (antlr4::tree::ParseTree* at = &node; at; at = at->parent)
    if (auto* context = dynamic_cast<Context*>(at)) return context;
  return nullptr;
}

}  // namespace stele::parse
