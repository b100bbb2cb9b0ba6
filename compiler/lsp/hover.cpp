#include "compiler/lsp/hover.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "compiler/lsp/completion.h"
#include "compiler/lsp/constraint_hover.h"
#include "compiler/lsp/language.h"

namespace stele::lsp {
namespace {

constexpr size_t kMaxShown = 2000;  // bytes of one definition
constexpr size_t kMaxSets = 20;     // that a set is made of

std::string code_block(std::string_view text) {
  return fmt::format("```stele\n{}{}\n```\n", text.substr(0, kMaxShown), text.size() > kMaxShown ? " …" : "");
}

/// Names in an expression, in order.
void names_in(const ast::SetExpression& expression, std::vector<std::string>& out) {
  for (const ast::SetExpression& operand : expression.operands) names_in(operand, out);
  for (const ast::Item& item : expression.items)
    if (item.kind == ast::Item::Kind::name) out.push_back(item.text.bytes);
}

/// The set's definition, then those of the sets that it is made of.
std::string set_text(const Symbols& symbols, const std::string& name) {
  std::string out;
  std::set<std::string> seen;
  std::vector<std::string> waiting = {name};
  for (size_t i = 0; i < waiting.size() && seen.size() < kMaxSets; ++i) {
    const auto found = symbols.sets.find(waiting[i]);
    if (found == symbols.sets.end() || !seen.insert(waiting[i]).second) continue;
    out += code_block(text_of(found->second->span));
    names_in(found->second->value, waiting);
  }
  return out;
}

std::string template_text(const Symbols& symbols, const std::string& name) {
  const auto found = symbols.templates.find(name);
  if (found == symbols.templates.end()) return {};
  std::vector<std::string> parameters;
  for (const ast::Word& parameter : found->second->parameters) parameters.push_back(parameter.text);
  std::string out = code_block(fmt::format("template {}({})", name, fmt::join(parameters, ", ")));
  if (!found->second->doc.empty()) out += found->second->doc + "\n";
  for (const ast::Rule& rule : found->second->rules) out += fmt::format("- rule `{}`\n", rule.name.text);
  return out;
}

std::string rule_text(const View& view, const Occurrence& occurrence) {
  for (const ast::Rule* rule : view.symbols.rules) {
    if (rule->name.span.file != occurrence.span.file || rule->name.span.begin != occurrence.span.begin) continue;
    std::string out = fmt::format("**rule `{}`**\n\n", rule->name.text);
    if (!rule->doc.empty()) out += rule->doc + "\n\n";
    for (const ast::Constraint& one : rule->constraints) out += constraint_line(view.policy, one.span);
    return out;
  }
  return {};
}

std::string prefix_text(const View& view, const Occurrence& occurrence) {
  for (const ast::Use* use : view.symbols.uses) {
    const auto found = view.symbols.templates.find(use->name.text);
    if (use->prefix.span.begin != occurrence.span.begin || found == view.symbols.templates.end()) continue;
    std::string out = fmt::format("rules of template `{}`:\n\n", use->name.text);
    for (const ast::Rule& rule : found->second->rules)
      out += fmt::format("- rule `{}_{}`\n", use->prefix.text, rule.name.text);
    return out;
  }
  return {};
}

std::string symbol_text(const View& view, const Occurrence& occurrence) {
  switch (occurrence.kind) {
    case SymbolKind::set:
      return set_text(view.symbols, occurrence.name);
    case SymbolKind::rule:
      return rule_text(view, occurrence);
    case SymbolKind::template_name:
      return template_text(view.symbols, occurrence.name);
    case SymbolKind::parameter:
      return fmt::format("parameter `{}` of template `{}`", occurrence.name, occurrence.scope->name.text);
    case SymbolKind::prefix:
      return prefix_text(view, occurrence);
  }
  return {};
}

std::string group_text(const std::string& name) {
  const std::optional<std::vector<uint32_t>> calls = words::syscall_group(name);
  if (!calls) return {};
  std::vector<std::string_view> names;
  for (const uint32_t call : *calls) names.push_back(words::word_of(words::WordTable::syscall, call));
  std::sort(names.begin(), names.end());
  return fmt::format("**`{}`**: systemd's group of {} system calls\n\n{}", name, calls->size(), fmt::join(names, ", "));
}

std::string groups_with(std::string_view call) {
  const std::optional<uint64_t> number = words::find_word(words::WordTable::syscall, call);
  std::vector<std::string> with;
  for (const std::string& group : words::syscall_groups()) {
    const std::vector<uint32_t> calls = *words::syscall_group(group);
    if (number && std::find(calls.begin(), calls.end(), *number) != calls.end())
      with.push_back(fmt::format("`{}`", group));
  }
  return with.empty() ? "" : fmt::format("\n\nin {}", fmt::join(with, ", "));
}

/// What the word is at its place; where the place does not tell, everything that it can be.
std::string word_text(const View& view, const diag::Span& span) {
  const std::string word(text_of(span));
  const CompletionPlace place = completion_place(*view.file.source, view.lexemes, span.begin);
  for (const Completion& one : completions(place, view.symbols)) {
    if (one.label != word) continue;
    const bool call = place.expect == Expect::member && place.type == sema::SetType::syscall;
    return fmt::format("**`{}`**: {}{}", word, one.detail, call ? groups_with(word) : "");
  }
  const std::vector<std::string> all = meanings(word);
  return all.empty() ? "" : fmt::format("**`{}`**\n\n- {}", word, fmt::join(all, "\n- "));
}

/// `parent.exe` is one word for the author.
diag::Span dotted(const std::vector<parse::Lexeme>& lexemes, const parse::Lexeme& word) {
  diag::Span span = word.span;
  const auto at = static_cast<size_t>(&word - lexemes.data());
  const auto is_dot = [&](size_t i) { return i < lexemes.size() && text_of(lexemes[i].span) == "."; };
  if (at >= 2 && is_dot(at - 1)) span.begin = lexemes[at - 2].span.begin;
  if (is_dot(at + 1) && at + 2 < lexemes.size()) span.end = lexemes[at + 2].span.end;
  return span;
}

bool is_effect(std::string_view word) {
  return word == "deny" || word == "audit" || word == "kill" || word == "only";
}

}  // namespace

std::string_view text_of(const diag::Span& span) {
  return std::string_view(span.file->text).substr(span.begin, span.end - span.begin);
}

const parse::Lexeme* lexeme_at(const std::vector<parse::Lexeme>& lexemes, size_t offset) {
  const auto next = std::upper_bound(lexemes.begin(), lexemes.end(), offset,
                                     [](size_t at, const parse::Lexeme& one) { return at < one.span.begin; });
  if (next == lexemes.begin()) return nullptr;
  const parse::Lexeme& last = *std::prev(next);
  if (offset < last.span.end) {
    const bool sign = last.kind == parse::Lexeme::Kind::sign && offset == last.span.begin;
    const bool before = sign && next - lexemes.begin() > 1 && std::prev(next, 2)->span.end == offset;
    return before ? &*std::prev(next, 2) : &last;
  }
  return offset == last.span.end ? &last : nullptr;
}

std::optional<Hover> hover(const View& view, size_t offset) {
  const parse::Lexeme* lexeme = lexeme_at(view.lexemes, offset);
  if (!lexeme) return std::nullopt;
  const std::string_view word = text_of(lexeme->span);
  Hover out{{}, lexeme->span};
  if (const Occurrence* symbol = symbol_at(view.symbols, view.file, offset))
    out = {symbol_text(view, *symbol), symbol->span};
  else if (lexeme->kind == parse::Lexeme::Kind::reserved && is_effect(word))
    out.markdown = constraint_text_at(view.policy, lexeme->span);
  if (lexeme->kind == parse::Lexeme::Kind::group) out.markdown = group_text(std::string(word));
  const bool is_word = lexeme->kind == parse::Lexeme::Kind::name || lexeme->kind == parse::Lexeme::Kind::reserved;
  if (out.markdown.empty() && is_word) {
    out.span = dotted(view.lexemes, *lexeme);
    out.markdown = word_text(view, out.span);
  }
  if (out.markdown.empty()) return std::nullopt;
  return out;
}

}  // namespace stele::lsp
