#pragma once

// The words of the policy language with a line on each: what hovers say and completions offer.

#include <string>
#include <string_view>
#include <vector>

#include "dsl/sema/policy.h"
#include "dsl/words/words.h"

namespace stele::lsp {

struct WordInfo {
  std::string word;
  std::string detail;  // what it is; lower case, no full stop
};

enum class WordKind : uint8_t {
  statement,    // policy, let, rule, …
  effect,       // audit, deny, kill, only
  clause,       // for, unless, errno, …
  logic,        // and, or, not, in
  klass,        // file, exec, net, …
  field,        // uid, exe, …: what conditions test
  qualifier,    // to, port, type, …: what objects are
  set_type,     // path, uid, net, …
  part,         // of a closure, for `without`
  error,        // EPERM, …
  log_level,    // none, alert, limit
  requirement,  // lockdown, …
  failure,      // on, failure, halt, continue
  sealing       // self, removable
};

/// All words of a kind, in the order in which the manual gives them.
std::vector<WordInfo> words_of(WordKind kind);
/// The operations of a class: "file" → read, write, …
std::vector<WordInfo> operation_words(std::string_view klass);
/// "system call 257", "capability 13"; empty when the table has no such word.
std::string table_detail(words::WordTable table, std::string_view word);

/// What a word is, whatever its kind: a line for each meaning that it has anywhere in the language, with the kind in
/// front. Empty: no word of the language's own.
std::vector<std::string> meanings(std::string_view word);

}  // namespace stele::lsp
