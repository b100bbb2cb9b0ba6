#pragma once

// Places in a text as the protocol counts them: lines from 0, characters from 0 in code units of the encoding that
// client and server agreed on. A line ends with "\n", "\r\n" or "\r".

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace stele::lsp {

enum class Encoding : uint8_t { utf8, utf16 };

struct Position {
  uint32_t line = 0;
  uint32_t character = 0;
  bool operator==(const Position&) const = default;
};

/// Half-open.
struct Range {
  Position start, end;
  bool operator==(const Range&) const = default;
};

/// Converts between places and byte offsets of one text, which must outlive it. A byte that is not part of valid UTF-8
/// counts as one unit. Cost: linear once, then by the length of a line.
class LineIndex {
public:
  LineIndex(std::string_view text, Encoding encoding);

  /// Place of a byte; inside a character: of its first byte; inside a line end: before it; beyond the
  /// text: its end.
  Position position(size_t offset) const;
  Range range(size_t begin, size_t end) const { return {position(begin), position(end)}; }

  /// Byte offset of a place; beyond a line: its end, before the line end; inside a character: its first byte; beyond
  /// the last line: the text's end.
  size_t offset(Position position) const;

private:
  struct Step {
    size_t bytes;
    uint32_t units;
  };
  Step step(size_t at) const;
  bool at_line_end(size_t at) const { return text_[at] == '\n' || text_[at] == '\r'; }

  std::string_view text_;
  Encoding encoding_;
  std::vector<size_t> starts_;  // of lines; never empty
};

}  // namespace stele::lsp
