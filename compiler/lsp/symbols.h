#pragma once

// The names of a policy: where each is defined and where it is used, over all its files.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/load.h"
#include "dsl/sema/set_types.h"

namespace stele::lsp {

enum class SymbolKind : uint8_t {
  set,
  rule,
  template_name,
  parameter,  // of a template
  prefix      // of the rules that a `use` makes
};

struct Occurrence {
  SymbolKind kind = SymbolKind::set;
  std::string name;
  diag::Span span;
  bool definition = false;
  const ast::Template* scope = nullptr;  // parameter, and rule of a template
};

/// Do both speak of one thing?
bool same_symbol(const Occurrence& a, const Occurrence& b);

/// Points into the program, which must outlive it.
struct Symbols {
  std::vector<Occurrence> occurrences;
  std::map<std::string, const ast::Let*> sets;
  std::map<std::string, const ast::Template*> templates;
  std::vector<const ast::Rule*> rules;  // those of templates among them
  std::vector<const ast::Use*> uses;
};

/// Names that are not defined anywhere are left out. Cost: n log n in the size of the program.
Symbols collect_symbols(const sema::Program& program);

/// The file of the program with this normalised path, or nullptr.
const ast::File* file_of(const sema::Program& program, const std::string& path);

/// The occurrence that touches the byte `offset` of `file`, or nullptr.
const Occurrence* symbol_at(const Symbols& symbols, const ast::File& file, size_t offset);

/// What kind of set an object word wants; nullopt: none that `let` could name.
std::optional<sema::SetType> object_type(std::string_view klass, std::string_view word);
/// The same for a condition.
std::optional<sema::SetType> field_type(std::string_view field);
/// The same for what stands behind the class itself: system calls and capabilities.
std::optional<sema::SetType> class_type(std::string_view klass);

}  // namespace stele::lsp
