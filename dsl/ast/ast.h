#pragma once

// The syntax tree of one file: plain data with spans, close to the text. Nothing is looked up yet: operations, fields,
// set names and paths are still words and strings.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "dsl/diag/diagnostic.h"

namespace stele::ast {

/// A word of the source: a name, an operation, an error name.
struct Word {
  std::string text;
  Span span;
};

/// A string with its escapes decoded. `escaped[i]` says that `bytes[i]` was written as an escape, so that `\x2a` is a
/// star in a file name and not a pattern. `span` includes the quotes.
struct Text {
  std::string bytes;
  std::vector<bool> escaped;
  Span span;
};
/// Place in the source of the decoded bytes [begin, end) of `text`.
Span span_within(const Text& text, size_t begin, size_t end);

/// One member of a set: a number or range of numbers, a string, or the name of another set.
/// Numbers beyond 64 bits are given as UINT64_MAX.
struct Item {
  enum class Kind : uint8_t { number, text, name };
  Kind kind = Kind::name;
  uint64_t first = 0, last = 0;
  bool is_range = false;
  Text text;  // text; for a name only `bytes`
  Span span;
};

/// A set in place: `{ a, b }`, or a single item without braces.
struct SetExpression {
  std::vector<Item> items;
  bool braces = false;
  Span span;
};

struct Condition {
  enum class Kind : uint8_t { all_of, any_of, negation, test };
  /// `is` is the bare form, `uid 33`.
  enum class Comparison : uint8_t { in, is, equal, not_equal, less, less_equal, greater, greater_equal };
  Kind kind = Kind::test;
  std::vector<Condition> operands;  // all_of, any_of: two or more; negation: one
  Word field;                       // test; dots included ("parent.exe")
  Comparison comparison = Comparison::is;
  SetExpression value;  // test; one item without braces unless `in`
  Span span;
};

struct LogClause {
  std::optional<Word> level;
  Span span;
};

enum class ConstraintKind : uint8_t { audit, deny, kill, only };

struct Constraint {
  ConstraintKind kind = ConstraintKind::deny;
  Word klass;                     // "file", "exec"
  bool operations_given = false;  // `file { … }` or `file read`, as against a bare class
  std::vector<Word> operations;
  SetExpression objects;
  std::optional<Condition> subject;    // for
  std::optional<Condition> exception;  // unless
  std::optional<Word> error;           // errno
  std::optional<LogClause> log;
  std::vector<Word> without;
  std::optional<Word> otherwise;  // else
  Span span;
};

/// `policy NAME version "…"`
struct Header {
  Word name;
  Text version;
  std::string doc;
  Span span;
};

/// One bound of `target`, or a range when `last` is set.
struct TargetBound {
  enum class Comparison : uint8_t { equal, at_least, at_most, other };
  Comparison comparison = Comparison::equal;
  Word first;
  std::optional<Word> last;
  Span span;
};
struct Target {
  Word system;
  std::vector<TargetBound> bounds;
  Span span;
};

/// `let NAME = TYPE SET`. `type` is empty when the author left it out; `broken` marks a definition that could not be
/// read: the name exists, and its uses are not mistakes of their own.
struct Let {
  Word name;
  Word type;
  SetExpression value;
  bool broken = false;
  Span span;
};

struct Include {
  Text path;
  Span span;
};

struct Rule {
  Word name;
  std::string doc;
  std::vector<Constraint> constraints;
  Span span;
};

using Statement = std::variant<Header, Target, Let, Include, Rule>;

/// One file. `complete` is false when something of it could not be read (and was reported): names may be missing then.
struct File {
  std::shared_ptr<const SourceFile> source;
  std::vector<Statement> statements;
  bool complete = true;
};

}  // namespace stele::ast
