#include "compiler/lsp/rename.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>

#include "compiler/lsp/language.h"
#include "dsl/parse/lex.h"

namespace stele::lsp {
namespace {

bool is_name(const std::string& text) {
  const auto source = std::make_shared<const diag::SourceFile>(diag::SourceFile{"", text});
  const std::vector<parse::Lexeme> lexemes = parse::lex(source);
  return lexemes.size() == 1 && lexemes[0].kind == parse::Lexeme::Kind::name && lexemes[0].span.begin == 0 &&
         lexemes[0].span.end == text.size();
}

bool is_letter_of_names(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/// Names that all rules have in the end, those that templates make too, with `from` called `to`.
std::multiset<std::string> rule_names(const Symbols& symbols, const Occurrence& from, const std::string& to) {
  const auto renamed = [&](SymbolKind kind, const std::string& name, const ast::Template* scope) {
    return kind == from.kind && name == from.name && scope == from.scope ? to : name;
  };
  std::multiset<std::string> names;
  std::set<const ast::Rule*> templated;
  for (const auto& [name, one] : symbols.templates)
    for (const ast::Rule& rule : one->rules) templated.insert(&rule);
  for (const ast::Rule* rule : symbols.rules)
    if (!templated.contains(rule)) names.insert(renamed(SymbolKind::rule, rule->name.text, nullptr));
  for (const ast::Use* use : symbols.uses) {
    const auto found = symbols.templates.find(use->name.text);
    if (found == symbols.templates.end()) continue;
    const std::string prefix = renamed(SymbolKind::prefix, use->prefix.text, nullptr);
    for (const ast::Rule& rule : found->second->rules)
      names.insert(fmt::format("{}_{}", prefix, renamed(SymbolKind::rule, rule.name.text, found->second)));
  }
  return names;
}

bool have_twins(const std::multiset<std::string>& names) {
  return std::adjacent_find(names.begin(), names.end()) != names.end();
}

/// Rules of one template must differ even where nothing uses it.
bool has_rule(const ast::Template* scope, const std::string& name) {
  return scope && std::any_of(scope->rules.begin(), scope->rules.end(),
                              [&](const ast::Rule& rule) { return rule.name.text == name; });
}

bool has_parameter(const ast::Template& one, const std::string& name) {
  return std::any_of(one.parameters.begin(), one.parameters.end(),
                     [&](const ast::Word& parameter) { return parameter.text == name; });
}

std::string set_refusal(const Symbols& symbols, const Occurrence& occurrence, const std::string& name) {
  if (symbols.sets.contains(name)) return fmt::format("there is a set `{}`", name);
  for (const auto& [known, one] : symbols.templates) {
    const bool concerned = occurrence.kind == SymbolKind::set || occurrence.scope == one;
    if (concerned && has_parameter(*one, name)) return fmt::format("template `{}` has a parameter `{}`", known, name);
  }
  // A set of such a name could be mistaken for the word wherever both may stand.
  const std::vector<std::string> known = meanings(name);
  return known.empty() ? "" : fmt::format("`{}` is a word of the language: {}", name, known.front());
}

}  // namespace

std::string rename_refusal(const Symbols& symbols, const Occurrence& occurrence, const std::string& name) {
  if (!is_name(name)) return fmt::format("`{}` is not a name: letters, digits and `_`, and no reserved word", name);
  if (name == occurrence.name) return {};
  switch (occurrence.kind) {
    case SymbolKind::set:
    case SymbolKind::parameter:
      return set_refusal(symbols, occurrence, name);
    case SymbolKind::template_name:
      return symbols.templates.contains(name) ? fmt::format("there is a template `{}`", name) : "";
    case SymbolKind::rule:
    case SymbolKind::prefix:
      if (has_rule(occurrence.scope, name) || have_twins(rule_names(symbols, occurrence, name)))
        return "two rules would have one name";
      return {};
  }
  return {};
}

std::vector<diag::Span> occurrences_of(const Symbols& symbols, const Occurrence& occurrence) {
  std::vector<diag::Span> spans;
  for (const Occurrence& one : symbols.occurrences)
    if (same_symbol(one, occurrence)) spans.push_back(one.span);
  return spans;
}

bool mentions(const std::string& text, const std::string& word) {
  for (size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const size_t end = at + word.size();
    if ((at == 0 || !is_letter_of_names(text[at - 1])) && (end == text.size() || !is_letter_of_names(text[end])))
      return true;
  }
  return false;
}

}  // namespace stele::lsp
