// The language's one idea, as it is written: every constraint is asked, the strongest that applies decides.
// An unknown (a name that cannot be resolved) is taken the way that makes the constraint apply.

#include "compiler/evaluate/evaluate.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "compiler/evaluate/reason.h"

namespace stele::evaluate {
namespace {

/// What keeps a constraint from applying; asked in this order.
enum class Obstacle : uint8_t { none, operation, scope, object, subject, exception };

bool is_always(const Condition& condition) {
  return condition.kind == Condition::Kind::all_of && condition.operands.empty();
}

/// Listed: the path is among the objects and `object` holds.
Truth listed_truth(const Policy& policy, const Constraint& constraint, const Subject& subject, const Request& request) {
  return std::min(path_truth(policy, constraint, request), truth_of(policy, constraint.object, subject, request));
}

/// The only place that says what an unknown comes to: nothing that is unknown is an obstacle.
Obstacle obstacle_of(const Policy& policy, const Constraint& constraint, const Subject& subject,
                     const Request& request) {
  const Truth sparing = constraint.form == Form::on_listed ? Truth::no : Truth::yes;
  if (!(constraint.ops & op_bit(request.op))) return Obstacle::operation;
  if (truth_of(policy, constraint.scope, subject, request) == Truth::no) return Obstacle::scope;
  if (listed_truth(policy, constraint, subject, request) == sparing) return Obstacle::object;
  if (truth_of(policy, constraint.subject, subject, request) == Truth::no) return Obstacle::subject;
  if (truth_of(policy, constraint.exception, subject, request) == Truth::yes) return Obstacle::exception;
  return Obstacle::none;
}

/// Why the request's object is (not) listed.
std::string listed_reason(const Policy& policy, const Constraint& constraint, const Subject& subject,
                          const Request& request) {
  const Truth path = path_truth(policy, constraint, request),
              listed = listed_truth(policy, constraint, subject, request);
  const bool path_counts = constraint.objects != kAnyPath && path == listed;
  const bool object_counts = !is_always(constraint.object) && (listed == Truth::yes || !path_counts);
  if (!path_counts && !object_counts) return fmt::format("it speaks of every `{}`", op_text(request.op));
  std::string text = path_counts ? path_reason(policy, constraint, request) : "";
  if (path_counts && object_counts) text += ", and ";
  if (object_counts) text += truth_reason(policy, constraint.object, subject, request);
  return text;
}

std::string obstacle_reason(Obstacle obstacle, const Policy& policy, const Constraint& constraint,
                            const Subject& subject, const Request& request) {
  switch (obstacle) {
    case Obstacle::operation:
      return fmt::format("it does not speak of `{}`", op_text(request.op));
    case Obstacle::scope:
      return "it does not speak of this: " + truth_reason(policy, constraint.scope, subject, request);
    case Obstacle::subject:
      return "its `for` does not hold: " + truth_reason(policy, constraint.subject, subject, request);
    case Obstacle::exception:
      return "its `unless` holds: " + truth_reason(policy, constraint.exception, subject, request);
    case Obstacle::object:
    case Obstacle::none:
      break;
  }
  return listed_reason(policy, constraint, subject, request);
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

bool applies(const Policy& policy, const Constraint& constraint, const Subject& subject, const Request& request) {
  return obstacle_of(policy, constraint, subject, request) == Obstacle::none;
}

bool lists(const Policy& policy, const Constraint& constraint, const Subject& subject, const Request& request) {
  return constraint.form == Form::only_listed &&
         obstacle_of(policy, constraint, subject, request) == Obstacle::object &&
         truth_of(policy, constraint.subject, subject, request) != Truth::no &&
         truth_of(policy, constraint.exception, subject, request) != Truth::yes;
}

Application apply(const Policy& policy, const Constraint& constraint, const Subject& subject, const Request& request) {
  const Obstacle obstacle = obstacle_of(policy, constraint, subject, request);
  Application out{obstacle == Obstacle::none, obstacle_reason(obstacle, policy, constraint, subject, request)};
  if (out.applies && !is_always(constraint.subject))
    out.reason += ", and " + truth_reason(policy, constraint.subject, subject, request);
  return out;
}

Decision evaluate(const Policy& policy, const Subject& subject, const std::vector<Request>& requests) {
  Decision strongest;
  for (size_t request = 0; request < requests.size(); ++request) {
    for (uint32_t index = 0; index < policy.constraints.size(); ++index) {
      const Constraint& constraint = policy.constraints[index];
      if (!applies(policy, constraint, subject, requests[request])) continue;
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

}  // namespace stele::evaluate
