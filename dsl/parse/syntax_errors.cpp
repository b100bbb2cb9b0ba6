#include "dsl/parse/syntax_errors.h"

#include <SteleLexer.h>
#include <SteleParser.h>
#include <fmt/format.h>

#include <optional>

#include "dsl/diag/codes.h"
#include "dsl/parse/builder.h"
#include "dsl/parse/slips.h"
#include "dsl/parse/tokens.h"
#include "dsl/parse/tree.h"

namespace stele::parse {

using grammar::SteleLexer;
using grammar::SteleParser;

namespace {

constexpr size_t kMaxSyntaxErrors = 30;
constexpr size_t kMaxListed = 2;  // expected words named in one message, where the situation has a name

std::string in_quotes(std::string_view text) {
  return fmt::format("`{}`", text);
}

/// "`on`" for a reserved word or sign, else what the token stands for.
std::string describe_type(size_t type, const antlr4::dfa::Vocabulary& vocabulary) {
  switch (type) {
    case antlr4::Token::EOF:
      return "the end of the file";
    case SteleLexer::NAME:
      return "a name";
    case SteleLexer::STRING:
      return "a string";
    case SteleLexer::NUMBER:
      return "a number";
    case SteleLexer::DOTTED:
      return "a version";
    default:
      break;
  }
  std::string name = vocabulary.getLiteralName(type);
  if (name.size() > 2) return in_quotes(std::string_view(name).substr(1, name.size() - 2));
  return {};
}

/// What a parser rule as a whole wants, for when its first words are too many to list.
std::string describe_rule(size_t rule) {
  switch (rule) {
    case SteleParser::RuleFile:
    case SteleParser::RuleStatement:
      return "a statement: `policy`, `target`, `require`, `include`, `let`, `rule`, `seal`, `assert`, `template` or "
             "`use`";
    case SteleParser::RulePolicyRule:
      return "a constraint: `deny`, `audit`, `kill` or `only`";
    case SteleParser::RuleConstraint:
    case SteleParser::RuleOperation:
      return "a clause, a constraint or a statement";
    case SteleParser::RuleTarget:
    case SteleParser::RuleTargetBound:
    case SteleParser::RuleKernelVersion:
      return "a bound such as `>= 6.1`";
    case SteleParser::RuleSetDefinition:
    case SteleParser::RuleSetExpression:
    case SteleParser::RuleSetTerm:
    case SteleParser::RuleOpenSet:
    case SteleParser::RuleOpenTerm:
    case SteleParser::RuleGroup:
    case SteleParser::RuleObject:
    case SteleParser::RuleOnObject:
      return "a set: a name, a string or `{ … }`";
    case SteleParser::RuleCondition:
    case SteleParser::RuleConjunction:
    case SteleParser::RuleNegation:
    case SteleParser::RulePrimary:
      return "a condition such as `uid 33` or `exe in { … }`";
    case SteleParser::RuleTest:
    case SteleParser::RuleField:
      return "a comparison such as `in { … }` or `== 33`";
    case SteleParser::RuleItem:
    case SteleParser::RuleOpenItem:
    case SteleParser::RuleValue:
      return "a value: a number, a string or a name";
    case SteleParser::RuleArguments:
    case SteleParser::RuleArgument:
      return "an argument such as `arg1 == 0x5401` or a name";
    case SteleParser::RuleConstant:
      return "a number or the name of a constant";
    case SteleParser::RuleSeal:
    case SteleParser::RuleSealItem:
      return "`self`, `removable`, a constraint or `}`";
    case SteleParser::RuleTemplateDefinition:
      return "a rule, an assertion or `}`";
    case SteleParser::RuleAssertion:
      return "a condition such as `uid 33`, or `:` and an operation";
    default:
      return {};
  }
}

bool begins_set(size_t type) {
  switch (type) {
    case SteleLexer::LB:
    case SteleLexer::LP:
    case SteleLexer::STRING:
    case SteleLexer::NUMBER:
    case SteleLexer::HEX:
    case SteleLexer::OCTAL:
    case SteleLexer::DOTTED:
    case SteleLexer::IPV6:
    case SteleLexer::GROUP:
      return true;
    default:
      return false;
  }
}

/// Does an operation whose objects have not begun go on with a set?
bool misses_on(antlr4::Parser& parser, size_t found) {
  auto* operation = just_read<SteleParser::OperationContext>(parser);
  return operation && begins_set(found) && operation->openSet() && operation->object().empty();
}

/// What the rule at hand wants. Between constraints, the last one might have gone on.
std::string describe_context(antlr4::Parser& parser) {
  const size_t rule = parser.getContext()->getRuleIndex();
  const bool ends_rule = rule == SteleParser::RuleFile || rule == SteleParser::RulePolicyRule;
  const bool after_constraint = ends_rule && just_read<SteleParser::ConstraintContext>(parser);
  return describe_rule(after_constraint ? size_t{SteleParser::RuleConstraint} : rule);
}

/// "expected `on`", "expected one of …", or what the rule at hand wants.
std::string describe_expected(antlr4::Parser& parser, size_t found) {
  if (misses_on(parser, found)) return "expected `on`";
  const size_t rule = parser.getContext()->getRuleIndex(), read = parser.getContext()->children.size();
  if ((rule == SteleParser::RuleOperation && read == 0) || (rule == SteleParser::RuleConstraint && read == 1))
    return "expected an operation such as `file read`";
  antlr4::misc::IntervalSet expected = parser.getExpectedTokens();
  const bool any_word = expected.contains(size_t{SteleLexer::NAME}) && expected.contains(size_t{SteleLexer::VERSION});
  std::vector<std::string> names;
  if (any_word) names.push_back("a name");
  for (const ssize_t type : expected.toList()) {
    const auto token = static_cast<size_t>(type);
    if (any_word && is_word(token)) continue;
    std::string name = describe_type(token, parser.getVocabulary());
    if (!name.empty()) names.push_back(std::move(name));
  }
  const std::string wanted = describe_context(parser);
  if (names.size() > kMaxListed && !wanted.empty()) return "expected " + wanted;
  if (names.empty()) return {};
  std::string list = names.front();
  for (size_t i = 1; i < names.size(); ++i) list.append(i + 1 == names.size() ? " or " : ", ").append(names[i]);
  return "expected " + list;
}

bool is_effect(size_t type) {
  return type == SteleLexer::DENY || type == SteleLexer::AUDIT || type == SteleLexer::KILL || type == SteleLexer::ONLY;
}

bool begins_statement(size_t type) {
  switch (type) {
    case SteleLexer::POLICY:
    case SteleLexer::TARGET:
    case SteleLexer::LET:
    case SteleLexer::INCLUDE:
    case SteleLexer::RULE:
    case SteleLexer::REQUIRE:
    case SteleLexer::SEAL:
    case SteleLexer::ASSERT:
    case SteleLexer::TEMPLATE:
    case SteleLexer::USE:
      return true;
    default:
      return false;
  }
}

std::string hint_for(antlr4::Parser& parser, size_t found) {
  const size_t rule = parser.getContext()->getRuleIndex();
  const bool compares = rule == SteleParser::RuleTest || rule == SteleParser::RuleArguments;
  if (found == SteleLexer::ASSIGN && compares) return "compare with `==`";
  const antlr4::Token* before = parser.getTokenStream()->LT(-1);
  if (before && before->getType() == SteleLexer::ERRNO && found == SteleLexer::NUMBER)
    return "errors have names: `errno EPERM`";
  if (rule == SteleParser::RuleGroup && (found == SteleLexer::MINUS || found == SteleLexer::INTERSECT))
    return "sets are computed outside of braces: `{ a, b } - { c }`";
  if (rule == SteleParser::RuleGroup && is_word(found)) return "members stand apart by commas";
  if (rule == SteleParser::RuleAcknowledgement) return "say which warning, and why: `acknowledge S4025 \"…\"`";
  if (found == SteleLexer::ACKNOWLEDGE)
    return "it stands behind what it is about: a constraint, a `let`, an assertion, a `use` or the policy's version";
  if (auto* operation = misses_on(parser, found) ? just_read<SteleParser::OperationContext>(parser) : nullptr) {
    const std::string klass = operation->NAME()->getText();
    if (klass == "syscall") return "list several as `{ … }`";
    if (klass == "kernel" && operation->openSet()->getText() == "sysctl") return "write `sysctl(\"/proc/sys/…\")`";
  }
  if (misses_on(parser, found)) return "what it is about stands behind `on`, or a word such as `to` or `port`";
  if (rule != SteleParser::RuleFile && rule != SteleParser::RulePolicyRule && rule != SteleParser::RuleSeal) return {};
  if (just_read<SteleParser::TestContext>(parser)) {
    if (found == SteleLexer::NAME) return "join conditions with `and` or `or`";
    if (found == SteleLexer::COMMA) return "list several as `in { … }`";
  }
  const bool several = found == SteleLexer::COMMA || begins_set(found);
  const bool set =
      just_read<SteleParser::OperationContext>(parser) || just_read<SteleParser::SetDefinitionContext>(parser);
  return several && set ? "list several as `{ … }`" : std::string();
}

std::string shorten(const std::string& text) {
  constexpr size_t kLongest = 40;
  if (text.size() <= kLongest) return text;
  size_t cut = kLongest;
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
  return text.substr(0, cut) + "…";
}

}  // namespace

void ErrorListener::syntaxError(antlr4::Recognizer* recognizer, antlr4::Token* found, size_t, size_t,
                                const std::string&, std::exception_ptr) {
  ++errors_;
  if (found->getType() == SteleLexer::UNTERMINATED_STRING) return;  // reported by the scanner
  const diag::Span span = span_of(source_, *found);
  if (span.begin == last_ || span.begin < slip_end_) return;  // the same mistake, seen from another rule
  last_ = span.begin;
  const std::string text = source_->text.substr(span.begin, span.end - span.begin);
  if (found->getType() == SteleLexer::MALFORMED_NUMBER) {
    sink_.report(diag::diagnostic(diag::code::malformed_number, span,
                                  fmt::format("`{}` is neither a number nor a name", text),
                                  "separate them, or begin the name with a letter"));
    return;
  }
  auto& parser = *dynamic_cast<antlr4::Parser*>(recognizer);
  if (errors_ == 1 && is_effect(found->getType()) && parser.getContext()->getRuleIndex() == SteleParser::RuleFile) {
    sink_.report(diag::diagnostic(diag::code::constraint_outside_rule, span, "a constraint outside of a rule",
                                  "begin the rule with `rule NAME:`"));
    return;
  }
  const std::optional<Slip> slip = find_slip(parser, *found, *source_);
  if (slip) slip_end_ = slip->end;
  const antlr4::Token& at = slip && slip->at ? *slip->at : *found;
  const diag::Span place = span_of(source_, at);
  const bool at_end = at.getType() == antlr4::Token::EOF;
  std::string message = "the file ends too early";
  if (!at_end) message = "unexpected " + in_quotes(shorten(source_->text.substr(place.begin, place.end - place.begin)));
  const std::string expected = &at == found ? describe_expected(parser, found->getType()) : std::string();
  if (!expected.empty()) message += ", " + expected;
  sink_.report(diag::diagnostic(diag::code::unexpected_token, place, message,
                                slip ? slip->hint : hint_for(parser, found->getType())));
  if (errors_ < kMaxSyntaxErrors) return;
  sink_.report(diag::diagnostic(diag::code::too_many_syntax_errors, span,
                                "too many syntax errors, the rest is not read",
                                "correct the first ones and try again"));
  throw antlr4::ParseCancellationException("too many errors");
}

void ErrorStrategy::sync(antlr4::Parser* parser) {
  auto* context = parser->getContext();
  const bool in_file = context->getRuleIndex() == SteleParser::RuleFile;
  const bool after_constraint = context->getRuleIndex() == SteleParser::RulePolicyRule && !context->children.empty() &&
                                dynamic_cast<SteleParser::ConstraintContext*>(context->children.back());
  if (!in_file && !after_constraint) {
    DefaultErrorStrategy::sync(parser);
    return;
  }
  const size_t next = parser->getInputStream()->LA(1);
  if (begins_statement(next)) return;  // as below, but quick
  const antlr4::misc::IntervalSet expected = parser->getExpectedTokens();
  if (expected.contains(next)) return;
  reportUnwantedToken(parser);  // says nothing when the last mistake is not over yet
  consumeUntil(parser, expected);
}

/// A word that begins a statement, a constraint or a part of a seal is never the one too many.
antlr4::Token* ErrorStrategy::singleTokenDeletion(antlr4::Parser* parser) {
  const size_t found = parser->getInputStream()->LA(1);
  if (is_effect(found) || begins_statement(found) || found == SteleLexer::REMOVABLE || found == SteleLexer::SELF)
    return nullptr;
  return DefaultErrorStrategy::singleTokenDeletion(parser);
}

}  // namespace stele::parse
