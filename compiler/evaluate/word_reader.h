#pragma once

// The words of a question, taken one by one. Mistakes are thrown as Mistake and caught in parse_question.

#include <string>
#include <string_view>
#include <vector>

#include "compiler/evaluate/evaluate.h"
#include "compiler/evaluate/quoting.h"
#include "dsl/sema/accounts.h"

namespace stele::evaluate {

/// The first mistake of a question; never leaves parse_question.
struct Mistake {
  std::string message;
};

class WordReader {
public:
  explicit WordReader(std::vector<QuestionWord> words) : words_(std::move(words)) {}

  bool done() const { return at_ == words_.size(); }
  /// Does a path stand here?
  bool at_path() const { return !done() && words_[at_].text.starts_with('/'); }
  /// Does the word stand here, not quoted?
  bool at_word(std::string_view word) const { return !done() && !words_[at_].quoted && words_[at_].text == word; }
  /// Takes it if it does.
  bool take(std::string_view word);
  /// Throws "`what` is missing" at the end and at the colon.
  std::string next(std::string_view what);
  /// An absolute path without `.` and `..`.
  std::string next_path();
  /// Likewise, or "" for the word `nameless` and for `""`: a file without a name, or none.
  std::string next_path_or_none();
  /// One component, or as much of one as there is: a comm, a type of file system.
  std::string next_name(std::string_view what);
  /// All that is left, parted by single spaces.
  std::string rest();

private:
  std::vector<QuestionWord> words_;
  size_t at_ = 0;
};

/// find_number, or the id of an account; throws what would be right instead.
Number to_number(Field field, const std::string& text, const Request& about, const sema::Accounts& accounts);

/// "did you mean `x`?", or else "there are a, b, c".
std::string suggestion(const std::string& word, const std::vector<std::string>& known);

}  // namespace stele::evaluate
