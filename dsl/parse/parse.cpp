// Order of work: size and encoding, tokens (with the nesting limit), ANTLR's parser with its own error recovery, whose
// follow sets resume at the next clause, constraint or statement, then the builder over the parts that are whole.

#include "dsl/parse/parse.h"

#include <SteleLexer.h>
#include <SteleParser.h>
#include <fmt/format.h>

#include "dsl/diag/codes.h"
#include "dsl/diag/utf8.h"
#include "dsl/parse/builder.h"
#include "dsl/parse/tokens.h"

namespace stele {

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

/// "expected `on`", "expected one of …", or what the rule at hand wants.
std::string describe_expected(antlr4::Parser& parser) {
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
  const std::string wanted = describe_rule(parser.getContext()->getRuleIndex());
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

std::string hint_for(size_t found) {
  return found == SteleLexer::ASSIGN ? "compare with `==`" : std::string();
}

/// Turns ANTLR's events into diagnostics.
class ErrorListener : public antlr4::BaseErrorListener {
public:
  ErrorListener(std::shared_ptr<const SourceFile> source, Sink& sink) : source_(std::move(source)), sink_(sink) {}
  size_t errors() const { return errors_; }

  void syntaxError(antlr4::Recognizer* recognizer, antlr4::Token* found, size_t, size_t, const std::string&,
                   std::exception_ptr) override {
    ++errors_;
    if (found->getType() == SteleLexer::UNTERMINATED_STRING) return;  // reported by the scanner
    const Span span = parse_detail::span_of(source_, *found);
    if (span.begin == last_) return;  // the same mistake, seen from another rule
    last_ = span.begin;
    const std::string text = source_->text.substr(span.begin, span.end - span.begin);
    if (found->getType() == SteleLexer::MALFORMED_NUMBER) {
      sink_.report(diagnostic(code::malformed_number, span, fmt::format("`{}` is neither a number nor a name", text),
                              "separate them, or begin the name with a letter"));
      return;
    }
    auto& parser = *dynamic_cast<antlr4::Parser*>(recognizer);
    if (errors_ == 1 && is_effect(found->getType()) && parser.getContext()->getRuleIndex() == SteleParser::RuleFile) {
      sink_.report(diagnostic(code::constraint_outside_rule, span, "a constraint outside of a rule",
                              "begin the rule with `rule NAME:`"));
      return;
    }
    const bool at_end = found->getType() == antlr4::Token::EOF;
    std::string message = at_end ? "the file ends too early" : "unexpected " + in_quotes(shorten(text));
    const std::string expected = describe_expected(parser);
    if (!expected.empty()) message += ", " + expected;
    sink_.report(diagnostic(code::unexpected_token, span, message, hint_for(found->getType())));
    if (errors_ < kMaxSyntaxErrors) return;
    sink_.report(diagnostic(code::too_many_syntax_errors, span, "too many syntax errors, the rest is not read",
                            "correct the first ones and try again"));
    throw antlr4::ParseCancellationException("too many errors");
  }

private:
  static std::string shorten(const std::string& text) {
    constexpr size_t kLongest = 40;
    if (text.size() <= kLongest) return text;
    size_t cut = kLongest;
    while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xc0) == 0x80) --cut;
    return text.substr(0, cut) + "…";
  }

  std::shared_ptr<const SourceFile> source_;
  Sink& sink_;
  size_t errors_ = 0;
  uint32_t last_ = UINT32_MAX;  // where the last error was
};

/// Between statements, ANTLR's own strategy would give the rest of the file up. This one goes on at the next statement.
class ErrorStrategy : public antlr4::DefaultErrorStrategy {
public:
  void sync(antlr4::Parser* parser) override {
    if (parser->getContext()->getRuleIndex() != SteleParser::RuleFile) {
      DefaultErrorStrategy::sync(parser);
      return;
    }
    const antlr4::misc::IntervalSet expected = parser->getExpectedTokens();
    if (expected.contains(parser->getInputStream()->LA(1))) return;
    reportUnwantedToken(parser);  // says nothing when the last mistake is not over yet
    consumeUntil(parser, expected);
  }

protected:
  /// A word that begins a statement or a constraint is never the one too many.
  antlr4::Token* singleTokenDeletion(antlr4::Parser* parser) override {
    const size_t found = parser->getInputStream()->LA(1);
    if (is_effect(found) || begins_statement(found)) return nullptr;
    return DefaultErrorStrategy::singleTokenDeletion(parser);
  }
};

/// Size and encoding. False: there is no text to parse.
bool is_text(const std::shared_ptr<const SourceFile>& source, Sink& sink) {
  if (source->text.size() > kMaxPolicyBytes) {
    const std::string message =
        fmt::format("`{}` has {} bytes, more than {} MiB", source->path, source->text.size(), kMaxPolicyBytes >> 20);
    sink.report(diagnostic(code::policy_too_large, {}, message, "split it with `include`"));
    return false;
  }
  const size_t bad = find_invalid_utf8(source->text);
  if (bad == std::string::npos) return true;
  const Span span{source, static_cast<uint32_t>(bad), static_cast<uint32_t>(bad + 1)};
  const auto byte = static_cast<unsigned char>(source->text[bad]);
  sink.report(diagnostic(code::invalid_utf8, span, fmt::format("byte 0x{:02x} is not UTF-8", byte),
                         fmt::format("write such bytes of a path as `\\x{:02x}`", byte)));
  return false;
}

}  // namespace

ast::File parse(std::shared_ptr<const SourceFile> source, Sink& sink) {
  ast::File file{.source = source, .statements = {}, .complete = false};
  if (!is_text(source, sink)) return file;
  const size_t before = sink.all().size();
  try {
    parse_detail::Tokens tokens = parse_detail::scan(source, sink);
    if (!tokens.usable) return file;
    antlr4::ListTokenSource list(std::move(tokens.list));
    antlr4::CommonTokenStream stream(&list);
    SteleParser parser(&stream);
    ErrorListener listener(source, sink);
    parser.removeErrorListeners();
    parser.addErrorListener(&listener);
    parser.setErrorHandler(std::make_shared<ErrorStrategy>());
    file.statements = parse_detail::build(*parser.file(), source, tokens.docs, sink);
    file.complete = listener.errors() == 0 && sink.all().size() == before;
  } catch (const antlr4::ParseCancellationException&) {
    // reported as S2003
  }
  return file;
}

}  // namespace stele
