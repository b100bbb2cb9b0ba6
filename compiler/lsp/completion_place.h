#pragma once

// What the grammar wants at a place of an unfinished text. The words before the place are read by a parser of its own,
// by recursive descent, that builds nothing and notes what it looked for when the words ran out: the real parser speaks
// of whole texts, and a text that is being typed never is one.

#include <optional>
#include <string>
#include <vector>

#include "dsl/parse/lex.h"
#include "dsl/sema/set_types.h"

namespace stele::lsp {

enum class Expect : uint8_t {
  nothing,         // a new name, a number, a string, a sign
  statement,       // or what may follow within a template or a seal
  effect,          // behind `rule NAME:`
  klass,           // of operations
  operation,       // of `klass`
  object,          // a word for an object of `klass`, and what `clause` means
  clause,          // and what may follow the constraint
  set_type,        // or a set, behind `let NAME =`
  member,          // of a set of type `type`
  netlink,         // a protocol in `netlink(…)`
  constant,        // in a test of an argument
  field,           // a condition
  comparison,      // `in`, or a member
  exe,             // likewise of `exe`: or `kernel`
  after_test,      // `and`, `or`, and what `object` means
  error,           // behind `errno`
  log_level,       // or `limit`, or what `clause` means
  log_limit,       // `limit`, or what `clause` means
  part,            // behind `without`
  other_effect,    // behind `else`
  or_kill,         // behind `deny or`
  warning,         // behind `acknowledge`
  quantifier,      // behind `assert`
  requirement,     // behind `require`
  lockdown,        // its level
  on_failure,      // behind the version: `on`
  failure,         // behind that `on`
  failure_action,  // behind `failure`
  system,          // behind `target`
  removable,       // behind `removable`
  template_name,   // behind `use`
  owner            // behind `of`
};

struct CompletionPlace {
  Expect expect = Expect::nothing;
  std::string klass;                    // of the operation at hand
  std::optional<sema::SetType> type;    // member, comparison; nullopt: any
  std::vector<std::string> parameters;  // of the template around the place
  bool in_template = false, in_seal = false;
  bool in_constraint = false, in_assertion = false, in_removable = false;
  size_t begin = 0;  // of the word that is being typed; the place itself when there is none
};

/// What may stand at byte `offset` of a text with these lexemes. Cost: linear.
CompletionPlace completion_place(const diag::SourceFile& source, const std::vector<parse::Lexeme>& lexemes,
                                 size_t offset);

}  // namespace stele::lsp
