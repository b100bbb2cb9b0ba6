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
  diag::Span span;
};

/// A string with its escapes decoded. `escaped[i]` says that `bytes[i]` was written as an escape, so that `\x2a` is a
/// star in a file name and not a pattern. `span` includes the quotes.
struct Text {
  std::string bytes;
  std::vector<bool> escaped;
  diag::Span span;
};
/// Place in the source of the decoded bytes [begin, end) of `text`.
diag::Span span_within(const Text& text, size_t begin, size_t end);

/// A number as written. `value`, which has no sign, is UINT64_MAX for numbers beyond 64 bits.
struct Number {
  uint64_t value = 0;
  bool negative = false;  // of constants that arguments are compared with
  diag::Span span;
};

/// What stands in the parentheses behind a word: `!route`, `"/proc/sys/**"`, `arg1 == 0x5401`, `arg0 & FLAG == 0`.
struct Argument {
  enum class Kind : uint8_t {
    word,    // `word`, excluded by `!`
    text,    // `text`
    compare  // `word` [& mask] comparison constant; without a comparison: any bit of the mask is set
  };
  enum class Comparison : uint8_t { any_bit, equal, not_equal, less, less_equal, greater, greater_equal };
  using Constant = std::variant<Number, Word>;
  Kind kind = Kind::word;
  Word word;
  bool excluded = false;
  Text text;
  std::optional<Constant> mask;
  Comparison comparison = Comparison::equal;
  std::optional<Constant> constant;
  diag::Span span;
};

/// One member of a set: a number or range of numbers, perhaps with a protocol (`443/tcp`), an address, prefix or range
/// of addresses, a string, a group of system calls, or a word: the name of another set or of a thing, perhaps with
/// arguments. Numbers beyond 64 bits are given as UINT64_MAX.
struct Item {
  enum class Kind : uint8_t { number, address, text, group, name };
  Kind kind = Kind::name;
  uint64_t first = 0, last = 0;                    // number
  bool is_range = false;                           // number, address
  std::optional<Word> protocol;                    // number
  Word address, last_address;                      // address, as written
  std::optional<Number> prefix;                    // address: length in bits
  Text text;                                       // text; for a group (with its @) and a name only `bytes`
  std::optional<std::vector<Argument>> arguments;  // name
  diag::Span span;
};

/// A set in place. Either `items`: `{ a, b }`, or a single item without braces; or `operands`, two or more, joined from
/// the left by `operators`, one fewer.
struct SetExpression {
  enum class Operator : uint8_t { unite, intersect, subtract };
  std::vector<Item> items;
  bool braces = false;
  std::vector<SetExpression> operands;
  std::vector<Operator> operators;
  diag::Span span;
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
  diag::Span span;
};

/// `log LEVEL limit NUMBER/UNIT`
struct LogClause {
  struct Limit {
    Word word;  // should be "limit"
    Number events;
    Word unit;
  };
  std::optional<Word> level;
  std::optional<Limit> limit;
  diag::Span span;
};

/// `acknowledge CODE "REASON"`
struct Acknowledgement {
  Word code;
  Text reason;
  diag::Span span;
};

/// What `on`, or a word such as `to`, `port` or `of`, says an operation is about.
struct Object {
  bool on = false;                // began with `on`
  std::optional<Word> qualifier;  // nullopt: a plain `on SET`
  SetExpression set;
  diag::Span span;
};

/// `file { read, write } on "/etc/**"`: a class, its operations (of classes `syscall` and `cap`: the set of calls or
/// capabilities) and objects.
struct Operation {
  Word klass;
  std::optional<SetExpression> operations;
  std::vector<Object> objects;
  diag::Span span;
};

enum class ConstraintKind : uint8_t { audit, deny, kill, only };

struct Constraint {
  ConstraintKind kind = ConstraintKind::deny;
  std::optional<diag::Span> or_kill;
  Operation operation;
  std::optional<Condition> subject;    // for
  std::optional<Condition> exception;  // unless
  std::optional<Word> error;           // errno
  std::optional<LogClause> log;
  std::vector<Word> without;
  std::optional<Word> otherwise;  // else
  std::optional<diag::Span> otherwise_or_kill;
  std::optional<SetExpression> libs;  // libs
  std::vector<Acknowledgement> acknowledged;
  diag::Span span;
};

/// `policy NAME version "…" on failure ACTION`
struct Header {
  struct OnFailure {
    Word word;  // should be "failure"
    Word action;
  };
  Word name;
  Text version;
  std::optional<OnFailure> on_failure;
  std::vector<Acknowledgement> acknowledged;
  std::string doc;
  diag::Span span;
};

/// One bound of `target`, or a range when `last` is set.
struct TargetBound {
  enum class Comparison : uint8_t { equal, at_least, at_most, other };
  Comparison comparison = Comparison::equal;
  Word first;
  std::optional<Word> last;
  diag::Span span;
};
struct Target {
  Word system;
  std::vector<TargetBound> bounds;
  std::optional<Word> exact;  // the word before the build id; should be "exact"
  std::optional<Text> build_id;
  diag::Span span;
};

/// `let NAME = TYPE SET`. `type` is empty when the author left it out; `broken` marks a definition that could not be
/// read: the name exists, and its uses are not mistakes of their own.
struct Let {
  Word name;
  Word type;
  SetExpression value;
  std::vector<Acknowledgement> acknowledged;
  bool broken = false;
  diag::Span span;
};

struct Include {
  Text path;
  diag::Span span;
};

struct Rule {
  Word name;
  std::string doc;
  std::vector<Constraint> constraints;
  diag::Span span;
};

/// `require SUBJECT VALUE`
struct Requirement {
  Word subject;
  std::optional<Word> value;
  diag::Span span;
};

/// `removable never`, `removable by CONDITION with CONDITION`
struct Removable {
  Word word;  // should be "never" or "by"
  std::optional<Condition> by;
  std::optional<Word> with_word;  // should be "with"
  std::optional<Condition> with;
  diag::Span span;
};

struct Seal {
  std::vector<Word> self;  // each time it is written; should be at most once
  std::vector<Constraint> constraints;
  std::vector<Removable> removable;  // should be at most one
  diag::Span span;
};

/// `assert never CONDITION… : OPERATION`
struct Assertion {
  Word quantifier;                 // should be "never" or "always"
  std::vector<Condition> subject;  // all of them
  Operation operation;
  std::vector<Acknowledgement> acknowledged;
  diag::Span span;
};

/// Rules and assertions for several uses. Parameters are names of sets within them.
struct Template {
  Word name;
  std::string doc;
  std::vector<Word> parameters;
  std::vector<Rule> rules;
  std::vector<Assertion> assertions;
  diag::Span span;
};

/// `use NAME(SET, …) as PREFIX`: the template's rules, named PREFIX_RULE.
struct Use {
  Word name;
  std::vector<SetExpression> arguments;
  Word prefix;
  std::vector<Acknowledgement> acknowledged;
  diag::Span span;
};

using Statement = std::variant<Header, Target, Requirement, Let, Include, Rule, Seal, Assertion, Template, Use>;

/// One file. `complete` is false when something of it could not be read (and was reported): names may be missing then.
struct File {
  std::shared_ptr<const diag::SourceFile> source;
  std::vector<Statement> statements;
  bool complete = true;
  uint64_t steps = 0;  // what parsing cost: bytes and tokens looked at, each as often as it was, ahead or not
};

}  // namespace stele::ast
