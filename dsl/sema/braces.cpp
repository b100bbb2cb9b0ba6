#include "dsl/sema/braces.h"

#include <fmt/format.h>

#include <numeric>
#include <utility>

#include "dsl/diag/codes.h"

namespace stele::sema {

namespace {

constexpr uint32_t kMaxBraceNesting = 16;
constexpr size_t kMaxExpandedBytes = size_t{4} << 20;

class Expander {
public:
  Expander(const ast::Text& text, Reporter& report) : text_(text), report_(report) {}

  std::optional<std::vector<TextIndices>> run() {
    std::optional<std::vector<TextIndices>> out = sequence(0);
    if (!out || at_ == text_.bytes.size()) return out;
    return fail(diag::code::bad_glob, at_, at_ + 1, "`}` without `{`",
                "a `}` that is part of a name is written `\\x7d`");
  }

private:
  std::nullopt_t fail(uint16_t number, size_t begin, size_t end, std::string message, std::string hint) {
    return report_.fail(number, ast::span_within(text_, begin, end), std::move(message), std::move(hint));
  }
  bool is(size_t i, char c) const { return text_.bytes[i] == c && !text_.escaped[i]; }

  /// Up to the end, or within braces to the `,` or `}` that ends the alternative.
  std::optional<std::vector<TextIndices>> sequence(uint32_t nesting) {
    std::vector<TextIndices> out(1);
    bool in_brackets = false;
    for (; at_ < text_.bytes.size(); ++at_) {
      if (is(at_, '[')) in_brackets = true;
      if (is(at_, ']') || text_.bytes[at_] == '/') in_brackets = false;
      if (!in_brackets && (is(at_, '}') || (nesting > 0 && is(at_, ',')))) break;
      if (!in_brackets && is(at_, '{')) {
        std::optional<std::vector<TextIndices>> inner = braces(nesting + 1);
        if (!inner || !multiply(out, *inner)) return std::nullopt;
      } else {
        for (TextIndices& one : out) one.push_back(static_cast<uint32_t>(at_));
      }
    }
    return out;
  }

  /// Leaves at_ on the closing brace.
  std::optional<std::vector<TextIndices>> braces(uint32_t nesting) {
    const size_t open = at_;
    if (nesting > kMaxBraceNesting)
      return fail(diag::code::bad_glob, open, open + 1, fmt::format("braces more than {} deep", kMaxBraceNesting),
                  "write the alternatives side by side");
    std::vector<TextIndices> out;
    size_t alternatives = 0;
    do {
      ++at_;
      ++alternatives;
      std::optional<std::vector<TextIndices>> one = sequence(nesting);
      if (!one) return std::nullopt;
      for (TextIndices& indices : *one) out.push_back(std::move(indices));
      if (!is_small(out)) return std::nullopt;
    } while (at_ < text_.bytes.size() && is(at_, ','));
    if (at_ == text_.bytes.size())
      return fail(diag::code::bad_glob, open, open + 1, "`{` without `}`",
                  "close it; a `{` that is part of a name is written `\\x7b`");
    const bool variable = open > 0 && (text_.bytes[open - 1] == '$' || text_.bytes[open - 1] == '@');
    if (alternatives == 1)
      return fail(diag::code::bad_glob, open, at_ + 1, "braces with one alternative",
                  variable ? "nothing expands it: name the directories, with `*` for any"
                           : "separate alternatives by `,`, or leave the braces out");
    return out;
  }

  bool multiply(std::vector<TextIndices>& out, const std::vector<TextIndices>& inner) {
    std::vector<TextIndices> product;
    if (out.size() * inner.size() <= kMaxAlternatives) {
      for (const TextIndices& left : out) {
        for (const TextIndices& right : inner) {
          TextIndices& both = product.emplace_back(left);
          both.insert(both.end(), right.begin(), right.end());
        }
        if (!is_small(product)) return false;
      }
      out = std::move(product);
      return true;
    }
    too_many();
    return false;
  }

  /// False, and reported, when there are too many.
  bool is_small(const std::vector<TextIndices>& texts) {
    const size_t bytes = std::accumulate(texts.begin(), texts.end(), size_t{0},
                                         [](size_t sum, const TextIndices& one) { return sum + one.size(); });
    if (texts.size() <= kMaxAlternatives && bytes <= kMaxExpandedBytes) return true;
    too_many();
    return false;
  }
  void too_many() {
    fail(diag::code::too_many_alternatives, 0, text_.bytes.size(),
         fmt::format("the braces stand for more than {} patterns", kMaxAlternatives), "use `*`, or name a directory");
  }

  const ast::Text& text_;
  Reporter& report_;
  size_t at_ = 0;
};

}  // namespace

std::optional<std::vector<TextIndices>> expand_braces(const ast::Text& text, Reporter& report) {
  if (text.bytes.find('{') == std::string::npos && text.bytes.find('}') == std::string::npos) {
    std::vector<TextIndices> out(1, TextIndices(text.bytes.size()));
    std::iota(out.front().begin(), out.front().end(), 0u);
    return out;
  }
  return Expander(text, report).run();
}

}  // namespace stele::sema
