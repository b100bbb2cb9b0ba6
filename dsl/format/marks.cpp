#include "dsl/format/marks.h"

#include <algorithm>
#include <string_view>

namespace stele::format {

namespace {

class Marker {
public:
  explicit Marker(const std::vector<Token>& tokens) : tokens_(tokens) {}

  Marks run(const ast::File& file) {
    for (const ast::Statement& statement : file.statements) std::visit([&](const auto& s) { mark(s, 0); }, statement);
    return std::move(marks_);
  }

private:
  using Start = Mark::Start;

  // Tokens by where they stand.

  size_t index_at(uint32_t offset) const {
    const auto it = std::lower_bound(tokens_.begin(), tokens_.end(), offset,
                                     [](const Token& token, uint32_t at) { return token.begin < at; });
    return static_cast<size_t>(it - tokens_.begin());
  }
  /// The first token with `text` at or behind `offset`.
  size_t find(uint32_t offset, std::string_view text) const {
    size_t i = index_at(offset);
    while (i + 1 < tokens_.size() && tokens_[i].text != text) ++i;
    return i;
  }
  Mark& at(size_t index) { return marks_[tokens_[index].begin]; }

  void start(const diag::Span& span, Start kind, uint32_t level) {
    Mark& mark = marks_[span.begin];
    mark.start = kind;
    mark.level = level;
  }
  void body(const diag::Span& span) {
    at(find(span.begin, "{")).body_open = true;
    at(index_at(span.end) - 1).body_close = true;
  }
  void parentheses_behind(const ast::Word& word) { at(index_at(word.span.end)).close_paren = true; }

  // Sets, for the arguments of their items.

  void mark(const ast::SetExpression& set) {
    for (const ast::SetExpression& operand : set.operands) mark(operand);
    for (const ast::Item& item : set.items) {
      if (!item.arguments) continue;
      Mark& open = at(index_at(item.span.begin) + 1);
      open.close_paren = open.arguments = true;
    }
  }
  void mark(const ast::Condition& condition) {
    for (const ast::Condition& operand : condition.operands) mark(operand);
    mark(condition.value);
  }
  template <typename T>
  void mark(const std::optional<T>& maybe) {
    if (maybe) mark(*maybe);
  }
  void mark(const ast::Operation& operation) {
    mark(operation.operations);
    for (const ast::Object& object : operation.objects) mark(object.set);
  }

  /// Of a start at `span`, marked before. `acknowledge` is a clause of whatever it stands behind.
  void mark(const std::vector<ast::Acknowledgement>& all, const diag::Span& span) {
    for (const ast::Acknowledgement& one : all) at(index_at(one.span.begin)).clause = true;
    marks_[span.begin].has_clauses = marks_[span.begin].has_clauses || !all.empty();
  }

  // Constraints.

  /// Does the token begin a clause? `log` and `libs` may be names of sets, the others are nothing else.
  bool begins_clause(const Token& token, const ast::Constraint& constraint, size_t libs) const {
    constexpr std::string_view kWords[] = {"for", "unless", "errno", "without", "else"};
    if (!token.is_reserved) return false;
    if (token.text == "log") return constraint.log && token.begin == constraint.log->span.begin;
    if (token.text == "libs") return constraint.libs && token.begin == tokens_[libs].begin;
    return std::find(std::begin(kWords), std::end(kWords), token.text) != std::end(kWords);
  }

  void mark(const ast::Constraint& constraint, uint32_t level) {
    start(constraint.span, Start::item, level);
    marks_[constraint.span.begin].has_clauses = true;
    mark(constraint.acknowledged, constraint.span);
    size_t libs = constraint.libs ? index_at(constraint.libs->span.begin) - 1 : 0;
    while (libs > 0 && tokens_[libs].text != "libs") --libs;
    for (size_t i = index_at(constraint.span.begin); tokens_[i].begin < constraint.span.end; ++i)
      if (begins_clause(tokens_[i], constraint, libs)) at(i).clause = true;
    mark(constraint.operation);
    mark(constraint.subject);
    mark(constraint.exception);
    mark(constraint.libs);
  }

  // Statements.

  void mark(const ast::Header& header, uint32_t level) {
    start(header.span, Start::header, level);
    mark(header.acknowledged, header.span);
  }
  void mark(const ast::Target& target, uint32_t level) { start(target.span, Start::line, level); }
  void mark(const ast::Requirement& requirement, uint32_t level) { start(requirement.span, Start::line, level); }
  void mark(const ast::Include& include, uint32_t level) { start(include.span, Start::line, level); }
  void mark(const ast::Let& let, uint32_t level) {
    start(let.span, Start::line, level);
    mark(let.value);
    mark(let.acknowledged, let.span);
  }
  void mark(const ast::Rule& rule, uint32_t level) {
    start(rule.span, Start::block, level);
    at(find(rule.name.span.end, ":")).rule_colon = true;
    for (const ast::Constraint& constraint : rule.constraints) mark(constraint, level + 1);
  }
  void mark(const ast::Seal& seal, uint32_t level) {
    start(seal.span, Start::block, level);
    body(seal.span);
    for (const ast::Word& word : seal.self) start(word.span, Start::item, level + 1);
    for (const ast::Constraint& constraint : seal.constraints) mark(constraint, level + 1);
    for (const ast::Removable& removable : seal.removable) {
      start(removable.span, Start::item, level + 1);
      mark(removable.by);
      mark(removable.with);
    }
  }
  void mark(const ast::Assertion& assertion, uint32_t level) {
    start(assertion.span, Start::line, level);
    for (const ast::Condition& condition : assertion.subject) mark(condition);
    mark(assertion.operation);
    mark(assertion.acknowledged, assertion.span);
  }
  void mark(const ast::Template& definition, uint32_t level) {
    start(definition.span, Start::block, level);
    body(definition.span);
    parentheses_behind(definition.name);
    for (const ast::Rule& rule : definition.rules) mark(rule, level + 1);
    for (const ast::Assertion& assertion : definition.assertions) mark(assertion, level + 1);
  }
  void mark(const ast::Use& use, uint32_t level) {
    start(use.span, Start::line, level);
    parentheses_behind(use.name);
    for (const ast::SetExpression& argument : use.arguments) mark(argument);
    mark(use.acknowledged, use.span);
  }

  const std::vector<Token>& tokens_;
  Marks marks_;
};

}  // namespace

Marks marks_of(const ast::File& file, const std::vector<Token>& tokens) {
  return Marker(tokens).run(file);
}

}  // namespace stele::format
