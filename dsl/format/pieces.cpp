#include "dsl/format/pieces.h"

#include <algorithm>

namespace stele::format {

namespace {

/// Code points, which is what people count.
uint32_t width_of(std::string_view text) {
  return static_cast<uint32_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

void Pieces::open() {
  const auto group = static_cast<uint32_t>(forced_.size());
  forced_.push_back(false);
  is_open_.push_back(group);
  pieces_.push_back({Kind::open, {}, group, Blank::no});
}

void Pieces::close() {
  is_open_.pop_back();
  pieces_.push_back({Kind::close, {}, 0, Blank::no});
}

void Pieces::break_all() {
  for (const uint32_t group : is_open_) forced_[group] = true;
}

/// Does the group that opens at `open` fit behind `column`, with what must follow it on the line?
bool Pieces::fits(size_t open, uint32_t column, uint32_t width) const {
  size_t depth = 0;
  bool inside = true;
  for (size_t i = open; i < pieces_.size() && column <= width; ++i) {
    const Piece& piece = pieces_[i];
    switch (piece.kind) {
      case Kind::text: {
        const size_t newline = piece.text.find('\n');
        column += width_of(piece.text.substr(0, newline));
        if (newline != std::string_view::npos) return column <= width;
        break;
      }
      case Kind::suffix:
      case Kind::hard_line:
        return true;
      case Kind::line:
        if (!inside) return true;
        ++column;
        break;
      case Kind::last_comma:
        column += inside ? 0 : 1;
        break;
      case Kind::open:
        ++depth;
        break;
      case Kind::close:
        if (depth > 0 && --depth == 0) inside = false;
        break;
    }
  }
  return column <= width;
}

std::string Pieces::print(uint32_t width) const {
  std::string out;
  size_t line_begin = 0;
  std::vector<bool> broken;  // the groups that are open, from the outside
  const auto end_line = [&](const Piece& piece) {
    out += piece.blank == Blank::yes ? "\n\n" : "\n";
    line_begin = out.size();
    out.append(piece.number, ' ');
  };
  for (size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    switch (piece.kind) {
      case Kind::text:
      case Kind::suffix:
        if (const size_t newline = piece.text.rfind('\n'); newline != std::string_view::npos)
          line_begin = out.size() + newline + 1;
        out += piece.text;
        break;
      case Kind::line:
        if (broken.empty() || broken.back())
          end_line(piece);
        else
          out += ' ';
        break;
      case Kind::hard_line:
        end_line(piece);
        break;
      case Kind::last_comma:
        if (broken.empty() || broken.back()) out += ',';
        break;
      case Kind::open: {
        const bool may_break = broken.empty() || broken.back();
        const uint32_t column = width_of(std::string_view(out).substr(line_begin));
        broken.push_back(forced_[piece.number] || (may_break && !fits(i, column, width)));
        break;
      }
      case Kind::close:
        broken.pop_back();
        break;
    }
  }
  return out;
}

}  // namespace stele::format
