#include "compiler/evaluate/word_reader.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "compiler/evaluate/field_words.h"
#include "dsl/diag/digits.h"
#include "dsl/diag/suggest.h"
#include "dsl/words/words.h"

namespace stele::evaluate {
namespace {

constexpr size_t kListed = 24;  // more words than these are no help

void check_bytes(const std::string& name) {
  if (name.find('\0') != std::string::npos) throw Mistake{fmt::format("{}: no name holds a NUL", quoted(name))};
}

std::string path_of(std::string path) {
  check_bytes(path);
  if (!path.starts_with('/')) throw Mistake{fmt::format("`{}` is not an absolute path", path)};
  const std::string closed = path + "/";
  if (closed.find("/./") != std::string::npos || closed.find("/../") != std::string::npos)
    throw Mistake{fmt::format("`{}`: `.` and `..` are not names of files", path)};
  return path;
}

/// What a number of the field may be.
std::string bounds(Field field) {
  if (field == Field::address) return "an address reads 10.2.0.1 or 2001:db8::1";
  const auto most = static_cast<uint64_t>(max_of(field));
  const bool id = most == kNoId - 1;
  if (is_argument(field)) return fmt::format("it is a number from {} to {}", INT64_MIN, most);
  return fmt::format("{} is a number from 0 to {}", id ? "an id" : "it", most);
}

/// Whose names may stand for a number of the field.
std::optional<sema::AccountKind> account_kind(Field field) {
  switch (field) {
    case Field::uid:
    case Field::euid:
    case Field::loginuid:
    case Field::target_uid:
      return sema::AccountKind::user;
    case Field::gid:
    case Field::egid:
    case Field::target_gid:
      return sema::AccountKind::group;
    default:
      return std::nullopt;
  }
}

bool is_name(const std::string& text) {
  return !text.empty() && text.front() != '-' && (text.front() < '0' || text.front() > '9');
}

}  // namespace

bool WordReader::take(std::string_view word) {
  if (!at_word(word)) return false;
  ++at_;
  return true;
}

std::string WordReader::next(std::string_view what) {
  if (done() || at_word(":")) throw Mistake{fmt::format("{} is missing", what)};
  return words_[at_++].text;
}

std::string WordReader::next_path() {
  return path_of(next("a path"));
}

std::string WordReader::next_path_or_none() {
  if (take(kNameless)) return "";
  std::string path = next("a path");
  return path.empty() ? path : path_of(std::move(path));
}

std::string WordReader::next_name(std::string_view what) {
  std::string name = next(what);
  check_bytes(name);
  return name;
}

std::string WordReader::rest() {
  std::string text;
  for (; !done(); ++at_) text.append(text.empty() ? "" : " ").append(words_[at_].text);
  return text;
}

Number to_number(Field field, const std::string& text, const Request& about, const sema::Accounts& accounts) {
  if (const auto number = find_number(field, text, about)) return *number;
  if (const auto kind = account_kind(field); kind && is_name(text)) {
    sema::UnknownAccount unknown;
    if (const auto id = accounts.find(*kind, text, unknown)) return *id;
    throw Mistake{fmt::format("{}; {}", unknown.message, unknown.hint)};
  }
  const std::string_view digits = std::string_view(text).substr(text.starts_with('-') ? 1 : 0);
  if (diag::has_leading_zero(digits)) {
    const diag::TwoReadings readings = diag::two_readings(digits);
    throw Mistake{fmt::format("{}; {}", readings.message, readings.hint)};
  }
  if (field == Field::syscall)
    if (const std::string_view foreign = words::foreign_call(text); !foreign.empty())
      throw Mistake{fmt::format("`{}` is {}", text, foreign)};
  const std::vector<std::string> words = field_words(field, about);
  throw Mistake{
      fmt::format("`{} {}`: {}", field_text(field), text, words.empty() ? bounds(field) : suggestion(text, words))};
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const std::string hint = diag::did_you_mean(word, known);
  if (!hint.empty()) return hint;
  const std::vector<std::string> shown(known.begin(),
                                       known.begin() + static_cast<long>(std::min(known.size(), kListed)));
  return fmt::format("there are {}{}", fmt::join(shown, ", "), shown.size() < known.size() ? ", …" : "");
}

}  // namespace stele::evaluate
