// The language's one idea, as it is written: every constraint is asked, the strongest that applies decides.
// An unknown (a name that cannot be resolved) is taken the way that makes the constraint apply.

#include "compiler/evaluate/evaluate.h"

#include <fmt/format.h>

#include <tuple>

#include "compiler/evaluate/path_match.h"
#include "compiler/evaluate/reason.h"

namespace stele {
namespace {

/// An answer to "are the objects of this constraint met?".
Application object_applies(const Policy& policy, const Constraint& constraint, const Request& request) {
  const PathSetId id = constraint.objects;
  const PathSet& set = policy.path_sets[id];
  const bool only = constraint.form == Form::only_listed;
  if (!request.path) {
    if (only) return {true, "memory without a file is not in " + set_text(set)};
    return {false, "memory without a file is in no set"};
  }
  const std::string& path = *request.path;
  const auto name = resolve_name(path);
  if (!name) return {true, "the object's name cannot be resolved"};
  if (matches(policy, id, path)) return {!only, fmt::format("{} is in {}", path, set_text(set))};
  if (constraint.reach == Reach::listed_or_above && !name->empty() && is_above(policy, id, path))
    return {!only, fmt::format("{} is a directory above {}", path, set_text(set))};
  return {only, fmt::format("{} is not in {}", path, set_text(set))};
}

bool contains_op(OpSet ops, Op op) {
  return (ops & op_bit(op)) != 0;
}

bool is_always(const Condition& condition) {
  return condition.kind == Condition::Kind::all_of && condition.operands.empty();
}

Verdict verdict_of(Effect effect) {
  switch (effect) {
    case Effect::audit:
      return Verdict::audit;
    case Effect::deny:
      return Verdict::deny;
    case Effect::kill:
      break;
  }
  return Verdict::kill;
}

Decision decision_by(const Constraint& constraint, uint32_t index, size_t request) {
  Decision decision;
  decision.verdict = verdict_of(constraint.effect);
  decision.error = constraint.effect == Effect::audit ? 0 : constraint.error;
  decision.constraint = index;
  decision.request = request;
  decision.event = constraint.log != LogLevel::none;
  return decision;
}

/// Strongest first, then the smaller errno, then the earlier constraint: so order in the policy does not matter to
/// the caller.
bool decides_before(const Decision& a, const Decision& b) {
  if (a.verdict != b.verdict) return a.verdict > b.verdict;
  return std::tie(a.error, a.constraint, a.request) < std::tie(b.error, b.constraint, b.request);
}

}  // namespace

Application apply(const Policy& policy, const Constraint& constraint, const Subject& subject, const Request& request) {
  if (!contains_op(constraint.ops, request.op)) return {false, "it does not speak of `" + op_text(request.op) + "`"};
  const Application object = object_applies(policy, constraint, request);
  if (!object.applies) return object;
  if (truth_of(policy, constraint.subject, subject) == Truth::no)
    return {false, "its `for` does not hold: " + truth_reason(policy, constraint.subject, subject)};
  if (truth_of(policy, constraint.exception, subject) == Truth::yes)
    return {false, "its `unless` holds: " + truth_reason(policy, constraint.exception, subject)};
  if (is_always(constraint.subject)) return object;
  return {true, object.reason + ", and " + truth_reason(policy, constraint.subject, subject)};
}

Decision evaluate(const Policy& policy, const Subject& subject, const std::vector<Request>& requests) {
  Decision strongest;
  for (size_t request = 0; request < requests.size(); ++request) {
    for (uint32_t index = 0; index < policy.constraints.size(); ++index) {
      const Constraint& constraint = policy.constraints[index];
      if (!apply(policy, constraint, subject, requests[request]).applies) continue;
      const Decision decision = decision_by(constraint, index, request);
      if (decides_before(decision, strongest)) strongest = decision;
    }
  }
  return strongest;
}

std::string verdict_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::allow:
      return "allow";
    case Verdict::audit:
      return "audit";
    case Verdict::deny:
      return "deny";
    case Verdict::kill:
      break;
  }
  return "kill";
}

}  // namespace stele
