#pragma once

// ANTLR's parse tree → syntax tree: what statements are made of. Words, strings, sets and conditions. Reports bad
// escapes.

#include <SteleParser.h>

#include <memory>
#include <string>

#include "dsl/ast/ast.h"

namespace stele::parse {

/// Did the parser stumble within this subtree? Depth is bounded by the nesting limit.
bool damaged(antlr4::tree::ParseTree& tree);

/// None of the contexts given may be damaged.
class TermBuilder {
public:
  using Grammar = grammar::SteleParser;

  TermBuilder(std::shared_ptr<const diag::SourceFile> source, diag::Sink& sink)
      : source_(std::move(source)), sink_(sink) {}

  diag::Span span(const antlr4::Token& token) const;
  diag::Span span(antlr4::ParserRuleContext& context) const;
  ast::Word word(const antlr4::Token& token) const;
  ast::Word word(antlr4::ParserRuleContext& context) const;
  ast::Number number(const antlr4::Token& token) const;
  ast::Text string(const antlr4::Token& token);
  ast::SetExpression set(Grammar::SetExpressionContext& context);
  ast::SetExpression set(Grammar::OpenSetContext& context);
  /// A set of one name.
  ast::SetExpression name_set(const antlr4::Token& name) const;
  ast::Condition condition(Grammar::ConditionContext& context);
  ast::Condition condition(Grammar::BesideContext& context);

  void report(diag::Diagnostic diagnostic);
  /// Was nothing reported since the last call?
  bool take_ok();

private:
  std::string text(const diag::Span& where) const { return source_->text.substr(where.begin, where.end - where.begin); }
  size_t decode(size_t at, ast::Text& out);
  size_t bad_escape(size_t at, size_t next);
  ast::Argument::Constant constant(Grammar::ConstantContext& context) const;
  ast::Argument argument(Grammar::ArgumentContext& context);
  ast::Item name_item(ast::Word name, Grammar::ArgumentsContext* arguments);
  ast::Item number_item(Grammar::ValueContext& context) const;
  ast::Item address_item(Grammar::ValueContext& context) const;
  ast::Item value(Grammar::ValueContext& context);
  ast::Item item(Grammar::ItemContext& context);
  ast::Item item(Grammar::OpenItemContext& context);
  ast::SetExpression set(Grammar::BracedSetContext& context);
  /// `first`, and what operators join to it.
  template <typename Context>
  ast::SetExpression combined(ast::SetExpression first, Context& context);
  ast::SetExpression group(Grammar::GroupContext& context);
  ast::SetExpression single(ast::Item item) const;
  ast::SetExpression term(Grammar::SetTermContext& context);
  ast::Condition conjunction(Grammar::ConjunctionContext& context);
  ast::Condition negation(Grammar::NegationContext& context);
  ast::Condition negated(ast::Condition inner, size_t times, antlr4::ParserRuleContext& context) const;
  ast::Condition test(Grammar::TestContext& context);

  std::shared_ptr<const diag::SourceFile> source_;
  diag::Sink& sink_;
  bool ok_ = true;
};

}  // namespace stele::parse
