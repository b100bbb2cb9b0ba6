#pragma once

// Which properties the request of an operation has, the words that tell them in a question, and what follows where a
// question leaves something out. Read by the parser of questions and by their printer.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compiler/evaluate/evaluate.h"

namespace stele::evaluate {

/// `port 443`: a word of a question and what it tells.
struct ObjectWord {
  std::string_view word;
  std::optional<Field> field;  // nullopt: Request::path
};
/// In the order in which they are printed. System calls and capabilities have none: their name says it.
std::vector<ObjectWord> object_words(Op op);

/// Must a question say the path, or that there is none?
bool needs_path(Op op);

/// Can it be about a file that has no name, and is that said by a word: operations on files, and exec.
bool may_be_nameless(Op op);

/// What follows where it is not said. A socket has a family (that of its address or path, else inet), a type (that of
/// its protocol, else stream; raw for packet and netlink) and a protocol (that of its type, else 0); a system call has
/// six arguments (0).
void fill_defaults(Request& request);

/// What no request can be, in words: an IPv6 address on an inet socket, a port on a unix one, …
std::optional<std::string> inconsistency(const Request& request);

}  // namespace stele::evaluate
