#pragma once

// The numbers of fields in the language's words and back: "packet", "NET_RAW", "tcp", "10.2.0.0/16", "host". What a
// number means may depend on the request: types are of sockets or of BPF objects, protocols go by the family.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/evaluate/evaluate.h"

namespace stele::evaluate {

/// arg0 … arg5
bool is_argument(Field field);

/// The number's word, else its digits: decimal, arguments of system calls hexadecimal from 10 on.
std::string number_text(Field field, Number number, const Request& about);
/// "0, 1000..1999", long sets are cut; "the empty set".
std::string numbers_text(Field field, const NumberSet& numbers, const Request& about);

/// The inverse of number_text; digits are taken for every field but addresses, also hexadecimal (0x…), and arguments
/// have a sign and names too. nullopt: not a word of this field, or a number beyond max_of(field).
std::optional<Number> find_number(Field field, const std::string& text, const Request& about);
/// The words that find_number knows for the field; empty: digits only.
std::vector<std::string> field_words(Field field, const Request& about);

}  // namespace stele::evaluate
