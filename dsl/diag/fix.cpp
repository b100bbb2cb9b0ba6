#include "dsl/diag/fix.h"

namespace stele::diag {
namespace {

bool is_word(std::string_view text) {
  constexpr std::string_view kWord = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@-";
  return !text.empty() && text.find_first_not_of(kWord) == std::string_view::npos;
}

/// The word of "did you mean `word`?", or empty.
std::string_view meant(std::string_view hint) {
  constexpr std::string_view kBefore = "did you mean `", kAfter = "`?";
  if (!hint.starts_with(kBefore) || !hint.ends_with(kAfter)) return {};
  return hint.substr(kBefore.size(), hint.size() - kBefore.size() - kAfter.size());
}

}  // namespace

std::string_view fix_of(const Diagnostic& diagnostic) {
  const auto& [file, begin, end] = diagnostic.span;
  const std::string_view word = meant(diagnostic.hint);
  if (!file || !is_word(word) || !is_word(std::string_view(file->text).substr(begin, end - begin))) return {};
  return word;
}

}  // namespace stele::diag
