#include "compiler/lsp/constraint_hover.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <vector>

#include "compiler/guarantee/guarantee.h"
#include "dsl/sema/print.h"

namespace stele::lsp {
namespace {

constexpr size_t kMaxUses = 8;    // of one template that are shown
constexpr size_t kMaxText = 400;  // bytes of a constraint that are shown
constexpr const char* kUnknown = "The guarantee is known when the policy has no errors.\n";

std::string normal(const std::string& path) {
  return std::filesystem::path(path).lexically_normal();
}

bool begins_at(const diag::Span& span, const diag::Span& place) {
  return span.file && span.begin == place.begin && normal(span.file->path) == normal(place.file->path);
}

std::string worth(const guarantee::ConstraintGuarantee& one) {
  return fmt::format("**{}**{}", guarantee::worth_text(one),
                     one.enforced ? "" : " (not yet: this compiler has no programs for it, and `build` refuses it)");
}

/// The hooks of all operations, each once.
std::string hooks_text(const guarantee::ConstraintGuarantee& one) {
  std::vector<std::string> hooks;
  for (const auto& mechanism : one.mechanisms)
    for (const std::string& hook : mechanism.hooks)
      if (std::find(hooks.begin(), hooks.end(), fmt::format("`{}`", hook)) == hooks.end())
        hooks.push_back(fmt::format("`{}`", hook));
  return fmt::format("{}", fmt::join(hooks, ", "));
}

std::string shortened(std::string text) {
  if (text.size() <= kMaxText) return text;
  size_t end = kMaxText;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U) --end;  // not within a character
  return text.substr(0, end) + " …";
}

std::string mechanism_text(const guarantee::ConstraintGuarantee& one) {
  const std::string hooks = hooks_text(one);
  return hooks.empty() ? "" : fmt::format(" by {}", hooks);
}

std::string one_text(const Policy& policy, const std::vector<guarantee::ConstraintGuarantee>& all,
                     const guarantee::ConstraintGuarantee& one) {
  const Constraint& constraint = policy.constraints[one.constraint];
  std::string out = fmt::format("rule `{}`: {}{}\n\n```stele\n{}\n```\n", policy.rules[constraint.rule].name,
                                worth(one), mechanism_text(one), shortened(sema::constraint_text(policy, constraint)));
  std::string closure;
  for (const guarantee::ConstraintGuarantee& other : all) {
    const Constraint& derived = policy.constraints[other.constraint];
    if (derived.origin.derived && derived.origin.of == one.constraint)
      closure += fmt::format("- `{}`: {}{}: `{}`\n", derived.origin.part, worth(other), mechanism_text(other),
                             shortened(sema::constraint_text(policy, derived)));
  }
  if (!closure.empty()) out += fmt::format("\nThe closure adds\n\n{}", closure);
  return out;
}

}  // namespace

std::string constraint_text_at(const Policy* policy, const diag::Span& effect) {
  if (!policy) return kUnknown;
  const std::vector<guarantee::ConstraintGuarantee> all = guarantee::guarantees(*policy);
  std::string out;
  size_t shown = 0;
  for (const guarantee::ConstraintGuarantee& one : all) {
    const Constraint& constraint = policy->constraints[one.constraint];
    if (constraint.origin.derived || !begins_at(constraint.span, effect)) continue;
    if (++shown > kMaxUses) return out + "\n…\n";
    out += fmt::format("{}{}", shown > 1 ? "\n---\n\n" : "", one_text(*policy, all, one));
  }
  return out;
}

std::string constraint_line(const Policy* policy, const diag::Span& constraint) {
  if (!policy) return {};
  for (const guarantee::ConstraintGuarantee& one : guarantee::guarantees(*policy)) {
    const Constraint& found = policy->constraints[one.constraint];
    if (!found.origin.derived && begins_at(found.span, constraint))
      return fmt::format("- {}: `{}`\n", worth(one), shortened(sema::constraint_text(*policy, found)));
  }
  return {};
}

}  // namespace stele::lsp
