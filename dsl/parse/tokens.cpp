#include "dsl/parse/tokens.h"

#include <SteleLexer.h>
#include <fmt/format.h>

#include "dsl/diag/codes.h"
#include "dsl/diag/digits.h"
#include "dsl/parse/look_alikes.h"
#include "dsl/parse/parse.h"
#include "dsl/parse/slips.h"

namespace stele::parse {

using grammar::SteleLexer;

namespace {

constexpr size_t kMaxLexicalErrors = 20;  // a file of noise is one mistake, not a million

std::string doc_line(const std::string& text) {
  std::string line = text.substr(3);
  if (line.starts_with(' ')) line.erase(0, 1);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t')) line.pop_back();
  return line;
}

/// Feeds the lexer's tokens one by one into a list and stops at what makes parsing pointless.
class Scanner {
public:
  Scanner(std::shared_ptr<const diag::SourceFile> source, diag::Sink& sink) : source_(std::move(source)), sink_(sink) {}

  Tokens run() {
    tokens_.input = std::make_unique<ByteStream>(source_->text);
    tokens_.lexer = std::make_unique<SteleLexer>(tokens_.input.get());
    tokens_.lexer->removeErrorListeners();  // UNKNOWN takes what no other token takes: there are no lexer errors
    while (tokens_.usable) {
      std::unique_ptr<antlr4::Token> token = tokens_.lexer->nextToken();
      const bool last = token->getType() == antlr4::Token::EOF;
      accept(std::move(token));
      if (last) break;
    }
    return std::move(tokens_);
  }

private:
  void accept(std::unique_ptr<antlr4::Token> token) {
    const bool last = token->getType() == antlr4::Token::EOF;
    if (token->getStartIndex() < comment_ends_ && !last) return;  // behind a `#`, which was reported
    comment_ends_ = 0;
    switch (token->getType()) {
      case SteleLexer::DOC:
        check_comment(*token);
        add_doc(*token);
        return;
      case SteleLexer::LINE_COMMENT:
      case SteleLexer::BLOCK_COMMENT:
        check_comment(*token);
        return;
      case SteleLexer::STRING: {
        const diag::Span span = span_of(source_, *token);
        check_string(source_, span.begin + 1, span.end - 1, sink_);
        break;
      }
      case SteleLexer::UNTERMINATED_COMMENT:
        fail(diag::code::unterminated_comment, *token, "this comment does not end", hint_for_comment(*token));
        tokens_.usable = false;
        return;
      case SteleLexer::UNKNOWN:
        report_unknown(*token);
        if (token->getStopIndex() == token->getStartIndex()) return;  // as if it were not there
        // 'text' stands for a string, which the parser will miss if it goes.
        static_cast<antlr4::CommonToken&>(*token).setType(SteleLexer::UNTERMINATED_STRING);
        break;
      case SteleLexer::UNTERMINATED_STRING:
        fail(diag::code::unterminated_string, *token, "this string does not end on its line", "close it with `\"`");
        break;
      case SteleLexer::NUMBER:
        check_number(*token);
        break;
      case SteleLexer::LB:
      case SteleLexer::LP:
        open(*token);
        break;
      case SteleLexer::RB:
      case SteleLexer::RP:
        depth_ = depth_ > 0 ? depth_ - 1 : 0;
        break;
      default:
        break;
    }
    if (tokens_.list.size() == kMaxTokens) too_many(*token);
    if (!doc_.empty()) tokens_.docs.emplace(static_cast<uint32_t>(token->getStartIndex()), std::move(doc_));
    doc_.clear();
    tokens_.list.push_back(std::move(token));
  }

  void add_doc(const antlr4::Token& token) {
    const diag::Span span = span_of(source_, token);
    if (!doc_.empty()) doc_ += '\n';
    doc_ += doc_line(source_->text.substr(span.begin, span.end - span.begin));
  }

  /// `/*` within a path that has no quotes begins a comment.
  std::string hint_for_comment(const antlr4::Token& token) const {
    const std::string path = path_around(*source_, token.getStartIndex());
    return path.starts_with("/*") ? "close it with `*/`" : fmt::format("paths are strings: write `\"{}\"`", path);
  }

  void check_comment(const antlr4::Token& token) {
    const diag::Span span = span_of(source_, token);
    parse::check_comment(source_, span.begin, span.end, sink_);
  }

  void check_number(const antlr4::Token& token) {
    const std::string digits = token.getText();
    if (!diag::has_leading_zero(digits)) return;
    diag::TwoReadings readings = diag::two_readings(digits);
    fail(diag::code::leading_zero, token, std::move(readings.message), std::move(readings.hint));
  }

  void open(const antlr4::Token& token) {
    if (++depth_ <= kMaxNesting) return;
    fail(diag::code::nested_too_deeply, token, fmt::format("nested more than {} deep", kMaxNesting), "");
    tokens_.usable = false;
  }

  void too_many(const antlr4::Token& token) {
    fail(diag::code::policy_too_large, token, fmt::format("more than {} words and signs in one file", kMaxTokens),
         "split it with `include`");
    tokens_.usable = false;
  }

  void report_unknown(const antlr4::Token& token) {
    const diag::Span span = span_of(source_, token);
    const auto byte = static_cast<unsigned char>(source_->text[span.begin]);
    std::string what = byte < 0x20 || byte == 0x7f ? fmt::format("control byte 0x{:02x}", byte)
                       : byte == '`'               ? std::string("a back quote")
                                     : fmt::format("`{}`", source_->text.substr(span.begin, span.end - span.begin));
    if (const std::string unseen = unseen_at(source_->text, span.begin); !unseen.empty()) what = unseen;
    if (byte == '#') comment_ends_ = source_->text.find('\n', span.begin);
    fail(
        diag::code::unknown_character, token, what + " has no meaning here",
        byte == '#'                  ? "comments begin with `//`"
        : byte == '\''               ? "write strings in double quotes"
        : byte == '[' || byte == ']' ? "sets are written in braces: `{ … }`"
        : byte == ';'                ? "leave it out: reserved words delimit"
        : byte == '*'                ? "patterns are strings: `\"/srv/**\"`"
        : byte == '~'
            ? "all but some is a set less another, `@system-service - @privileged`; a list of what is allowed is `only`"
        : byte == '+' ? "sets are united by `|`"
                      : "");
  }

  void fail(uint16_t number, const antlr4::Token& token, std::string message, std::string hint) {
    sink_.report(diag::diagnostic(number, span_of(source_, token), std::move(message), std::move(hint)));
    if (++errors_ >= kMaxLexicalErrors) tokens_.usable = false;
  }

  std::shared_ptr<const diag::SourceFile> source_;
  diag::Sink& sink_;
  Tokens tokens_;
  std::string doc_;
  uint32_t depth_ = 0;
  size_t errors_ = 0;
  size_t comment_ends_ = 0;  // where the line ends on which a `#` stands
};

}  // namespace

ByteStream::ByteStream(const std::string& text) {
  _data.reserve(text.size());
  for (const char c : text) _data.push_back(std::min<unsigned char>(static_cast<unsigned char>(c), 0x7f));
  if (text.starts_with("\xef\xbb\xbf")) _data.replace(0, 3, 3, U' ');
}

diag::Span span_of(const std::shared_ptr<const diag::SourceFile>& source, const antlr4::Token& token) {
  const auto size = source->text.size();
  const size_t begin = std::min<size_t>(token.getStartIndex(), size);
  const size_t end = token.getType() == antlr4::Token::EOF ? begin : std::min<size_t>(token.getStopIndex() + 1, size);
  return diag::Span{source, static_cast<uint32_t>(begin), static_cast<uint32_t>(std::max(begin, end))};
}

Tokens scan(const std::shared_ptr<const diag::SourceFile>& source, diag::Sink& sink) {
  return Scanner(source, sink).run();
}

}  // namespace stele::parse
