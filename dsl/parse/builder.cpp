#include "dsl/parse/builder.h"

#include <SteleLexer.h>
#include <fmt/format.h>

#include <charconv>

#include "dsl/diag/codes.h"
#include "dsl/parse/tokens.h"

namespace stele {

using grammar::SteleLexer;
using grammar::SteleParser;

bool is_word(size_t type) {
  switch (type) {
    case SteleLexer::NAME:
    case SteleLexer::POLICY:
    case SteleLexer::VERSION:
    case SteleLexer::TARGET:
    case SteleLexer::LOG:
    case SteleLexer::AUDIT:
    case SteleLexer::KILL:
    case SteleLexer::SEAL:
    case SteleLexer::ASSERT:
    case SteleLexer::REQUIRE:
    case SteleLexer::LIBS:
    case SteleLexer::FUTURE_CLASS:
      return true;
    default:
      return false;
  }
}

namespace parse_detail {

namespace {

/// Did the parser stumble within this subtree? Depth is bounded by the nesting limit.
bool damaged(antlr4::tree::ParseTree& tree) {
  if (dynamic_cast<antlr4::tree::ErrorNode*>(&tree)) return true;
  if (auto* rule = dynamic_cast<antlr4::ParserRuleContext*>(&tree); rule && rule->exception) return true;
  for (auto* child : tree.children)
    if (damaged(*child)) return true;
  return false;
}

uint64_t number_of(const std::string& digits) {
  uint64_t value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return result.ec == std::errc() ? value : UINT64_MAX;
}

ast::Condition::Comparison comparison_of(size_t token) {
  using C = ast::Condition::Comparison;
  switch (token) {
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

ast::TargetBound::Comparison bound_of(const antlr4::Token* op) {
  using C = ast::TargetBound::Comparison;
  if (!op) return C::equal;
  switch (op->getType()) {
    case SteleLexer::EQ:
      return C::equal;
    case SteleLexer::GE:
      return C::at_least;
    case SteleLexer::LE:
      return C::at_most;
    default:
      return C::other;
  }
}

ast::ConstraintKind kind_of(const antlr4::Token& effect) {
  switch (effect.getType()) {
    case SteleLexer::AUDIT:
      return ast::ConstraintKind::audit;
    case SteleLexer::KILL:
      return ast::ConstraintKind::kill;
    case SteleLexer::ONLY:
      return ast::ConstraintKind::only;
    default:
      return ast::ConstraintKind::deny;
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

class Builder {
public:
  Builder(std::shared_ptr<const SourceFile> source, const std::map<uint32_t, std::string>& docs, Sink& sink)
      : source_(std::move(source)), docs_(docs), sink_(sink) {}

  std::vector<ast::Statement> file(SteleParser::FileContext& file) {
    std::vector<ast::Statement> out;
    for (auto* one : file.statement()) statement(*one, out);
    return out;
  }

private:
  void statement(SteleParser::StatementContext& any, std::vector<ast::Statement>& out) {
    if (auto* s = any.header(); s && !damaged(*s)) out.push_back(header(*s));
    if (auto* s = any.target(); s && !damaged(*s)) out.push_back(target(*s));
    if (auto* s = any.include(); s && !damaged(*s)) include(*s, out);
    if (auto* s = any.setDefinition()) set_definition(*s, out);
    if (auto* s = any.policyRule()) rule(*s, out);
    if (auto* s = any.future(); s && !damaged(*s)) future(*s);
  }

  // Places and words.

  Span span(const antlr4::Token& token) const { return span_of(source_, token); }
  Span span(antlr4::ParserRuleContext& context) const {
    const Span first = span(*context.getStart());
    const auto* stop = context.getStop();
    const uint32_t end = stop ? span(*stop).end : first.end;
    return Span{source_, first.begin, std::max(first.begin, end)};
  }
  std::string text(const Span& where) const { return source_->text.substr(where.begin, where.end - where.begin); }
  ast::Word word(antlr4::ParserRuleContext& context) const {
    const Span where = span(context);
    return {text(where), where};
  }
  ast::Word word(const antlr4::Token& token) const { return {text(span(token)), span(token)}; }
  std::string doc_above(antlr4::ParserRuleContext& context) const {
    const auto it = docs_.find(static_cast<uint32_t>(context.getStart()->getStartIndex()));
    return it == docs_.end() ? std::string() : it->second;
  }

  void fail(uint16_t number, Span where, std::string message, std::string hint = {}) {
    ok_ = false;
    sink_.report(diagnostic(number, std::move(where), std::move(message), std::move(hint)));
  }
  void unsupported(uint16_t number, Span where, const std::string& what, std::string hint = {}) {
    fail(number, std::move(where), what + " not supported yet", std::move(hint));
  }

  // Strings.

  ast::Text string(const antlr4::Token& token) {
    ast::Text out{.bytes = {}, .escaped = {}, .span = span(token)};
    for (size_t i = out.span.begin + 1; i + 1 < out.span.end;) i = decode(i, out);
    return out;
  }

  /// Decodes the character or escape at offset `at` and returns the offset after it.
  size_t decode(size_t at, ast::Text& out) {
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

  static size_t append(ast::Text& out, char byte, bool escaped, size_t next) {
    out.bytes += byte;
    out.escaped.push_back(escaped);
    return next;
  }

  size_t bad_escape(size_t at, size_t next) {
    while (next < source_->text.size() && (static_cast<unsigned char>(source_->text[next]) & 0xc0) == 0x80) ++next;
    const Span where{source_, static_cast<uint32_t>(at), static_cast<uint32_t>(next)};
    fail(code::invalid_escape, where, fmt::format("strings have no escape `{}`", text(where)),
         R"(the escapes are `\"` `\\` `\n` `\t` and `\x` with two hexadecimal digits)");
    return next;
  }

  // Sets.

  ast::Item item(SteleParser::ValueContext& value) {
    ast::Item out{
        .kind = ast::Item::Kind::name, .first = 0, .last = 0, .is_range = false, .text = {}, .span = span(value)};
    if (value.STRING()) {
      out.kind = ast::Item::Kind::text;
      out.text = string(*value.STRING()->getSymbol());
    } else if (value.word()) {
      out.text.bytes = text(out.span);
      out.text.span = out.span;
    } else {
      const auto numbers = value.NUMBER();
      out.kind = ast::Item::Kind::number;
      out.is_range = numbers.size() == 2;
      out.first = number_of(numbers.front()->getText());
      out.last = number_of(numbers.back()->getText());
    }
    return out;
  }

  ast::SetExpression set(SteleParser::SetExpressionContext& expression) {
    ast::SetExpression out{.items = {}, .braces = false, .span = span(expression)};
    const auto terms = expression.setTerm();
    if (terms.size() > 1) {
      auto* op = expression.setOperator(0);
      unsupported(code::unsupported_set_algebra, span(*op), fmt::format("set algebra (`{}`) is", op->getText()),
                  "list the members in one `{ … }`");
      return out;
    }
    auto& term = *terms.front();
    if (term.setExpression()) return set(*term.setExpression());
    out.braces = term.LB() != nullptr;
    for (auto* value : term.value()) out.items.push_back(item(*value));
    return out;
  }

  // Conditions.

  ast::Condition condition(SteleParser::ConditionContext& context) {
    std::vector<ast::Condition> operands;
    for (auto* operand : context.conjunction()) operands.push_back(conjunction(*operand));
    return joined(ast::Condition::Kind::any_of, std::move(operands), span(context));
  }
  ast::Condition conjunction(SteleParser::ConjunctionContext& context) {
    std::vector<ast::Condition> operands;
    for (auto* operand : context.negation()) operands.push_back(negation(*operand));
    return joined(ast::Condition::Kind::all_of, std::move(operands), span(context));
  }
  static ast::Condition joined(ast::Condition::Kind kind, std::vector<ast::Condition> operands, Span where) {
    if (operands.size() == 1) return std::move(operands.front());
    ast::Condition out;
    out.kind = kind;
    out.operands = std::move(operands);
    out.span = std::move(where);
    return out;
  }

  ast::Condition negation(SteleParser::NegationContext& context) {
    auto& primary = *context.primary();
    ast::Condition inner = primary.condition() ? condition(*primary.condition()) : test(*primary.test());
    if (context.NOT().size() % 2 == 0) return inner;
    ast::Condition out;
    out.kind = ast::Condition::Kind::negation;
    out.operands.push_back(std::move(inner));
    out.span = span(context);
    return out;
  }

  ast::Condition test(SteleParser::TestContext& context) {
    ast::Condition out;
    out.field = {context.field()->getText(), span(*context.field())};
    out.span = span(context);
    if (context.setExpression()) {
      out.comparison = ast::Condition::Comparison::in;
      out.value = set(*context.setExpression());
    } else {
      out.comparison = comparison_of(context.op ? context.op->getType() : 0);
      out.value = {.items = {item(*context.value())}, .braces = false, .span = span(*context.value())};
    }
    return out;
  }

  // Constraints.

  std::vector<ast::Word> words(SteleParser::WordsContext* list, SteleParser::WordContext* single) const {
    std::vector<ast::Word> out;
    if (single) out.push_back(word(*single));
    if (list)
      for (auto* one : list->word()) out.push_back(word(*one));
    return out;
  }

  /// Is this the first clause of its kind? `before` is where the kind's first one stands.
  bool first_of(Span& before, antlr4::ParserRuleContext& clause) {
    const std::string name = clause.getStart()->getText();
    if (!before.file) {
      before = span(clause);
      return true;
    }
    Diagnostic d =
        diagnostic(code::duplicate_clause, span(clause), fmt::format("a second `{}` in one constraint", name),
                   name == "for" || name == "unless" ? "join the conditions with `and` or `or`" : "keep one of them");
    d.labels.push_back({before, "the first one"});
    ok_ = false;
    sink_.report(std::move(d));
    return false;
  }

  struct ClausePlaces {
    Span subject, exception, error, log, without, otherwise;
  };

  void clause(SteleParser::ClauseContext& context, ClausePlaces& at, ast::Constraint& out) {
    if (auto* subject = dynamic_cast<SteleParser::SubjectClauseContext*>(&context)) {
      if (first_of(at.subject, context)) out.subject = condition(*subject->condition());
    } else if (auto* exception = dynamic_cast<SteleParser::ExceptionClauseContext*>(&context)) {
      if (first_of(at.exception, context)) out.exception = condition(*exception->condition());
    } else if (auto* error = dynamic_cast<SteleParser::ErrnoClauseContext*>(&context)) {
      if (first_of(at.error, context)) out.error = word(*error->word());
    } else if (auto* log = dynamic_cast<SteleParser::LogClauseContext*>(&context)) {
      if (first_of(at.log, context)) log_clause(*log, out);
    } else if (auto* without = dynamic_cast<SteleParser::WithoutClauseContext*>(&context)) {
      if (first_of(at.without, context)) out.without = words(without->words(), without->word());
    } else if (auto* otherwise = dynamic_cast<SteleParser::ElseClauseContext*>(&context)) {
      if (first_of(at.otherwise, context)) out.otherwise = word(*otherwise->effectWord());
    } else {
      unsupported(code::unsupported_libs, span(*context.getStart()), "`libs` is",
                  "executables that make an exception map code from themselves and the system's library directories");
    }
  }

  void log_clause(SteleParser::LogClauseContext& context, ast::Constraint& out) {
    out.log = ast::LogClause{.level = {}, .span = span(context)};
    if (context.NAME().empty()) return;
    out.log->level = word(*context.NAME(0)->getSymbol());
    if (context.NUMBER() || out.log->level->text == "limit")
      unsupported(code::unsupported_log_limit, span(context), "`log limit` is",
                  "write `log`, `log alert` or `log none`");
  }

  void constraint(SteleParser::ConstraintContext& context, std::vector<ast::Constraint>& out) {
    if (damaged(context)) return;
    ok_ = true;
    ast::Constraint c;
    c.kind = kind_of(*context.effect);
    c.span = span(context);
    if (auto* ops = context.operations()) {
      c.klass = word(*ops->NAME()->getSymbol());
      c.operations_given = ops->word() || ops->LB();
      c.operations = words(ops->words(), ops->word());
      c.objects = set(*context.setExpression());
    } else {
      const auto& klass = *context.futureOperations()->FUTURE_CLASS()->getSymbol();
      unsupported(code::unsupported_class, span(klass), fmt::format("operations of class `{}` are", klass.getText()),
                  "the classes so far are `file` and `exec`");
    }
    ClausePlaces places;
    for (auto* one : context.clause()) clause(*one, places, c);
    if (ok_) out.push_back(std::move(c));
  }

  // Statements.

  ast::Header header(SteleParser::HeaderContext& context) {
    return {.name = word(*context.word()),
            .version = string(*context.STRING()->getSymbol()),
            .doc = doc_above(context),
            .span = span(context)};
  }

  ast::Target target(SteleParser::TargetContext& context) {
    ast::Target out{.system = word(*context.NAME()->getSymbol()), .bounds = {}, .span = span(context)};
    for (auto* bound : context.targetBound()) {
      ast::TargetBound b{
          .comparison = bound_of(bound->op), .first = word(*bound->first), .last = {}, .span = span(*bound)};
      if (bound->last) b.last = word(*bound->last);
      out.bounds.push_back(std::move(b));
    }
    return out;
  }

  void include(SteleParser::IncludeContext& context, std::vector<ast::Statement>& out) {
    ok_ = true;
    ast::Include statement{.path = string(*context.STRING()->getSymbol()), .span = span(context)};
    if (ok_) out.push_back(std::move(statement));
  }

  void set_definition(SteleParser::SetDefinitionContext& context, std::vector<ast::Statement>& out) {
    ok_ = true;
    auto* name = context.word();
    if (!name || damaged(*name)) return;
    ast::Let let{.name = word(*name), .type = {}, .value = {}, .broken = true, .span = span(context)};
    if (damaged(context)) {
      out.push_back(std::move(let));
      return;
    }
    if (auto* klass = context.FUTURE_CLASS()) {
      unsupported(code::unsupported_set_type, span(*klass->getSymbol()), fmt::format("`{}` sets are", klass->getText()),
                  "the types so far are `path`, `uid` and `gid`");
    } else {
      if (context.type) let.type = word(*context.type);
      let.value = set(*context.setExpression());
    }
    let.broken = !ok_;
    out.push_back(std::move(let));
  }

  void rule(SteleParser::PolicyRuleContext& context, std::vector<ast::Statement>& out) {
    auto* name = context.word();
    if (!name || damaged(*name)) return;
    ast::Rule rule{.name = word(*name), .doc = doc_above(context), .constraints = {}, .span = span(context)};
    for (auto* one : context.constraint()) constraint(*one, rule.constraints);
    out.push_back(std::move(rule));
  }

  void future(SteleParser::FutureContext& context) {
    const Span where = span(*context.getStart());
    if (dynamic_cast<SteleParser::FutureSealContext*>(&context)) {
      unsupported(code::unsupported_seal, where, "`seal` is");
    } else if (dynamic_cast<SteleParser::FutureRequireContext*>(&context)) {
      unsupported(code::unsupported_require, where, "`require` is");
    } else {
      unsupported(code::unsupported_assert, where, "`assert` is");
    }
  }

  std::shared_ptr<const SourceFile> source_;
  const std::map<uint32_t, std::string>& docs_;
  Sink& sink_;
  bool ok_ = true;  // false once something of the statement or constraint at hand was reported
};

}  // namespace

std::vector<ast::Statement> build(SteleParser::FileContext& file, const std::shared_ptr<const SourceFile>& source,
                                  const std::map<uint32_t, std::string>& docs, Sink& sink) {
  return Builder(source, docs, sink).file(file);
}

}  // namespace parse_detail

}  // namespace stele
