#pragma once

// The types of sets: their names, and the words that may stand in them.

#include <optional>
#include <string>
#include <vector>

#include "dsl/sema/set_value.h"

namespace stele::sema {

/// As `let` and messages name it: "path", "family".
const char* set_type_text(SetType type);
/// The type that `let` calls `name`.
std::optional<SetType> find_set_type(const std::string& name);
/// "`uid`, `gid`, …": the types of `let`.
std::string set_types_text();

/// Does a named set of type `named` fit where `wanted` is wanted?
bool fits(SetType named, SetType wanted);

/// The number of a word of the type: `NET_RAW`, `packet`, `unset`; nullopt when it has no such word.
std::optional<uint64_t> find_type_word(SetType type, const std::string& word);
/// All its words; empty when the type has none.
std::vector<std::string> type_words(SetType type);

/// "one member is written …": an example for hints.
const char* example_of(SetType type);

}  // namespace stele::sema
