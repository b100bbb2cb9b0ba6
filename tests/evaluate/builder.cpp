#include "tests/evaluate/builder.h"

#include <sstream>

namespace stele::testing {

namespace {

/// "x?[ab]*": `?`, a class of single bytes, `*`, literal bytes.
Component glob(const std::string& text) {
  Component component{Component::Kind::glob, text};
  for (size_t i = 0; i < text.size(); ++i) {
    GlobElement element;
    element.star = text[i] == '*';
    if (text[i] == '?') element.bytes.set().reset('/').reset(0);
    if (text[i] == '[')
      while (text[++i] != ']') element.bytes.set(static_cast<unsigned char>(text[i]));
    if (!element.star && element.bytes.none()) element.bytes.set(static_cast<unsigned char>(text[i]));
    component.glob.push_back(element);
  }
  return component;
}

Component component_of(const std::string& part) {
  if (part == "*") return {Component::Kind::any_one};
  if (part == "**") return {Component::Kind::any_depth};
  if (part.find_first_of("*?[") != std::string::npos) return glob(part);
  return {Component::Kind::literal, part};
}

}  // namespace

PathPattern pattern(const std::string& text) {
  PathPattern components;
  std::istringstream parts(text.substr(1));
  for (std::string part; std::getline(parts, part, '/');) components.push_back(component_of(part));
  return components;
}

Condition all(std::vector<Condition> operands) {
  Condition condition;
  condition.kind = Condition::Kind::all_of;
  condition.operands = std::move(operands);
  return condition;
}

Condition any(std::vector<Condition> operands) {
  Condition condition = all(std::move(operands));
  condition.kind = Condition::Kind::any_of;
  return condition;
}

Condition always() {
  return all({});
}

Condition never() {
  return any({});
}

Condition inverse(Condition operand) {
  Condition condition = all({std::move(operand)});
  condition.kind = Condition::Kind::negation;
  return condition;
}

Condition ids(Field field, NumberSet set) {
  Condition condition;
  condition.kind = Condition::Kind::number_in;
  condition.field = field;
  condition.numbers = std::move(set);
  return condition;
}

Condition exe(PathSetId set) {
  return names(Field::exe, set);
}

Condition names(Field field, PathSetId set) {
  Condition condition;
  condition.kind = Condition::Kind::name_in;
  condition.field = field;
  condition.names = set;
  return condition;
}

PathSetId Builder::set(const std::vector<std::string>& patterns, const std::string& name) {
  PathSet set;
  set.name = name;
  for (const std::string& text : patterns) set.patterns.push_back(pattern(text));
  policy_.path_sets.push_back(std::move(set));
  return static_cast<PathSetId>(policy_.path_sets.size() - 1);
}

Condition bits(Field field, uint64_t mask, uint64_t value) {
  Condition condition;
  condition.kind = Condition::Kind::bits;
  condition.field = field;
  condition.mask = mask;
  condition.value = value;
  return condition;
}

PathSetId Builder::join(PathSet::Kind kind, PathSetId left, PathSetId right, const std::string& name) {
  PathSet set;
  set.name = name;
  set.kind = kind;
  set.left = left;
  set.right = right;
  policy_.path_sets.push_back(std::move(set));
  return static_cast<PathSetId>(policy_.path_sets.size() - 1);
}

Constraint& Builder::add(Effect effect, OpSet ops, PathSetId objects) {
  if (policy_.sources.empty()) {
    policy_.name = "built";
    policy_.sources.push_back(
        std::make_shared<diag::SourceFile>(diag::SourceFile{"policy.stele", std::string(100, '\n')}));
  }
  const auto index = static_cast<uint32_t>(policy_.rules.size());
  const diag::Span span{policy_.sources.front(), index, index};
  policy_.rules.push_back({"r" + std::to_string(index), "", span});
  Constraint constraint;
  constraint.effect = effect;
  constraint.ops = ops;
  constraint.objects = objects;
  constraint.subject = always();
  constraint.exception = never();
  constraint.rule = index;
  constraint.span = span;
  policy_.constraints.push_back(std::move(constraint));
  return policy_.constraints.back();
}

}  // namespace stele::testing
