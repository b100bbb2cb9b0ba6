#include "compiler/lsp/position.h"

#include <algorithm>

#include "dsl/diag/utf8.h"

namespace stele::lsp {

LineIndex::LineIndex(std::string_view text, Encoding encoding) : text_(text), encoding_(encoding), starts_{0} {
  for (size_t at = 0; at < text.size(); ++at) {
    const bool pair = text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n';
    if (text[at] == '\n' || (text[at] == '\r' && !pair)) starts_.push_back(at + 1);
  }
}

LineIndex::Step LineIndex::step(size_t at) const {
  const size_t bytes = std::max<size_t>(diag::utf8_length(text_, at), 1);
  if (encoding_ == Encoding::utf8) return {bytes, static_cast<uint32_t>(bytes)};
  return {bytes, bytes == 4 ? 2U : 1U};
}

Position LineIndex::position(size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto line = static_cast<size_t>(std::upper_bound(starts_.begin(), starts_.end(), offset) - starts_.begin()) - 1;
  Position out{static_cast<uint32_t>(line), 0};
  for (size_t at = starts_[line]; at < offset && !at_line_end(at);) {
    const Step next = step(at);
    if (at + next.bytes > offset) break;
    at += next.bytes;
    out.character += next.units;
  }
  return out;
}

size_t LineIndex::offset(Position position) const {
  if (position.line >= starts_.size()) return text_.size();
  uint32_t units = 0;
  size_t at = starts_[position.line];
  while (at < text_.size() && !at_line_end(at)) {
    const Step next = step(at);
    if (units + next.units > position.character) break;
    at += next.bytes;
    units += next.units;
  }
  return at;
}

}  // namespace stele::lsp
