#include "dsl/ast/ast.h"

#include <algorithm>

namespace stele::ast {

diag::Span span_within(const Text& text, size_t begin, size_t end) {
  if (!text.span.file || text.bytes.empty()) return text.span;
  const std::string& source = text.span.file->text;
  // Walk the source of the string: an escape is two characters, `\xNN` four, everything else one.
  size_t at = text.span.begin + 1, from = at;
  for (size_t i = 0; i < end && i < text.bytes.size() && at < source.size(); ++i) {
    if (i == begin) from = at;
    at += !text.escaped[i] ? 1 : source[at + 1] == 'x' ? 4 : 2;
  }
  if (begin >= text.bytes.size()) from = at;
  const auto limit = std::max<size_t>(text.span.end, text.span.begin + 1);
  return diag::Span{text.span.file, static_cast<uint32_t>(std::min(from, limit - 1)),
                    static_cast<uint32_t>(std::clamp(at, from + (begin == end ? 1 : 0), std::max(limit, from + 1)))};
}

}  // namespace stele::ast
