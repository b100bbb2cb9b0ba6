#include "dsl/parse/builder.h"

#include <SteleLexer.h>
#include <fmt/format.h>

#include "dsl/diag/codes.h"
#include "dsl/parse/term_builder.h"

namespace stele::parse {

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
    case SteleLexer::TEMPLATE:
    case SteleLexer::USE:
    case SteleLexer::AS:
    case SteleLexer::REMOVABLE:
    case SteleLexer::SELF:
    case SteleLexer::OWNER:
    case SteleLexer::ACKNOWLEDGE:
      return true;
    default:
      return false;
  }
}

namespace {

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

class Builder {
public:
  Builder(std::shared_ptr<const diag::SourceFile> source, const std::map<uint32_t, std::string>& docs, diag::Sink& sink)
      : terms_(std::move(source), sink), docs_(docs) {}

  std::vector<ast::Statement> file(SteleParser::FileContext& file) {
    std::vector<ast::Statement> out;
    for (auto* one : file.statement()) statement(*one, out);
    return out;
  }

private:
  void statement(SteleParser::StatementContext& any, std::vector<ast::Statement>& out) {
    if (auto* s = any.setDefinition()) set_definition(*s, out);
    if (auto* s = any.policyRule()) rule(*s, out);
    if (auto* s = any.seal()) seal(*s, out);
    if (auto* s = any.templateDefinition()) template_definition(*s, out);
    if (damaged(any)) return;
    if (auto* s = any.header()) out.push_back(header(*s));
    if (auto* s = any.target()) out.push_back(target(*s));
    if (auto* s = any.requirement()) out.push_back(requirement(*s));
    if (auto* s = any.include()) include(*s, out);
    if (auto* s = any.assertion()) assertion(*s, out);
    if (auto* s = any.templateUse()) template_use(*s, out);
  }

  diag::Span span(antlr4::ParserRuleContext& context) const { return terms_.span(context); }
  ast::Word word(antlr4::tree::TerminalNode& node) const { return terms_.word(*node.getSymbol()); }
  ast::Word word(antlr4::ParserRuleContext& context) const { return terms_.word(context); }
  std::string doc_above(antlr4::ParserRuleContext& context) const {
    const auto it = docs_.find(static_cast<uint32_t>(context.getStart()->getStartIndex()));
    return it == docs_.end() ? std::string() : it->second;
  }
  std::vector<ast::Word> words(SteleParser::WordsContext* list) const {
    std::vector<ast::Word> out;
    if (list)
      for (auto* one : list->word()) out.push_back(word(*one));
    return out;
  }

  std::vector<ast::Acknowledgement> acknowledged(const std::vector<SteleParser::AcknowledgementContext*>& all) {
    std::vector<ast::Acknowledgement> out;
    for (auto* one : all)
      out.push_back(
          {.code = word(*one->NAME()), .reason = terms_.string(*one->STRING()->getSymbol()), .span = span(*one)});
    return out;
  }

  // Constraints.

  ast::Object on_object(SteleParser::OnObjectContext& context) {
    ast::Object out{.on = true, .qualifier = {}, .set = {}, .span = span(context)};
    if (auto* name = context.NAME()) out.qualifier = word(*name);
    out.set = context.openSet() ? terms_.set(*context.openSet()) : terms_.set(*context.setExpression());
    return out;
  }

  ast::Object object(SteleParser::ObjectContext& context) {
    if (auto* on = context.onObject()) return on_object(*on);
    ast::Object out{.on = false, .qualifier = word(*context.NAME()), .set = {}, .span = span(context)};
    out.set = context.openSet() ? terms_.set(*context.openSet()) : terms_.name_set(*context.POLICY()->getSymbol());
    return out;
  }

  ast::Operation operation(SteleParser::OperationContext& context) {
    ast::Operation out;
    out.klass = word(*context.NAME());
    out.span = span(context);
    if (auto* kill = context.KILL()) out.operations = terms_.name_set(*kill->getSymbol());
    if (auto* set = context.openSet()) out.operations = terms_.set(*set);
    if (auto* on = context.onObject()) out.objects.push_back(on_object(*on));
    for (auto* one : context.object()) out.objects.push_back(object(*one));
    return out;
  }

  /// Is this the first clause of its kind? `before` is where the kind's first one stands.
  bool first_of(diag::Span& before, antlr4::ParserRuleContext& clause) {
    const std::string name = clause.getStart()->getText();
    if (!before.file) {
      before = span(clause);
      return true;
    }
    diag::Diagnostic d = diag::diagnostic(
        diag::code::duplicate_clause, span(clause), fmt::format("a second `{}` in one constraint", name),
        name == "for" || name == "unless" ? "join the conditions with `and` or `or`" : "keep one of them");
    d.labels.push_back({before, "the first one"});
    terms_.report(std::move(d));
    return false;
  }

  struct ClausePlaces {
    diag::Span subject, exception, error, log, without, otherwise, libs;
  };

  void clause(SteleParser::ClauseContext& context, ClausePlaces& at, ast::Constraint& out) {
    if (auto* subject = dynamic_cast<SteleParser::SubjectClauseContext*>(&context)) {
      if (first_of(at.subject, context)) out.subject = terms_.condition(*subject->condition());
    } else if (auto* exception = dynamic_cast<SteleParser::ExceptionClauseContext*>(&context)) {
      if (first_of(at.exception, context)) out.exception = terms_.condition(*exception->condition());
    } else if (auto* error = dynamic_cast<SteleParser::ErrnoClauseContext*>(&context)) {
      if (first_of(at.error, context)) out.error = word(*error->word());
    } else if (auto* log = dynamic_cast<SteleParser::LogClauseContext*>(&context)) {
      if (first_of(at.log, context)) out.log = log_clause(*log);
    } else if (auto* without = dynamic_cast<SteleParser::WithoutClauseContext*>(&context)) {
      if (first_of(at.without, context))
        out.without = without->word() ? std::vector{word(*without->word())} : words(without->words());
    } else if (auto* otherwise = dynamic_cast<SteleParser::ElseClauseContext*>(&context)) {
      if (!first_of(at.otherwise, context)) return;
      out.otherwise = word(*otherwise->effectWord());
      if (otherwise->orKill()) out.otherwise_or_kill = span(*otherwise->orKill());
    } else if (auto* libs = dynamic_cast<SteleParser::LibsClauseContext*>(&context)) {
      if (first_of(at.libs, context)) out.libs = terms_.set(*libs->setExpression());
    } else if (auto* one = dynamic_cast<SteleParser::AcknowledgeClauseContext*>(&context)) {
      out.acknowledged.push_back(acknowledged({one->acknowledgement()}).front());
    }
  }

  ast::LogClause log_clause(SteleParser::LogClauseContext& context) const {
    ast::LogClause out{.level = {}, .limit = {}, .span = span(context)};
    if (context.level) out.level = terms_.word(*context.level);
    if (auto* limit = context.logLimit())
      out.limit = ast::LogClause::Limit{.word = word(*limit->NAME(0)),
                                        .events = terms_.number(*limit->NUMBER()->getSymbol()),
                                        .unit = word(*limit->NAME(1))};
    return out;
  }

  void constraint(SteleParser::ConstraintContext& context, std::vector<ast::Constraint>& out) {
    if (damaged(context)) return;
    terms_.take_ok();
    ast::Constraint c;
    c.kind = kind_of(*context.effect);
    if (context.orKill()) c.or_kill = span(*context.orKill());
    c.operation = operation(*context.operation());
    c.span = span(context);
    ClausePlaces places;
    for (auto* one : context.clause()) clause(*one, places, c);
    if (terms_.take_ok()) out.push_back(std::move(c));
  }

  // Statements.

  ast::Header header(SteleParser::HeaderContext& context) {
    ast::Header out{.name = word(*context.word()),
                    .version = terms_.string(*context.STRING()->getSymbol()),
                    .on_failure = {},
                    .acknowledged = acknowledged(context.acknowledgement()),
                    .doc = doc_above(context),
                    .span = span(context)};
    if (auto* failure = context.onFailure()) {
      const auto names = failure->NAME();
      if (names.size() == 2) out.on_failure = {.word = word(*names.front()), .action = word(*names.back())};
    }
    return out;
  }

  ast::Target target(SteleParser::TargetContext& context) {
    ast::Target out{.system = word(*context.NAME()), .bounds = {}, .exact = {}, .build_id = {}, .span = span(context)};
    for (auto* bound : context.targetBound()) {
      ast::TargetBound b{
          .comparison = bound_of(bound->op), .first = word(*bound->first), .last = {}, .span = span(*bound)};
      if (bound->last) b.last = word(*bound->last);
      out.bounds.push_back(std::move(b));
    }
    if (auto* exact = context.exactBuild()) {
      out.exact = word(*exact->NAME());
      out.build_id = terms_.string(*exact->STRING()->getSymbol());
    }
    return out;
  }

  ast::Requirement requirement(SteleParser::RequirementContext& context) const {
    const auto names = context.NAME();
    ast::Requirement out{.subject = word(*names.front()), .value = {}, .span = span(context)};
    if (names.size() == 2) out.value = word(*names.back());
    return out;
  }

  void include(SteleParser::IncludeContext& context, std::vector<ast::Statement>& out) {
    terms_.take_ok();
    ast::Include statement{.path = terms_.string(*context.STRING()->getSymbol()), .span = span(context)};
    if (terms_.take_ok()) out.push_back(std::move(statement));
  }

  void set_definition(SteleParser::SetDefinitionContext& context, std::vector<ast::Statement>& out) {
    auto* name = context.word();
    if (!name || damaged(*name)) return;
    ast::Let let{
        .name = word(*name), .type = {}, .value = {}, .acknowledged = {}, .broken = true, .span = span(context)};
    if (!damaged(context)) {
      terms_.take_ok();
      if (context.type) let.type = terms_.word(*context.type);
      let.value = context.type ? terms_.set(*context.openSet()) : terms_.set(*context.setExpression());
      let.acknowledged = acknowledged(context.acknowledgement());
      let.broken = !terms_.take_ok();
    }
    out.push_back(std::move(let));
  }

  template <typename List>
  void rule(SteleParser::PolicyRuleContext& context, List& out) {
    auto* name = context.word();
    if (!name || damaged(*name)) return;
    ast::Rule rule{.name = word(*name), .doc = doc_above(context), .constraints = {}, .span = span(context)};
    for (size_t i = 0; i < context.children.size(); ++i) {
      auto* one = dynamic_cast<SteleParser::ConstraintContext*>(context.children[i]);
      const bool goes_on =
          i + 1 < context.children.size() && dynamic_cast<antlr4::tree::ErrorNode*>(context.children[i + 1]);
      if (one && !goes_on) constraint(*one, rule.constraints);
    }
    out.push_back(std::move(rule));
  }

  void seal(SteleParser::SealContext& context, std::vector<ast::Statement>& out) {
    ast::Seal seal{.self = {}, .constraints = {}, .removable = {}, .span = span(context)};
    for (auto* item : context.sealItem()) {
      if (auto* one = item->constraint()) constraint(*one, seal.constraints);
      if (damaged(*item)) continue;
      if (auto* self = item->SELF()) seal.self.push_back(word(*self));
      if (auto* one = item->removable()) removable(*one, seal.removable);
    }
    out.push_back(std::move(seal));
  }

  void removable(SteleParser::RemovableContext& context, std::vector<ast::Removable>& out) {
    terms_.take_ok();
    const auto names = context.NAME();
    const auto conditions = context.condition();
    ast::Removable one{.word = word(*names.front()), .by = {}, .with_word = {}, .with = {}, .span = span(context)};
    if (!conditions.empty()) one.by = terms_.condition(*conditions.front());
    if (conditions.size() == 2) {
      one.with_word = word(*names.back());
      one.with = terms_.condition(*conditions.back());
    }
    if (terms_.take_ok()) out.push_back(std::move(one));
  }

  template <typename List>
  void assertion(SteleParser::AssertionContext& context, List& out) {
    if (damaged(context)) return;
    terms_.take_ok();
    ast::Assertion assertion{
        .quantifier = word(*context.NAME()), .subject = {}, .operation = {}, .acknowledged = {}, .span = span(context)};
    if (auto* first = context.condition()) assertion.subject.push_back(terms_.condition(*first));
    for (auto* one : context.beside()) assertion.subject.push_back(terms_.condition(*one));
    assertion.operation = operation(*context.operation());
    assertion.acknowledged = acknowledged(context.acknowledgement());
    if (terms_.take_ok()) out.push_back(std::move(assertion));
  }

  void template_definition(SteleParser::TemplateDefinitionContext& context, std::vector<ast::Statement>& out) {
    auto* name = context.word();
    auto* parameters = context.words();
    if (!name || !parameters || damaged(*name) || damaged(*parameters)) return;
    ast::Template definition{.name = word(*name),
                             .doc = doc_above(context),
                             .parameters = words(parameters),
                             .rules = {},
                             .assertions = {},
                             .span = span(context)};
    for (auto* one : context.policyRule()) rule(*one, definition.rules);
    for (auto* one : context.assertion()) assertion(*one, definition.assertions);
    out.push_back(std::move(definition));
  }

  void template_use(SteleParser::TemplateUseContext& context, std::vector<ast::Statement>& out) {
    terms_.take_ok();
    ast::Use use{.name = word(*context.word(0)),
                 .arguments = {},
                 .prefix = word(*context.word(1)),
                 .acknowledged = acknowledged(context.acknowledgement()),
                 .span = span(context)};
    for (auto* one : context.setExpression()) use.arguments.push_back(terms_.set(*one));
    if (terms_.take_ok()) out.push_back(std::move(use));
  }

  TermBuilder terms_;
  const std::map<uint32_t, std::string>& docs_;
};

}  // namespace

std::vector<ast::Statement> build(SteleParser::FileContext& file, const std::shared_ptr<const diag::SourceFile>& source,
                                  const std::map<uint32_t, std::string>& docs, diag::Sink& sink) {
  return Builder(source, docs, sink).file(file);
}

}  // namespace stele::parse
