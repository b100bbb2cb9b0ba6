#include "dsl/sema/templates.h"

#include <fmt/format.h>

#include <set>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/diag/suggest.h"

namespace stele::sema {

void Templates::define(const ast::Template& definition, bool in_root) {
  const auto [it, fresh] = entries_.try_emplace(definition.name.text);
  if (!fresh) {
    report_.fail(diag::code::duplicate_template, definition.name.span,
                 fmt::format("a second template `{}`", definition.name.text), "give it another name",
                 {it->second.definition->name.span, "the first one"});
    return;
  }
  it->second.definition = &definition;
  it->second.in_root = in_root;
  for (const ast::Word& parameter : definition.parameters)
    if (!it->second.parameters_used.emplace(parameter.text, false).second)
      report_.fail(diag::code::duplicate_parameter, parameter.span,
                   fmt::format("a second parameter `{}`", parameter.text), "give it another name");
}

bool Templates::bind(const ast::Use& use, Instance& out) {
  const auto it = entries_.find(use.name.text);
  if (it == entries_.end()) {
    if (!names_complete_) return false;
    std::vector<std::string> known;
    for (const auto& [name, entry] : entries_) known.push_back(name);
    std::string hint = diag::did_you_mean(use.name.text, known);
    if (hint.empty()) hint = fmt::format("define it with `template {}(…) {{ … }}`", use.name.text);
    report_.fail(diag::code::unknown_template, use.name.span, fmt::format("unknown template `{}`", use.name.text),
                 std::move(hint));
    return false;
  }
  it->second.used = true;
  const ast::Template& definition = *it->second.definition;
  if (definition.parameters.size() != use.arguments.size()) {
    report_.fail(diag::code::wrong_argument_count, use.span,
                 fmt::format("`{}` has {} parameters and is given {}", use.name.text, definition.parameters.size(),
                             use.arguments.size()),
                 "give one set for each parameter", {definition.name.span, "defined here"});
    return false;
  }
  out.body = &definition;
  for (size_t i = 0; i < definition.parameters.size(); ++i)
    out.parameters[definition.parameters[i].text] = {&use.arguments[i], false};
  return true;
}

void Templates::note_used(const Instance& instance) {
  Entry& entry = entries_.at(instance.body->name.text);
  for (const auto& [name, parameter] : instance.parameters)
    if (parameter.used) entry.parameters_used[name] = true;
}

void Templates::check_unused() {
  if (report_.has_errors()) return;
  for (const auto& [name, entry] : entries_) {
    if (!entry.used && entry.in_root)
      report_.fail(diag::code::unused_template, entry.definition->name.span,
                   fmt::format("template `{}` is not used", name), "use it, or take it out");
    if (!entry.used) continue;
    for (const ast::Word& parameter : entry.definition->parameters)
      if (!entry.parameters_used.at(parameter.text))
        report_.fail(diag::code::unused_parameter, parameter.span,
                     fmt::format("parameter `{}` is not used", parameter.text), "take it out");
  }
}

}  // namespace stele::sema
