#include "compiler/guarantee/enforceable.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "dsl/diag/codes.h"

namespace stele::guarantee {
namespace {

constexpr const char* kHint = "leave it out to build; `check`, `explain`, `diff` and `test` without a kernel know it";

bool is_trivial(const Condition& condition) {
  return condition.kind == Condition::Kind::all_of && condition.operands.empty();
}

bool has_programs(Field field) {
  return field == Field::uid || field == Field::euid || field == Field::gid || field == Field::egid ||
         field == Field::exe || field == Field::by_kernel || field == Field::owned;
}

bool is_set_test(const Condition& condition) {
  return condition.kind == Condition::Kind::number_in || condition.kind == Condition::Kind::name_in ||
         condition.kind == Condition::Kind::bits;
}

/// Does it ask for what the closure asks of a name, and nothing else?
bool is_of_names(const Condition& object) {
  if (is_set_test(object)) return object.field == Field::kind || object.field == Field::new_name;
  return std::all_of(object.operands.begin(), object.operands.end(), is_of_names);
}

/// What stands in the way of one constraint, in words, each once.
class Obstacles {
public:
  explicit Obstacles(const Policy& policy) : policy_(policy) {}

  void of(const Constraint& constraint) {
    for (const OperationInfo& one : kOperations)
      if (constraint.ops & op_bit(one.op) && !has_programs(one.op)) add("`{}`", op_text(one.op));
    if (!found_.empty()) return;  // the objects and arguments of such operations need no words of their own
    if (!is_of_names(constraint.object) || !is_trivial(constraint.scope)) add("objects other than paths");
    if (constraint.objects != kAnyPath)
      of_set(constraint.objects);
    else if (constraint.ops & ~ops_on(ObjectShape::nothing))
      add("operations without objects");
    if (constraint.limit.events) add("`log limit`");
    of_condition(constraint.subject);
    of_condition(constraint.exception);
  }

  const std::vector<std::string>& found() const { return found_; }

private:
  template <typename... Arguments>
  void add(fmt::format_string<Arguments...> text, Arguments&&... arguments) {
    std::string words = fmt::format(text, std::forward<Arguments>(arguments)...);
    if (std::find(found_.begin(), found_.end(), words) == found_.end()) found_.push_back(std::move(words));
  }

  void of_condition(const Condition& condition) {
    if (is_set_test(condition) && !has_programs(condition.field))
      add("the condition `{}`", field_text(condition.field));
    else if (condition.kind == Condition::Kind::name_in)
      of_set(condition.names);
    for (const Condition& operand : condition.operands) of_condition(operand);
  }

  void of_set(PathSetId id) {
    const PathSet& set = policy_.path_sets[id];
    if (set.kind != PathSet::Kind::listed) {
      of_set(set.left);
      of_set(set.right);
    }
    for (const PathPattern& pattern : set.patterns)
      for (const Component& component : pattern)
        if (component.kind == Component::Kind::glob) add("the pattern `{}` within a component", component.text);
  }

  const Policy& policy_;
  std::vector<std::string> found_;
};

void refuse(const diag::Span& span, const std::vector<std::string>& what, diag::Sink& sink) {
  if (what.empty()) return;
  sink.report(diag::diagnostic(
      diag::code::not_yet_enforced, span,
      fmt::format("not yet on this target: no programs in kernels for {}", fmt::join(what, ", ")), kHint));
}

}  // namespace

bool is_enforceable(const Policy& policy, const Constraint& constraint) {
  Obstacles obstacles(policy);
  obstacles.of(constraint);
  return obstacles.found().empty();
}

void check_enforceable(const Policy& policy, diag::Sink& sink) {
  if (!policy.target.build_id.empty())
    refuse(policy.rules.empty() ? diag::Span{} : policy.rules.front().span, {"`target … exact`"}, sink);
  for (const Requirement& requirement : policy.requirements) refuse(requirement.span, {"`require`"}, sink);
  if (policy.seal.given) refuse(policy.seal.span, {"`seal`"}, sink);
  for (const Constraint& constraint : policy.constraints) {
    if (constraint.origin.derived) continue;
    Obstacles obstacles(policy);
    obstacles.of(constraint);
    refuse(constraint.span, obstacles.found(), sink);
  }
}

}  // namespace stele::guarantee
