#include "dsl/sema/print.h"

#include <fmt/format.h>

#include <string_view>

#include "dsl/sema/pattern.h"
#include "dsl/sema/words.h"

namespace stele {

namespace {

std::string braces(const std::vector<std::string>& items) {
  if (items.empty()) return "{ }";
  std::string out = "{ ";
  for (size_t i = 0; i < items.size(); ++i) out.append(i > 0 ? ", " : "").append(items[i]);
  return out + " }";
}

std::string patterns_text(const PathSet& set) {
  std::vector<std::string> items;
  for (const PathPattern& pattern : set.patterns) items.push_back(fmt::format("\"{}\"", pattern_text(pattern)));
  return braces(items);
}

std::string ids_text(const NumberSet& ids) {
  std::vector<std::string> items;
  for (const NumberRange& range : ids)
    items.push_back(range.first == range.last ? fmt::format("{}", range.first)
                                              : fmt::format("{}..{}", range.first, range.last));
  return braces(items);
}

std::string joined(const Policy& policy, const Condition& condition, std::string_view word) {
  std::string out;
  for (const Condition& operand : condition.operands) {
    const bool nested = operand.kind == Condition::Kind::all_of || operand.kind == Condition::Kind::any_of;
    const std::string text = condition_text(policy, operand);
    out += fmt::format("{}{}", out.empty() ? "" : fmt::format(" {} ", word), nested ? fmt::format("({})", text) : text);
  }
  return out;
}

/// "file { read, write }", "exec", joined by " + " where a derived constraint mixes classes.
std::string operations_text(OpSet ops) {
  std::vector<std::string> file;
  std::string others;
  for (uint32_t i = 0; i < kOpCount; ++i) {
    const Op op = static_cast<Op>(i);
    if (!(ops & op_bit(op))) continue;
    if (find_operation("file", op_name(op))) {
      file.emplace_back(op_name(op));
    } else {
      others.append(others.empty() ? "" : " + ").append(op_text(op));
    }
  }
  if (file.empty()) return others;
  return fmt::format("file {}{}{}", braces(file), others.empty() ? "" : " + ", others);
}

}  // namespace

std::string kernel_version_text(uint32_t version) {
  return fmt::format("{}.{}", version >> 16, version >> 8 & 0xff);
}

std::string path_set_text(const PathSet& set) {
  return set.name.empty() ? patterns_text(set) : set.name;
}

std::string condition_text(const Policy& policy, const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::all_of:
      return joined(policy, condition, "and");
    case Condition::Kind::any_of:
      return joined(policy, condition, "or");
    case Condition::Kind::negation: {
      const Condition& inner = condition.operands.front();
      const bool nested = inner.kind == Condition::Kind::all_of || inner.kind == Condition::Kind::any_of;
      const std::string text = condition_text(policy, inner);
      return nested ? fmt::format("not ({})", text) : fmt::format("not {}", text);
    }
    case Condition::Kind::number_in:
      return fmt::format("{} in {}", field_text(condition.field), ids_text(condition.numbers));
    case Condition::Kind::name_in:
      return fmt::format("{} in {}", field_text(condition.field), path_set_text(policy.path_sets[condition.names]));
    case Condition::Kind::bits:
      return fmt::format("{} & {:#x} == {:#x}", field_text(condition.field), condition.mask, condition.value);
  }
  return {};
}

std::string constraint_text(const Policy& policy, const Constraint& c) {
  const bool only = c.form == Form::only_listed;
  std::string out = fmt::format("{} {} on {}", only ? "only" : effect_text(c.effect), operations_text(c.ops),
                                path_set_text(policy.path_sets[c.objects]));
  if (c.reach == Reach::listed_or_above) out += " and above";
  if (const std::string subject = condition_text(policy, c.subject); !subject.empty()) out += " for " + subject;
  if (const std::string exception = condition_text(policy, c.exception); !exception.empty())
    out += " unless " + exception;
  if (only && c.effect != Effect::deny) out += fmt::format(" else {}", effect_text(c.effect));
  if (c.error != 1) out += fmt::format(" errno {}", errno_name(c.error));
  if (c.log == LogLevel::alert) out += " log alert";
  if (c.log == LogLevel::none) out += " log none";
  return out;
}

std::string policy_text(const Policy& policy) {
  std::string out =
      fmt::format("policy {} {} linux {}", policy.name, policy.version, kernel_version_text(policy.target.min_version));
  out += policy.target.max_version == Target{}.max_version
             ? "..\n"
             : fmt::format("..{}\n", kernel_version_text(policy.target.max_version));
  for (const PathSet& set : policy.path_sets)
    if (!set.name.empty()) out += fmt::format("set {} = {}\n", set.name, patterns_text(set));
  for (const Rule& rule : policy.rules) {
    out += fmt::format("rule {}\n", rule.name);
    for (size_t i = 0; i < policy.constraints.size(); ++i) {
      const Constraint& c = policy.constraints[i];
      if (&policy.rules[c.rule] != &rule) continue;
      out += fmt::format("  {}: {}", i, constraint_text(policy, c));
      out += c.origin.derived ? fmt::format(" [{} of {}]\n", c.origin.part, c.origin.of) : "\n";
    }
  }
  return out;
}

}  // namespace stele
