#include "tests/evaluate/second_reading.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <tuple>

namespace stele::testing {
namespace {

bool resolvable(const std::vector<std::string>& parts) {
  return parts.size() <= 64 &&
         std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part.size() <= 255; });
}

bool in_set(const PathSet& set, const std::string& path) {
  return std::any_of(set.patterns.begin(), set.patterns.end(),
                     [&](const PathPattern& pattern) { return slow_match(pattern, parts_of(path)); });
}

/// A directory is above a pattern when some longer name beneath it is in it; as many components as the pattern has
/// are enough, each a literal of the pattern or a name that stands in none.
bool above_pattern(const PathPattern& pattern, std::vector<std::string> parts, size_t more) {
  std::vector<std::string> names = {"\001"};
  for (const Component& component : pattern)
    if (component.kind == Component::Kind::literal) names.push_back(component.text);
  for (const std::string& name : names) {
    parts.push_back(name);
    if (slow_match(pattern, parts) || (more > 1 && above_pattern(pattern, parts, more - 1))) return true;
    parts.pop_back();
  }
  return false;
}

bool above_set(const PathSet& set, const std::string& path) {
  return std::any_of(set.patterns.begin(), set.patterns.end(), [&](const PathPattern& pattern) {
    return above_pattern(pattern, parts_of(path), pattern.size());
  });
}

/// Every answer that a condition can have: {false}, {true}, or both when a name is unknown.
struct Possible {
  bool no = false, yes = false;
};

Possible possible(const Policy& policy, const Condition& condition, const Subject& subject) {
  using Kind = Condition::Kind;
  auto known = [](bool value) { return Possible{!value, value}; };
  if (condition.kind == Kind::negation) {
    const Possible inner = possible(policy, condition.operands.at(0), subject);
    return {inner.yes, inner.no};
  }
  if (condition.kind == Kind::number_in) {
    const std::map<Field, uint32_t> own = {
        {Field::uid, subject.uid}, {Field::euid, subject.euid}, {Field::gid, subject.gid}, {Field::egid, subject.egid}};
    for (NumberRange range : condition.numbers) {
      auto inside = [range](uint32_t id) { return id >= range.first && id <= range.last; };
      if (inside(own.at(condition.field))) return known(true);
      if (condition.field != Field::gid) continue;
      if (std::any_of(subject.groups.begin(), subject.groups.end(), inside)) return known(true);
    }
    return known(false);
  }
  if (condition.kind == Kind::name_in) {
    if (subject.exe.empty()) return known(false);
    if (!resolvable(parts_of(subject.exe))) return {true, true};
    return known(in_set(policy.path_sets[condition.names], subject.exe));
  }
  const bool all = condition.kind == Kind::all_of;
  Possible result = known(all);
  for (const Condition& operand : condition.operands) {
    const Possible one = possible(policy, operand, subject);
    result = all ? Possible{result.no || one.no, result.yes && one.yes}
                 : Possible{result.no && one.no, result.yes || one.yes};
  }
  return result;
}

bool object_met(const Policy& policy, const Constraint& constraint, const Request& request) {
  const PathSet& set = policy.path_sets[constraint.objects];
  const bool only = constraint.form == Form::only_listed;
  if (!request.path) return only;
  if (!resolvable(parts_of(*request.path))) return true;
  const bool above =
      constraint.reach == Reach::listed_or_above && *request.path != "/" && above_set(set, *request.path);
  return (in_set(set, *request.path) || above) != only;
}

bool applies(const Policy& policy, const Constraint& constraint, const Subject& subject, const Request& request) {
  return (constraint.ops >> static_cast<unsigned>(request.op) & 1) && object_met(policy, constraint, request) &&
         possible(policy, constraint.subject, subject).yes && possible(policy, constraint.exception, subject).no;
}

}  // namespace

std::vector<std::string> parts_of(const std::string& path) {
  std::vector<std::string> parts;
  std::istringstream text(path);
  for (std::string part; std::getline(text, part, '/');)
    if (!part.empty()) parts.push_back(part);
  return parts;
}

bool slow_match(const PathPattern& pattern, const std::vector<std::string>& parts, size_t i, size_t j) {
  if (i == pattern.size()) return j == parts.size();
  if (pattern[i].kind == Component::Kind::any_depth) {
    const size_t least = i + 1 == pattern.size() ? 1 : 0;
    for (size_t taken = least; j + taken <= parts.size(); ++taken)
      if (slow_match(pattern, parts, i + 1, j + taken)) return true;
    return false;
  }
  if (j == parts.size()) return false;
  if (pattern[i].kind == Component::Kind::literal && pattern[i].text != parts[j]) return false;
  return slow_match(pattern, parts, i + 1, j + 1);
}

SlowDecision slow_evaluate(const Policy& policy, const Subject& subject, const std::vector<Request>& requests) {
  std::vector<std::tuple<int, int>> met;  // strength, -errno
  for (const Request& request : requests)
    for (const Constraint& constraint : policy.constraints)
      if (applies(policy, constraint, subject, request))
        met.emplace_back(static_cast<int>(constraint.effect) + 1,
                         constraint.effect == Effect::audit ? 0 : -constraint.error);
  if (met.empty()) return {};
  const auto [strength, error] = *std::max_element(met.begin(), met.end());
  return {static_cast<Verdict>(strength), -error};
}

}  // namespace stele::testing
