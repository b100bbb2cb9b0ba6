// The tokens are written one after another. Before each stands a gap: nothing, a blank, a place where the line may end,
// or the end of the line. Comments stand in gaps, and each kind of gap has its way with them:
//  - a comment behind a token on its line stays there, and the line ends behind it;
//  - a comment on a line of its own stays on one, with the indent of what it stands above;
//  - a `/* */` amid a line stays amid it.
// A comment in a place where no line would end ends it all the same, and the rest goes on further to the right.

#include "dsl/format/format.h"

#include <algorithm>
#include <array>
#include <initializer_list>

#include "dsl/format/marks.h"
#include "dsl/format/pieces.h"
#include "dsl/format/tokens.h"
#include "dsl/parse/parse.h"

namespace stele::format {

namespace {

using Blank = Pieces::Blank;
using Start = Mark::Start;

constexpr uint32_t kWidth = 100;
constexpr uint32_t kIndent = 2;        // of a body, or of the items of a set
constexpr uint32_t kContinuation = 4;  // of the rest of something that goes on

struct Gap {
  enum class Kind : uint8_t { nothing, blank, line, hard_line };
  Kind kind = Kind::blank;
  uint32_t indent = 0;          // where the next token stands if the line ends
  uint32_t comment_indent = 0;  // and comments on lines of their own
  bool first = false;           // nothing before it in its body, or in the file: no blank line there
  bool closes = false;          // a closing brace or the end of the file comes: no blank line before it
  bool may_be_blank = false;    // the author's blank lines stay
  bool must_be_blank = false;
};

class Layout {
public:
  Layout(const std::vector<Token>& tokens, Marks marks) : tokens_(tokens), marks_(std::move(marks)) {}

  std::string run() {
    for (size_t i = 0; i < tokens_.size(); ++i) token(i);
    if (before_ || wrote_comment_) pieces_.hard_line(0, Blank::no);
    return pieces_.print(kWidth);
  }

private:
  /// Braces or parentheses that are open.
  struct Bracket {
    enum class Kind : uint8_t { body, set, parentheses, arguments } kind = Kind::set;
    uint32_t outer = 0, inner = 0;  // indent of what closes it, and of what it holds
    bool empty = true;
  };
  enum class Unit : uint8_t { none, plain, of_clauses };

  Mark mark_of(const Token& token) const {
    const auto it = marks_.find(token.begin);
    return it == marks_.end() || token.text.empty() ? Mark{} : it->second;
  }
  bool is_in(Bracket::Kind kind) const { return !brackets_.empty() && brackets_.back().kind == kind; }

  void token(size_t i) {
    const Token& token = tokens_[i];
    const Mark mark = mark_of(token);
    const bool ends_all = token.text.empty();
    if (mark.start != Start::none || mark.body_close || ends_all) end_unit();
    if (mark.clause) pieces_.close();
    if (token.text == "}" && is_in(Bracket::Kind::set) && !brackets_.back().empty) pieces_.last_comma();
    write_gap(token, gap_before(i, mark));
    if (ends_all) return;
    if (mark.start != Start::none) begin_unit(mark);
    if (mark.clause) {
      pieces_.open();
      indent_ = clause_indent_;
    }
    if (!brackets_.empty()) brackets_.back().empty = brackets_.back().empty && token.text == "}";
    write(token, mark);
    before_ = &token;
  }

  // Units: what begins a line of its own. One with clauses, such as a constraint, is a group of groups.

  void begin_unit(const Mark& mark) {
    unit_ = mark.has_clauses ? Unit::of_clauses : Unit::plain;
    unit_indent_ = indent_ = mark.level * kIndent;
    clause_indent_ = unit_indent_ + (mark.start == Start::item ? 0 : kIndent);
    if (unit_ == Unit::of_clauses) pieces_.open();
    pieces_.open();
    last_.at(mark.level) = mark.start;
    last_.at(mark.level + 1) = Start::none;
    body_indent_ = unit_indent_ + (mark.start == Start::block ? kIndent : 0);
  }
  void end_unit() {
    if (unit_ == Unit::of_clauses) pieces_.close();
    if (unit_ != Unit::none) pieces_.close();
    unit_ = Unit::none;
  }

  // Gaps.

  static bool is_block(Start start) { return start == Start::block || start == Start::header; }

  Gap gap_before_start(const Mark& mark) const {
    const Start before = last_.at(mark.level);
    const uint32_t indent = mark.level * kIndent;
    return {.kind = Gap::Kind::hard_line,
            .indent = indent,
            .comment_indent = indent,
            .first = before == Start::none,
            .closes = false,
            .may_be_blank = true,
            .must_be_blank = is_block(before) || (before != Start::none && mark.start == Start::block)};
  }
  static Gap gap_to_close(Gap::Kind kind, uint32_t indent, uint32_t comment_indent) {
    return {.kind = kind,
            .indent = indent,
            .comment_indent = comment_indent,
            .first = false,
            .closes = true,
            .may_be_blank = true,
            .must_be_blank = false};
  }
  static Gap gap_of_line(uint32_t indent, bool may_be_blank = false) {
    return {.kind = Gap::Kind::line,
            .indent = indent,
            .comment_indent = indent,
            .first = false,
            .closes = false,
            .may_be_blank = may_be_blank,
            .must_be_blank = false};
  }
  Gap gap_amid(Gap::Kind kind) const {
    return {.kind = kind,
            .indent = indent_ + kContinuation,
            .comment_indent = indent_ + kContinuation,
            .first = false,
            .closes = false,
            .may_be_blank = false,
            .must_be_blank = false};
  }

  Gap gap_before(size_t i, const Mark& mark) {
    const Token& token = tokens_[i];
    if (mark.start != Start::none) return gap_before_start(mark);
    if (token.text.empty()) {
      Gap end = gap_to_close(Gap::Kind::hard_line, 0, 0);
      end.first = before_ == nullptr;
      return end;
    }
    if (mark.body_close) return gap_to_close(Gap::Kind::hard_line, brackets_.back().outer, brackets_.back().inner);
    if (mark.clause) return gap_of_line(clause_indent_);
    return gap_within(token, mark);
  }

  Gap gap_within(const Token& token, const Mark& mark) {
    if (is_in(Bracket::Kind::set)) {
      const Bracket& set = brackets_.back();
      if (token.text == "}") return gap_to_close(Gap::Kind::line, set.outer, set.inner);
      if (set.empty) return gap_of_line(set.inner);
      if (before_->text == ",") return gap_of_line(set.inner, true);
    }
    const bool goes_on = before_->text == "," || is_operator(token);
    if (goes_on && !is_in(Bracket::Kind::arguments)) {
      indent_ = continuation_indent();
      return gap_of_line(indent_);
    }
    const bool sign = is_in(Bracket::Kind::arguments) && before_->text == "-";
    return gap_amid(sign || is_tight(*before_, token, mark) ? Gap::Kind::nothing : Gap::Kind::blank);
  }

  uint32_t continuation_indent() const {
    return (brackets_.empty() || is_in(Bracket::Kind::body) ? unit_indent_ : brackets_.back().inner) + kContinuation;
  }
  static bool is_operator(const Token& token) {
    return token.text == "|" || token.text == "&" || token.text == "-" ||
           (token.is_reserved && (token.text == "and" || token.text == "or"));
  }
  static bool is_one_of(std::initializer_list<std::string_view> signs, const Token& token) {
    return !token.is_word && std::find(signs.begin(), signs.end(), token.text) != signs.end();
  }
  static bool is_tight(const Token& before, const Token& token, const Mark& mark) {
    const std::initializer_list<std::string_view> joins = {"/", ".", ".."};
    return is_one_of(joins, before) || is_one_of(joins, token) || is_one_of({"(", "!"}, before) ||
           is_one_of({")", ","}, token) || mark.close_paren || mark.rule_colon;
  }

  // Tokens.

  void write(const Token& token, const Mark& mark) {
    const bool closes = token.text == "}" || token.text == ")";
    if (token.text == "{" || token.text == "(") return open(token, mark);
    pieces_.text(token.text);
    if (!closes) return;
    const Bracket bracket = brackets_.back();
    brackets_.pop_back();
    indent_ = bracket.outer;
    if (bracket.kind == Bracket::Kind::body)
      body_indent_ = bracket.outer;
    else
      pieces_.close();
  }

  void open(const Token& token, const Mark& mark) {
    using Kind = Bracket::Kind;
    if (mark.body_open) {
      pieces_.text(token.text);
      brackets_.push_back({Kind::body, unit_indent_, unit_indent_ + kIndent});
      end_unit();
      return;
    }
    const Kind kind = token.text == "{" ? Kind::set : mark.arguments ? Kind::arguments : Kind::parentheses;
    pieces_.open();
    pieces_.text(token.text);
    brackets_.push_back({kind, indent_, kind == Kind::set ? indent_ + kIndent : indent_});
    if (kind == Kind::set) indent_ += kIndent;
  }

  // Comments.

  void end_line(const Gap& gap, uint32_t indent, bool blank) {
    const Blank is_blank = blank ? Blank::yes : Blank::no;
    if (gap.kind == Gap::Kind::line)
      pieces_.line(indent, is_blank);
    else if (before_ || wrote_comment_)
      pieces_.hard_line(indent, is_blank);
  }

  void write_gap(const Token& token, const Gap& gap) {
    if (gap.kind == Gap::Kind::hard_line || gap.kind == Gap::Kind::line)
      write_ending_gap(token, gap);
    else
      write_gap_amid(token, gap);
  }

  /// A gap where no line ends, unless a comment makes it.
  void write_gap_amid(const Token& token, const Gap& gap) {
    bool at_begin = false;
    for (const Comment& comment : token.comments) {
      if (comment.runs_on && comment.newlines > 0 && !at_begin)
        pieces_.hard_line(gap.indent, Blank::no);
      else if (!at_begin)
        pieces_.text(" ");
      write_comment(comment);
      if (comment.runs_on) pieces_.hard_line(gap.indent, Blank::no);
      at_begin = comment.runs_on;
    }
    const bool blank = token.comments.empty() ? gap.kind == Gap::Kind::blank : token.text != ",";
    if (!at_begin && blank) pieces_.text(" ");
  }

  void write_comment(const Comment& comment) {
    if (comment.runs_on)
      pieces_.suffix(comment.text);
    else
      pieces_.text(comment.text);
    if (comment.runs_on || comment.text.find('\n') != std::string_view::npos) pieces_.break_all();
    wrote_comment_ = true;
  }

  /// How many of the comments stand on the line of the token before. With no line end in the whole gap they belong to
  /// the next token, unless that closes something.
  size_t count_trailing(const Token& token, const Gap& gap) const {
    if (!before_) return 0;
    size_t n = 0;
    while (n < token.comments.size() && token.comments[n].newlines == 0) ++n;
    return n == token.comments.size() && token.newlines == 0 && !gap.closes ? 0 : n;
  }

  void write_ending_gap(const Token& token, const Gap& gap) {
    const std::vector<Comment>& comments = token.comments;
    const size_t trailing = count_trailing(token, gap);
    for (size_t i = 0; i < trailing; ++i) {
      pieces_.text(" ");
      write_comment(comments[i]);
    }
    if (trailing > 0 && (trailing < comments.size() || token.newlines > 0)) pieces_.break_all();
    if (trailing == comments.size() && token.text.empty()) return;
    if (trailing == comments.size())
      end_line(gap, gap.indent, !gap.first && !gap.closes && (gap.must_be_blank || is_blank(token.newlines, gap)));
    else if (before_ && comments[trailing].newlines == 0)
      write_leading(token, gap);
    else
      write_own_lines(token, gap, trailing);
  }

  /// `/* */` before a token, all on one line.
  void write_leading(const Token& token, const Gap& gap) {
    end_line(gap, gap.indent, gap.must_be_blank);
    for (const Comment& comment : token.comments) {
      write_comment(comment);
      pieces_.text(" ");
    }
  }

  /// The end of the comments from `i` on that are further to the right than the next token would have them: they belong
  /// to the body that ends before it.
  size_t end_of_body(const Token& token, const Gap& gap, size_t i) const {
    if (gap.kind != Gap::Kind::hard_line || gap.first || body_indent_ <= gap.comment_indent) return i;
    const uint32_t column = token.column + gap.comment_indent - gap.indent;
    while (i < token.comments.size() && token.comments[i].column > column) ++i;
    return i;
  }

  /// Comments from `i` on, which stand on lines of their own; only the last may share its line with the token.
  void write_own_lines(const Token& token, const Gap& gap, size_t i) {
    pieces_.break_all();
    const std::vector<Comment>& comments = token.comments;
    const size_t first = i, body_end = end_of_body(token, gap, i);
    bool must = gap.must_be_blank && !has_blank(token, body_end);
    for (; i < comments.size(); ++i) {
      const bool is_first = i == first, in_body = i < body_end;
      if (!is_first && comments[i].newlines == 0) {
        pieces_.text(" ");
      } else {
        const bool blank = is_blank(comments[i].newlines, gap) && !(is_first && gap.first);
        end_line(gap, in_body ? body_indent_ : gap.comment_indent, blank || (must && !in_body));
      }
      must = must && in_body;
      write_comment(comments[i]);
    }
    if (token.newlines == 0 && !gap.closes && !comments.back().runs_on)
      pieces_.text(" ");
    else if (!token.text.empty())
      end_line(gap, gap.indent, must || (!gap.closes && is_blank(token.newlines, gap)));
  }

  static bool has_blank(const Token& token, size_t from) {
    return token.newlines > 1 || std::any_of(token.comments.begin() + static_cast<ptrdiff_t>(from),
                                             token.comments.end(), [](const Comment& c) { return c.newlines > 1; });
  }
  static bool is_blank(uint32_t newlines, const Gap& gap) { return gap.may_be_blank && newlines > 1; }

  const std::vector<Token>& tokens_;
  const Marks marks_;
  Pieces pieces_;
  std::vector<Bracket> brackets_;
  std::array<Start, 4> last_{};  // what stood last in each body that is open, from the outside
  Unit unit_ = Unit::none;
  uint32_t unit_indent_ = 0, clause_indent_ = 0, indent_ = 0, body_indent_ = 0;
  const Token* before_ = nullptr;
  bool wrote_comment_ = false;
};

}  // namespace

std::optional<std::string> format(const std::shared_ptr<const diag::SourceFile>& source, diag::Sink& sink) {
  diag::Sink own;
  const ast::File file = parse::parse(source, own);
  for (const diag::Diagnostic& d : own.all()) sink.report(d);
  if (own.has_errors()) return std::nullopt;
  const std::vector<Token> tokens = tokens_of(source);
  return Layout(tokens, marks_of(file, tokens)).run();
}

}  // namespace stele::format
