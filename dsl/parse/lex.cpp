#include "dsl/parse/lex.h"

#include <SteleLexer.h>

#include "dsl/parse/tokens.h"

namespace stele::parse {

using grammar::SteleLexer;

namespace {

Lexeme::Kind kind_of(size_t type) {
  using Kind = Lexeme::Kind;
  switch (type) {
    case SteleLexer::NAME:
      return Kind::name;
    case SteleLexer::NUMBER:
    case SteleLexer::HEX:
    case SteleLexer::OCTAL:
    case SteleLexer::DOTTED:
    case SteleLexer::IPV6:
      return Kind::number;
    case SteleLexer::STRING:
      return Kind::string;
    case SteleLexer::GROUP:
      return Kind::group;
    case SteleLexer::LINE_COMMENT:
    case SteleLexer::BLOCK_COMMENT:
      return Kind::comment;
    case SteleLexer::DOC:
      return Kind::doc;
    case SteleLexer::MALFORMED_NUMBER:
    case SteleLexer::UNTERMINATED_STRING:
    case SteleLexer::UNTERMINATED_COMMENT:
    case SteleLexer::UNKNOWN:
      return Kind::unknown;
    default:
      return type < SteleLexer::ASSIGN ? Kind::reserved : Kind::sign;  // in the order of the lexer's grammar
  }
}

}  // namespace

std::vector<Lexeme> lex(const std::shared_ptr<const diag::SourceFile>& source) {
  ByteStream input(source->text);
  SteleLexer lexer(&input);
  lexer.removeErrorListeners();  // UNKNOWN takes what no other token takes: there are no lexer errors
  std::vector<Lexeme> out;
  for (;;) {
    const std::unique_ptr<antlr4::Token> token = lexer.nextToken();
    if (token->getType() == antlr4::Token::EOF) return out;
    out.push_back({kind_of(token->getType()), span_of(source, *token)});
    if (token->getType() != SteleLexer::UNTERMINATED_COMMENT) continue;
    out.back().span.end = static_cast<uint32_t>(source->text.find_last_not_of(" \t\r\n") + 1);
    return out;
  }
}

}  // namespace stele::parse
