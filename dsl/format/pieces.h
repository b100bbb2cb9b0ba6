#pragma once

// Text with places where a line may end, and the choice of where it does.
//
// The idea is that of Oppen ("Prettyprinting", 1980) and Wadler ("A prettier printer", 1998): pieces stand in nested
// groups. A group that fits on the rest of its line has none of its lines ended; one that does not has all of them
// ended, and the groups within it are looked at one by one. Where each line would begin is known beforehand.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stele::format {

class Pieces {
public:
  enum class Blank : uint8_t { no, yes };

  void text(std::string_view text) { pieces_.push_back({Kind::text, text, 0, Blank::no}); }
  /// Text that ends a line and does not count for its width: a comment.
  void suffix(std::string_view text) { pieces_.push_back({Kind::suffix, text, 0, Blank::no}); }
  /// A blank, or where the group is broken a new line of `indent` blanks, after a blank line where there is to be one.
  void line(uint32_t indent, Blank blank) { pieces_.push_back({Kind::line, {}, indent, blank}); }
  /// A new line in any case. Does not break the groups around it: see break_all().
  void hard_line(uint32_t indent, Blank blank) { pieces_.push_back({Kind::hard_line, {}, indent, blank}); }
  /// A comma where the group is broken.
  void last_comma() { pieces_.push_back({Kind::last_comma, {}, 0, Blank::no}); }

  void open();
  void close();
  /// Every group that is open now will be broken.
  void break_all();

  /// All of it, in lines of `width` columns where that can be.   Cost: O(pieces · width).
  std::string print(uint32_t width) const;

private:
  enum class Kind : uint8_t { text, suffix, line, hard_line, last_comma, open, close };
  struct Piece {
    Kind kind = Kind::text;
    std::string_view text;
    uint32_t number = 0;  // line, hard_line: its indent; open: the group
    Blank blank = Blank::no;
  };

  bool fits(size_t open, uint32_t column, uint32_t width) const;

  std::vector<Piece> pieces_;
  std::vector<bool> forced_;       // by group: is broken in any case
  std::vector<uint32_t> is_open_;  // groups
};

}  // namespace stele::format
