#include "dsl/parse/term_builder.h"

#include <SteleLexer.h>
#include <fmt/format.h>

#include <algorithm>

#include "dsl/diag/codes.h"
#include "dsl/diag/digits.h"
#include "dsl/parse/tokens.h"

namespace stele::parse {

using grammar::SteleLexer;

namespace {

uint64_t number_of(std::string_view text) {
  if (diag::has_leading_zero(text)) text.remove_prefix(std::min(text.find_first_not_of('0'), text.size() - 1));
  return diag::read_number(text).value_or(UINT64_MAX);
}

ast::Condition::Comparison comparison_of(const antlr4::Token* op) {
  using C = ast::Condition::Comparison;
  switch (op ? op->getType() : 0) {
    case SteleLexer::EQ:
      return C::equal;
    case SteleLexer::NE:
      return C::not_equal;
    case SteleLexer::LT:
      return C::less;
    case SteleLexer::LE:
      return C::less_equal;
    case SteleLexer::GT:
      return C::greater;
    case SteleLexer::GE:
      return C::greater_equal;
    default:
      return C::is;
  }
}

ast::Argument::Comparison argument_comparison_of(const antlr4::Token* op) {
  using C = ast::Argument::Comparison;
  switch (op ? op->getType() : 0) {
    case SteleLexer::EQ:
      return C::equal;
    case SteleLexer::NE:
      return C::not_equal;
    case SteleLexer::LT:
      return C::less;
    case SteleLexer::LE:
      return C::less_equal;
    case SteleLexer::GT:
      return C::greater;
    case SteleLexer::GE:
      return C::greater_equal;
    default:
      return C::any_bit;
  }
}

ast::SetExpression::Operator operator_of(TermBuilder::Grammar::SetOperatorContext& context) {
  using Operator = ast::SetExpression::Operator;
  if (context.UNION()) return Operator::unite;
  return context.INTERSECT() ? Operator::intersect : Operator::subtract;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

size_t append(ast::Text& out, char byte, bool escaped, size_t next) {
  out.bytes += byte;
  out.escaped.push_back(escaped);
  return next;
}

ast::Condition joined(ast::Condition::Kind kind, std::vector<ast::Condition> operands, diag::Span where) {
  if (operands.size() == 1) return std::move(operands.front());
  ast::Condition out;
  out.kind = kind;
  out.operands = std::move(operands);
  out.span = std::move(where);
  return out;
}

}  // namespace

bool damaged(antlr4::tree::ParseTree& tree) {
  if (dynamic_cast<antlr4::tree::ErrorNode*>(&tree)) return true;
  if (auto* rule = dynamic_cast<antlr4::ParserRuleContext*>(&tree); rule && rule->exception) return true;
  for (auto* child : tree.children)
    if (damaged(*child)) return true;
  return false;
}

void TermBuilder::report(diag::Diagnostic diagnostic) {
  ok_ = false;
  sink_.report(std::move(diagnostic));
}

bool TermBuilder::take_ok() {
  return std::exchange(ok_, true);
}

// Places and words.

diag::Span TermBuilder::span(const antlr4::Token& token) const {
  return span_of(source_, token);
}

diag::Span TermBuilder::span(antlr4::ParserRuleContext& context) const {
  const diag::Span first = span(*context.getStart());
  const auto* stop = context.getStop();
  const uint32_t end = stop ? span(*stop).end : first.end;
  return diag::Span{source_, first.begin, std::max(first.begin, end)};
}

ast::Word TermBuilder::word(const antlr4::Token& token) const {
  diag::Span where = span(token);
  return {text(where), std::move(where)};
}

ast::Word TermBuilder::word(antlr4::ParserRuleContext& context) const {
  diag::Span where = span(context);
  return {text(where), std::move(where)};
}

// Strings.

ast::Text TermBuilder::string(const antlr4::Token& token) {
  ast::Text out{.bytes = {}, .escaped = {}, .span = span(token)};
  for (size_t i = out.span.begin + 1; i + 1 < out.span.end;) i = decode(i, out);
  return out;
}

/// Decodes the character or escape at offset `at` and returns the offset after it.
size_t TermBuilder::decode(size_t at, ast::Text& out) {
  const std::string& raw = source_->text;
  if (raw[at] != '\\') return append(out, raw[at], false, at + 1);
  switch (raw[at + 1]) {
    case '"':
    case '\\':
      return append(out, raw[at + 1], true, at + 2);
    case 'n':
      return append(out, '\n', true, at + 2);
    case 't':
      return append(out, '\t', true, at + 2);
    case 'x':
      break;
    default:
      return bad_escape(at, at + 2);
  }
  const int high = hex_digit(raw[at + 2]), low = high < 0 ? -1 : hex_digit(raw[at + 3]);
  if (low < 0) return bad_escape(at, at + 2);
  return append(out, static_cast<char>(high << 4 | low), true, at + 4);
}

size_t TermBuilder::bad_escape(size_t at, size_t next) {
  while (next < source_->text.size() && (static_cast<unsigned char>(source_->text[next]) & 0xc0) == 0x80) ++next;
  const diag::Span where{source_, static_cast<uint32_t>(at), static_cast<uint32_t>(next)};
  report(diag::diagnostic(diag::code::invalid_escape, where, fmt::format("strings have no escape `{}`", text(where)),
                          R"(the escapes are `\"` `\\` `\n` `\t` and `\x` with two hexadecimal digits)"));
  return next;
}

// Members of sets.

ast::Number TermBuilder::number(const antlr4::Token& token) const {
  return {.value = number_of(token.getText()), .negative = false, .span = span(token)};
}

ast::Argument::Constant TermBuilder::constant(Grammar::ConstantContext& context) const {
  if (!context.number()) return word(*context.word());
  ast::Number out = number(*context.number()->getStart());
  out.negative = context.MINUS() != nullptr;
  out.span = span(context);
  return out;
}

ast::Argument TermBuilder::argument(Grammar::ArgumentContext& context) {
  using Kind = ast::Argument::Kind;
  ast::Argument out;
  out.span = span(context);
  if (context.STRING()) {
    out.kind = Kind::text;
    out.text = string(*context.STRING()->getSymbol());
    return out;
  }
  const auto constants = context.constant();
  out.kind = constants.empty() ? Kind::word : Kind::compare;
  out.word = word(*context.word());
  out.excluded = context.BANG() != nullptr;
  if (context.INTERSECT()) out.mask = constant(*constants.front());
  if (!context.INTERSECT() || constants.size() == 2) {
    if (!constants.empty()) out.constant = constant(*constants.back());
  }
  if (out.kind == Kind::compare) out.comparison = argument_comparison_of(context.op);
  return out;
}

ast::Item TermBuilder::name_item(ast::Word name, Grammar::ArgumentsContext* arguments) {
  ast::Item out;
  out.kind = ast::Item::Kind::name;
  out.span = name.span;
  out.text.bytes = std::move(name.text);
  out.text.span = std::move(name.span);
  if (!arguments) return out;
  out.span.end = span(*arguments).end;
  out.arguments.emplace();
  for (auto* one : arguments->argument()) out.arguments->push_back(argument(*one));
  return out;
}

ast::Item TermBuilder::number_item(Grammar::ValueContext& context) const {
  ast::Item out;
  const auto numbers = context.number();
  out.kind = ast::Item::Kind::number;
  out.is_range = numbers.size() == 2;
  out.first = number_of(numbers.front()->getText());
  out.last = number_of(numbers.back()->getText());
  if (context.word()) out.protocol = word(*context.word());
  return out;
}

ast::Item TermBuilder::address_item(Grammar::ValueContext& context) const {
  ast::Item out;
  const auto addresses = context.address();
  out.kind = ast::Item::Kind::address;
  out.is_range = addresses.size() == 2;
  out.address = word(*addresses.front());
  out.last_address = word(*addresses.back());
  if (context.NUMBER()) out.prefix = number(*context.NUMBER()->getSymbol());
  return out;
}

ast::Item TermBuilder::value(Grammar::ValueContext& context) {
  ast::Item out;
  if (context.STRING()) {
    out.kind = ast::Item::Kind::text;
    out.text = string(*context.STRING()->getSymbol());
  } else if (context.GROUP()) {
    out.kind = ast::Item::Kind::group;
    out.text.span = span(context);
    out.text.bytes = text(out.text.span);
  } else if (!context.address().empty()) {
    out = address_item(context);
  } else {
    out = number_item(context);
  }
  out.span = span(context);
  return out;
}

ast::Item TermBuilder::item(Grammar::ItemContext& context) {
  if (context.value()) return value(*context.value());
  return name_item(word(*context.word()), context.arguments());
}

ast::Item TermBuilder::item(Grammar::OpenItemContext& context) {
  if (context.value()) return value(*context.value());
  return name_item(word(*context.NAME()->getSymbol()), context.arguments());
}

// Sets.

ast::SetExpression TermBuilder::group(Grammar::GroupContext& context) {
  if (context.setExpression()) return set(*context.setExpression());
  ast::SetExpression out;
  out.braces = true;
  out.span = span(context);
  const auto items = context.item();
  out.items.reserve(items.size());
  for (auto* one : items) out.items.push_back(item(*one));
  return out;
}

ast::SetExpression TermBuilder::single(ast::Item item) const {
  ast::SetExpression out;
  out.span = item.span;
  out.items.push_back(std::move(item));
  return out;
}

ast::SetExpression TermBuilder::term(Grammar::SetTermContext& context) {
  return context.group() ? group(*context.group()) : single(item(*context.item()));
}

ast::SetExpression TermBuilder::set(Grammar::SetExpressionContext& context) {
  const auto terms = context.setTerm();
  if (terms.size() == 1) return term(*terms.front());
  ast::SetExpression out;
  out.span = span(context);
  for (auto* one : terms) out.operands.push_back(term(*one));
  for (auto* one : context.setOperator()) out.operators.push_back(operator_of(*one));
  return out;
}

template <typename Context>
ast::SetExpression TermBuilder::combined(ast::SetExpression first, Context& context) {
  const auto terms = context.setTerm();
  if (terms.empty()) return first;
  ast::SetExpression out;
  out.span = span(context);
  out.operands.push_back(std::move(first));
  for (auto* one : terms) out.operands.push_back(term(*one));
  for (auto* one : context.setOperator()) out.operators.push_back(operator_of(*one));
  return out;
}

ast::SetExpression TermBuilder::set(Grammar::OpenSetContext& context) {
  auto& open = *context.openTerm();
  return combined(open.group() ? group(*open.group()) : single(item(*open.openItem())), context);
}

ast::SetExpression TermBuilder::set(Grammar::BracedSetContext& context) {
  return combined(group(*context.group()), context);
}

ast::SetExpression TermBuilder::name_set(const antlr4::Token& name) const {
  ast::Item item;
  item.span = item.text.span = span(name);
  item.text.bytes = text(item.span);
  return single(std::move(item));
}

// Conditions.

ast::Condition TermBuilder::condition(Grammar::ConditionContext& context) {
  std::vector<ast::Condition> operands;
  for (auto* operand : context.conjunction()) operands.push_back(conjunction(*operand));
  return joined(ast::Condition::Kind::any_of, std::move(operands), span(context));
}

ast::Condition TermBuilder::conjunction(Grammar::ConjunctionContext& context) {
  std::vector<ast::Condition> operands;
  for (auto* operand : context.negation()) operands.push_back(negation(*operand));
  return joined(ast::Condition::Kind::all_of, std::move(operands), span(context));
}

ast::Condition TermBuilder::condition(Grammar::BesideContext& context) {
  return negated(test(*context.test()), context.NOT().size(), context);
}

ast::Condition TermBuilder::negation(Grammar::NegationContext& context) {
  auto& primary = *context.primary();
  return negated(primary.condition() ? condition(*primary.condition()) : test(*primary.test()), context.NOT().size(),
                 context);
}

ast::Condition TermBuilder::negated(ast::Condition inner, size_t times, antlr4::ParserRuleContext& context) const {
  if (times % 2 == 0) return inner;
  ast::Condition out;
  out.kind = ast::Condition::Kind::negation;
  out.operands.push_back(std::move(inner));
  out.span = span(context);
  return out;
}

ast::Condition TermBuilder::test(Grammar::TestContext& context) {
  ast::Condition out;
  out.span = span(context);
  if (context.OWNER()) {
    out.field = {context.OWNER()->getText(), out.span};
    return out;
  }
  out.field = {context.field()->getText(), span(*context.field())};
  if (context.setExpression()) {
    out.comparison = ast::Condition::Comparison::in;
    out.value = set(*context.setExpression());
  } else if (context.bracedSet()) {
    out.comparison = ast::Condition::Comparison::in;
    out.value = set(*context.bracedSet());
  } else {
    out.comparison = comparison_of(context.op);
    out.value = single(item(*context.item()));
  }
  return out;
}

}  // namespace stele::parse
