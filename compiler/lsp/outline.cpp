#include "compiler/lsp/outline.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace stele::lsp {
namespace {

using Kind = OutlineEntry::Kind;

OutlineEntry entry(std::string name, std::string detail, Kind kind, const diag::Span& span,
                   const diag::Span& name_span) {
  // The protocol wants a name that is not empty, within the whole.
  const bool inside = name_span.file == span.file && name_span.begin >= span.begin && name_span.end <= span.end;
  if (name.empty()) name = "?";
  return {std::move(name), std::move(detail), kind, span, inside ? name_span : span, {}};
}

OutlineEntry entry_of(const ast::Rule& rule) {
  return entry(rule.name.text, "rule", Kind::function, rule.span, rule.name.span);
}
OutlineEntry entry_of(const ast::Header& header) {
  return entry(header.name.text, fmt::format("policy {}", header.version.bytes), Kind::module, header.span,
               header.name.span);
}
OutlineEntry entry_of(const ast::Let& let) {
  return entry(let.name.text, fmt::format("set of type {}", let.type.text), Kind::variable, let.span, let.name.span);
}
OutlineEntry entry_of(const ast::Include& include) {
  return entry(include.path.bytes, "include", Kind::file, include.span, include.path.span);
}
OutlineEntry entry_of(const ast::Target& target) {
  return entry("target", target.system.text, Kind::module, target.span, target.span);
}
OutlineEntry entry_of(const ast::Requirement& requirement) {
  return entry(requirement.subject.text, "require", Kind::module, requirement.span, requirement.subject.span);
}
OutlineEntry entry_of(const ast::Seal& seal) {
  return entry("seal", "", Kind::class_kind, seal.span, seal.span);
}
OutlineEntry entry_of(const ast::Assertion& assertion) {
  return entry(fmt::format("assert {}", assertion.quantifier.text), "", Kind::event, assertion.span,
               assertion.quantifier.span);
}
OutlineEntry entry_of(const ast::Template& one) {
  OutlineEntry out = entry(one.name.text, "template", Kind::class_kind, one.span, one.name.span);
  for (const ast::Rule& rule : one.rules) out.children.push_back(entry_of(rule));
  for (const ast::Assertion& assertion : one.assertions) out.children.push_back(entry_of(assertion));
  std::sort(out.children.begin(), out.children.end(),
            [](const OutlineEntry& a, const OutlineEntry& b) { return a.span.begin < b.span.begin; });
  return out;
}
OutlineEntry entry_of(const ast::Use& use) {
  return entry(use.prefix.text, fmt::format("use of {}", use.name.text), Kind::name_space, use.span, use.prefix.span);
}

}  // namespace

std::vector<OutlineEntry> outline(const ast::File& file) {
  std::vector<OutlineEntry> out;
  for (const ast::Statement& statement : file.statements)
    out.push_back(std::visit([](const auto& one) { return entry_of(one); }, statement));
  return out;
}

}  // namespace stele::lsp
