#include "tests/fuzz/invariants.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "dsl/diag/codes.h"
#include "dsl/diag/render.h"
#include "tests/fuzz/fuzz.h"

namespace stele::fuzz {
namespace {

void check_span(const diag::Span& span) {
  if (!span.file) return;
  require(span.begin <= span.end && span.end <= span.file->text.size(), "a place lies within its file");
}

void check_numbers(Field field, const NumberSet& numbers) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    require(numbers[i].first <= numbers[i].last && numbers[i].last <= max_of(field), "a range is one of its field");
    require(i == 0 || (numbers[i - 1].last < numbers[i].first && numbers[i].first - numbers[i - 1].last > 1),
            "ranges are sorted and apart");
  }
}

void check_condition(const Policy& policy, const Condition& condition) {
  switch (condition.kind) {
    case Condition::Kind::number_in:
      require(kind_of(condition.field) == FieldKind::number, "numbers are asked of a field of numbers");
      return check_numbers(condition.field, condition.numbers);
    case Condition::Kind::name_in:
      require(kind_of(condition.field) == FieldKind::name, "names are asked of a field of names");
      return require(condition.names < policy.path_sets.size(), "a set of names exists");
    case Condition::Kind::bits:
      return require((condition.value & ~condition.mask) == 0, "a value lies within its mask");
    case Condition::Kind::negation:
      require(condition.operands.size() == 1, "a negation has one operand");
      [[fallthrough]];
    default:
      for (const Condition& operand : condition.operands) check_condition(policy, operand);
  }
}

void check_component(const Component& component) {
  const bool named = component.kind == Component::Kind::literal || component.kind == Component::Kind::glob;
  require(named != component.text.empty(), "a component has a text when it needs one");
  if (component.kind == Component::Kind::literal)
    require(component.text.size() <= kMaxComponentBytes && component.text.find('/') == std::string::npos &&
                component.text.find('\0') == std::string::npos,
            "a literal is a name that a file can have");
  for (const GlobElement& element : component.glob)
    require(element.star != element.bytes.any() && !element.bytes['/'] && !element.bytes[0], "a glob can match");
}

void check_set(const Policy& policy, size_t index) {
  const PathSet& set = policy.path_sets[index];
  check_span(set.span);
  if (set.kind == PathSet::Kind::listed) {
    for (const PathPattern& pattern : set.patterns)
      for (const Component& component : pattern) check_component(component);
    for (size_t i = 1; i < set.patterns.size(); ++i)
      require(set.patterns[i - 1] != set.patterns[i], "patterns are without duplicates");
  } else {
    require(set.left < index && set.right < index, "a joined set stands behind its parts");
  }
}

void check_objects(const Policy& policy, PathSetId objects) {
  require(objects == kAnyPath || objects < policy.path_sets.size(), "a set of objects exists");
}

void check_constraint(const Policy& policy, const Constraint& constraint) {
  require(constraint.rule < policy.rules.size(), "a constraint has a rule");
  require(constraint.ops != 0 && constraint.ops >> kOpCount == 0, "a constraint has operations");
  require(constraint.error > 0, "an errno is positive");
  require(!constraint.origin.derived || constraint.origin.of < policy.constraints.size(), "an origin exists");
  check_objects(policy, constraint.objects);
  check_span(constraint.span);
  for (const Condition* part : {&constraint.object, &constraint.scope, &constraint.subject, &constraint.exception})
    check_condition(policy, *part);
}

}  // namespace

bool is_json(const std::string& text) {
  return nlohmann::json::accept(text);
}

void check_diagnostics(const diag::Sink& sink) {
  for (const diag::Diagnostic& diagnostic : sink.all()) {
    check_span(diagnostic.span);
    require(!diagnostic.message.empty(), "a diagnostic has a message");
    for (const diag::Label& label : diagnostic.labels) check_span(label.span);
  }
  require(diag::render_text(sink, diag::Colour::on).empty() == sink.all().empty(), "diagnostics can be read");
  require(is_json(diag::render_json(sink)), "diagnostics are JSON");
}

void check_policy(const Policy& policy) {
  for (size_t i = 0; i < policy.path_sets.size(); ++i) check_set(policy, i);
  for (const Rule& rule : policy.rules) check_span(rule.span);
  for (const Constraint& constraint : policy.constraints) check_constraint(policy, constraint);
  for (const Assertion& assertion : policy.assertions) {
    check_objects(policy, assertion.objects);
    check_condition(policy, assertion.subject);
    check_condition(policy, assertion.object);
  }
  check_condition(policy, policy.seal.removable);
}

}  // namespace stele::fuzz
