#include "compiler/lower/lower.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>

#include "compiler/catalog/catalog.h"
#include "compiler/lower/enforceable.h"
#include "dsl/diag/codes.h"

namespace stele {
namespace {

std::string place_text(const Span& span) {
  if (!span.file) return "policy";
  std::string name = span.file->path.substr(span.file->path.find_last_of('/') + 1);
  return fmt::format("{}:{}", name, locate(*span.file, span.begin).line);
}

/// What a limit of the whole policy is reported on.
Span policy_span(const Policy& policy) {
  return policy.rules.empty() ? Span{} : policy.rules.front().span;
}

std::vector<RankedConstraint> rank(const Policy& policy) {
  std::vector<RankedConstraint> ranked;
  for (const Constraint& constraint : policy.constraints)
    ranked.push_back({&constraint, policy.rules[constraint.rule].name, place_text(constraint.span)});
  auto strength = [](const RankedConstraint& r) {
    int effect = -static_cast<int>(r.constraint->effect);
    return std::tuple(effect, r.constraint->effect == Effect::audit ? 0 : r.constraint->error);
  };
  std::stable_sort(ranked.begin(), ranked.end(),
                   [&](const auto& a, const auto& b) { return strength(a) < strength(b); });
  return ranked;
}

void collect_exe_sets(const Condition& condition, std::vector<PathSetId>& sets) {
  if (condition.kind == Condition::Kind::name_in && std::find(sets.begin(), sets.end(), condition.names) == sets.end())
    sets.push_back(condition.names);
  for (const Condition& operand : condition.operands) collect_exe_sets(operand, sets);
}

bool contains(const std::vector<PathSetId>& sorted, PathSetId set) {
  return std::binary_search(sorted.begin(), sorted.end(), set);
}

bool lists(const PathClass& path_class, const Constraint& constraint) {
  return contains(path_class.in, constraint.objects) ||
         (constraint.reach == Reach::listed_or_above && contains(path_class.above, constraint.objects));
}

/// Turns "class → ranks" into groups of classes with the same ranks, in order of the first class.
std::vector<Checks> group(const std::map<uint32_t, std::vector<uint32_t>>& ranks_of_class) {
  std::vector<Checks> groups;
  std::map<std::vector<uint32_t>, size_t> known;
  for (const auto& [path_class, ranks] : ranks_of_class) {
    auto [place, is_new] = known.emplace(ranks, groups.size());
    if (is_new) groups.push_back({{}, ranks});
    groups[place->second].classes.push_back(path_class);
  }
  return groups;
}

class HookLowering {
public:
  explicit HookLowering(const Module& module) : module_(module) {}

  HookDecision lower(const HookInfo& info) const {
    HookDecision decision;
    decision.hook = info.hook;
    std::vector<uint32_t> listed, unlisted;
    for (uint32_t rank = 0; rank < module_.ranked.size(); ++rank) {
      const Constraint& constraint = *module_.ranked[rank].constraint;
      if (!(constraint.ops & info.ops)) continue;
      decision.ops |= constraint.ops & info.ops;
      (constraint.form == Form::on_listed ? listed : unlisted).push_back(rank);
    }
    std::map<uint32_t, std::vector<uint32_t>> by_class;
    const auto& classes = module_.automaton.classes;
    for (uint32_t number = kClassUnresolved + 1; number < classes.size(); ++number)
      for (uint32_t rank : listed)
        if (lists(classes[number], *module_.ranked[rank].constraint)) by_class[number].push_back(rank);
    if (!listed.empty()) by_class[kClassUnresolved] = listed;
    decision.listed = group(by_class);

    by_class.clear();
    for (uint32_t number = kClassUnresolved + 1; number < classes.size() && !unlisted.empty(); ++number) {
      std::vector<uint32_t> applying;
      for (uint32_t rank : unlisted)
        if (!lists(classes[number], *module_.ranked[rank].constraint)) applying.push_back(rank);
      if (applying != unlisted) by_class[number] = applying;
    }
    decision.unlisted = group(by_class);
    decision.unlisted_default = unlisted;
    return decision;
  }

private:
  const Module& module_;
};

}  // namespace

std::optional<Module> lower(const Policy& policy, Sink& sink, const LowerLimits& limits) {
  check_enforceable(policy, sink);
  if (sink.has_errors()) return std::nullopt;
  Module module;
  module.policy = &policy;
  module.ranked = rank(policy);
  if (!build_automaton(policy.path_sets, limits.states, module.automaton)) {
    sink.report(diagnostic(code::too_many_states, policy_span(policy),
                           fmt::format("the paths of this policy need more than {} states", limits.states),
                           "write fewer patterns that begin with `**` or `*`"));
    return std::nullopt;
  }
  for (const Constraint& constraint : policy.constraints) {
    collect_exe_sets(constraint.subject, module.exe_sets);
    collect_exe_sets(constraint.exception, module.exe_sets);
  }
  for (const HookInfo& info : hooks()) {
    if (info.since > policy.target.max_version) continue;
    HookDecision decision = HookLowering(module).lower(info);
    if (!decision.ops) continue;
    size_t checks = decision.unlisted_default.size();
    for (const Checks& part : decision.listed) checks += part.ranks.size();
    for (const Checks& part : decision.unlisted) checks += part.ranks.size();
    if (checks > limits.checks_per_hook)
      sink.report(diagnostic(code::too_many_checks, policy_span(policy),
                             fmt::format("hook `{}` would have to try {} constraints, a kernel verifies {} in time",
                                         info.name, checks, limits.checks_per_hook),
                             "put paths that share a subject into one set and one rule"));
    module.hooks.push_back(std::move(decision));
  }
  if (sink.has_errors()) return std::nullopt;
  return module;
}

}  // namespace stele
