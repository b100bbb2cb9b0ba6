#include "dsl/format/tokens.h"

#include <algorithm>
#include <utility>

namespace stele::format {

namespace {

std::string_view without_blanks_at_end(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t\r") + 1);
}

/// Walks through the text once and counts lines and columns on the way.
class Walk {
public:
  explicit Walk(std::string_view text) : text_(text) {}

  /// Line ends from where it is to `offset`, where it is then.
  uint32_t newlines_to(uint32_t offset) {
    uint32_t count = 0;
    for (; at_ < offset; ++at_) {
      if (!ends_line(at_)) continue;
      line_begin_ = at_ + 1;
      ++count;
    }
    return count;
  }
  uint32_t column() const { return at_ - line_begin_; }

private:
  /// A carriage return without a line feed ends a line, and with it a comment, too.
  bool ends_line(uint32_t at) const {
    return text_[at] == '\n' || (text_[at] == '\r' && !text_.substr(at + 1).starts_with('\n'));
  }

  std::string_view text_;
  uint32_t at_ = 0, line_begin_ = 0;
};

/// Puts what stands before `comma` before `next` instead.
void move_comments(Token& comma, Token& next) {
  if (comma.comments.empty()) return;
  uint32_t& gap = next.comments.empty() ? next.newlines : next.comments.front().newlines;
  gap = std::max(gap, comma.newlines);
  next.comments.insert(next.comments.begin(), comma.comments.begin(), comma.comments.end());
  comma.comments.clear();
}

bool on_one_line(const Token& token) {
  return token.newlines == 0 && std::all_of(token.comments.begin(), token.comments.end(), [](const Comment& c) {
           return c.newlines == 0 && c.text.find('\n') == std::string_view::npos;
         });
}

std::vector<Token> with_settled_commas(std::vector<Token> tokens) {
  std::vector<Token> out;
  for (size_t i = 0; i < tokens.size(); ++i) {
    const bool last = tokens[i].text == "," && (tokens[i + 1].text == "}" || tokens[i + 1].text == ")");
    if (last || (tokens[i].text == "," && !on_one_line(tokens[i]))) move_comments(tokens[i], tokens[i + 1]);
    if (!last) out.push_back(std::move(tokens[i]));
  }
  return out;
}

}  // namespace

std::vector<Token> tokens_of(const std::shared_ptr<const diag::SourceFile>& source) {
  const std::string_view text = source->text;
  std::vector<Token> out;
  Token next;
  Walk walk(text);
  for (const parse::Lexeme& lexeme : parse::lex(source)) {
    const std::string_view own = text.substr(lexeme.span.begin, lexeme.span.end - lexeme.span.begin);
    const uint32_t newlines = walk.newlines_to(lexeme.span.begin), column = walk.column();
    walk.newlines_to(lexeme.span.end);
    if (lexeme.kind == parse::Lexeme::Kind::comment || lexeme.kind == parse::Lexeme::Kind::doc) {
      next.comments.push_back({without_blanks_at_end(own), newlines, column, own.starts_with("//")});
      continue;
    }
    next.text = own;
    next.begin = lexeme.span.begin;
    next.is_word = lexeme.kind != parse::Lexeme::Kind::sign;
    next.is_reserved = lexeme.kind == parse::Lexeme::Kind::reserved;
    next.newlines = newlines;
    next.column = column;
    out.push_back(std::exchange(next, {}));
  }
  next.newlines = walk.newlines_to(static_cast<uint32_t>(text.size()));
  next.begin = static_cast<uint32_t>(text.size());
  out.push_back(std::move(next));
  return with_settled_commas(std::move(out));
}

}  // namespace stele::format
