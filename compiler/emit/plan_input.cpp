#include "compiler/emit/plan_input.h"

#include <algorithm>
#include <set>

#include "compiler/emit/manifest.h"

namespace stele {
namespace {

/// The literal path that a pattern names, or the directory that it names all of; nothing for other patterns.
std::optional<PlanInput::Protected> protected_path(const PathPattern& pattern) {
  PlanInput::Protected found;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].kind == Component::Kind::literal) {
      found.path += '/' + pattern[i].text;
    } else if (pattern[i].kind == Component::Kind::any_depth && i + 1 == pattern.size()) {
      found.tree = true;
    } else {
      return std::nullopt;
    }
  }
  if (found.path.empty()) found.path = "/";
  return found;
}

/// The listed sets that a set is made of, less those that it only takes away: together they hold all its members.
void add_listed(const Policy& policy, PathSetId id, std::set<PathSetId>& sets) {
  const PathSet& set = policy.path_sets[id];
  if (set.kind == PathSet::Kind::listed) {
    sets.insert(id);
    return;
  }
  add_listed(policy, set.left, sets);
  if (set.kind == PathSet::Kind::unite) add_listed(policy, set.right, sets);
}

/// Objects that nobody may give a further name: those of constraints that deny `link`.
std::vector<PlanInput::Protected> protected_paths(const Policy& policy) {
  std::set<PathSetId> sets;
  for (const Constraint& constraint : policy.constraints)
    if (constraint.form == Form::on_listed && constraint.effect != Effect::audit &&
        (constraint.ops & op_bit(Op::file_link)))
      add_listed(policy, constraint.objects, sets);
  std::vector<PlanInput::Protected> paths;
  std::set<std::pair<std::string, bool>> seen;
  for (PathSetId set : sets)
    for (const PathPattern& pattern : policy.path_sets[set].patterns)
      if (auto path = protected_path(pattern); path && seen.insert({path->path, path->tree}).second)
        paths.push_back(*path);
  return paths;
}

}  // namespace

PlanInput plan_input(const Module& module) {
  const Policy& policy = *module.policy;
  PlanInput input;
  input.policy_name = policy.name;
  input.policy_version = policy.version;
  input.min_kernel = policy.target.min_version;
  input.max_kernel = policy.target.max_version;
  for (const RankedConstraint& ranked : module.ranked) {
    const Constraint& constraint = *ranked.constraint;
    input.constraints.push_back({ranked.rule, ranked.source, constraint.origin.part,
                                 static_cast<uint8_t>(constraint.effect), static_cast<uint8_t>(constraint.log),
                                 static_cast<uint16_t>(constraint.error)});
  }
  for (uint32_t number = 0; number < module.automaton.states.size(); ++number) {
    const Automaton::State& state = module.automaton.states[number];
    input.states.push_back({state.other, state.absorbing});
    for (const auto& [name, to] : state.edges) input.edges.push_back({number, to, name});
  }
  for (uint32_t op = 0; op < kEnforcedOps; ++op) input.ops.push_back(op_text(static_cast<Op>(op)));
  input.protected_paths = protected_paths(policy);
  input.manifest = manifest_json(module);
  return input;
}

}  // namespace stele
