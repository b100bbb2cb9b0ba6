#include "tests/evaluate/second_reading.h"

#include <algorithm>
#include <map>
#include <sstream>
#include <tuple>

namespace stele::testing {
namespace {

using Parts = std::vector<std::string>;
using Glob = std::vector<GlobElement>;

bool resolvable(const Parts& parts) {
  return parts.size() <= 64 &&
         std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part.size() <= 255; });
}

bool glob_match(const Glob& glob, const std::string& text, size_t i = 0, size_t j = 0) {
  if (i == glob.size()) return j == text.size();
  if (glob[i].star) return glob_match(glob, text, i + 1, j) || (j < text.size() && glob_match(glob, text, i, j + 1));
  return j < text.size() && glob[i].bytes.test(static_cast<unsigned char>(text[j])) &&
         glob_match(glob, text, i + 1, j + 1);
}

/// Some name that the glob matches.
std::string glob_member(const Glob& glob) {
  std::string text;
  for (const GlobElement& element : glob)
    for (unsigned byte = 0; byte < 256 && !element.star; ++byte)
      if (element.bytes.test(byte)) {
        text += static_cast<char>(byte);
        break;
      }
  return text.empty() ? "x" : text;
}

bool component_match(const Component& component, const std::string& part) {
  if (component.kind == Component::Kind::literal) return component.text == part;
  return component.kind != Component::Kind::glob || glob_match(component.glob, part);
}

bool in_set(const Policy& policy, PathSetId id, const Parts& parts) {
  const PathSet& set = policy.path_sets.at(id);
  if (set.kind == PathSet::Kind::unite) return in_set(policy, set.left, parts) || in_set(policy, set.right, parts);
  if (set.kind == PathSet::Kind::intersection)
    return in_set(policy, set.left, parts) && in_set(policy, set.right, parts);
  if (set.kind == PathSet::Kind::difference)
    return in_set(policy, set.left, parts) && !in_set(policy, set.right, parts);
  return std::any_of(set.patterns.begin(), set.patterns.end(),
                     [&](const PathPattern& pattern) { return slow_match(pattern, parts); });
}

/// A directory is above a pattern when some longer name beneath it is in it; as many components as the pattern has
/// are enough, each one that a component of the pattern stands for or a name that stands in none.
bool above_pattern(const PathPattern& pattern, Parts parts, size_t more) {
  Parts names = {"\001"};
  for (const Component& component : pattern) {
    if (component.kind == Component::Kind::literal) names.push_back(component.text);
    if (component.kind == Component::Kind::glob) names.push_back(glob_member(component.glob));
  }
  for (const std::string& name : names) {
    parts.push_back(name);
    if (slow_match(pattern, parts) || (more > 1 && above_pattern(pattern, parts, more - 1))) return true;
    parts.pop_back();
  }
  return false;
}

/// Everything beneath a directory is in a pattern that ends in `**` when a name that no other component stands for is.
bool all_in_pattern(const PathPattern& pattern, Parts parts) {
  if (pattern.empty() || pattern.back().kind != Component::Kind::any_depth) return false;
  parts.emplace_back("\001");
  return slow_match(pattern, parts);
}

bool above_set(const Policy& policy, PathSetId id, const Parts& parts);

/// Is all that is beneath a directory in the set, as far as that is seen?
bool all_in_set(const Policy& policy, PathSetId id, const Parts& parts) {
  const PathSet& set = policy.path_sets.at(id);
  if (set.kind == PathSet::Kind::listed)
    return std::any_of(set.patterns.begin(), set.patterns.end(),
                       [&](const PathPattern& pattern) { return all_in_pattern(pattern, parts); });
  const bool left = all_in_set(policy, set.left, parts);
  if (set.kind == PathSet::Kind::difference) return left && !above_set(policy, set.right, parts);
  const bool right = all_in_set(policy, set.right, parts);
  return set.kind == PathSet::Kind::unite ? left || right : left && right;
}

bool above_set(const Policy& policy, PathSetId id, const Parts& parts) {
  const PathSet& set = policy.path_sets.at(id);
  if (set.kind == PathSet::Kind::difference)
    return above_set(policy, set.left, parts) && !all_in_set(policy, set.right, parts);
  if (set.kind != PathSet::Kind::listed) {
    const bool left = above_set(policy, set.left, parts), right = above_set(policy, set.right, parts);
    return set.kind == PathSet::Kind::unite ? left || right : left && right;
  }
  return std::any_of(set.patterns.begin(), set.patterns.end(),
                     [&](const PathPattern& pattern) { return above_pattern(pattern, parts, pattern.size()); });
}

/// Every answer that a question can have: no, yes, or both when a name is unknown.
struct Possible {
  bool no = false, yes = false;
};

Possible known(bool value) {
  return {!value, value};
}

Possible either(Possible a, Possible b) {
  return {a.no && b.no, a.yes || b.yes};
}

Possible both(Possible a, Possible b) {
  return {a.no || b.no, a.yes && b.yes};
}

/// All numbers of a subject and a request, by field.
std::multimap<Field, Number> all_numbers(const evaluate::Subject& subject, const evaluate::Request& request) {
  std::multimap<Field, Number> all(request.numbers.begin(), request.numbers.end());
  all.emplace(Field::uid, subject.uid);
  all.emplace(Field::euid, subject.euid);
  all.emplace(Field::gid, subject.gid);
  for (const uint32_t group : subject.groups) all.emplace(Field::gid, group);
  all.emplace(Field::egid, subject.egid);
  all.emplace(Field::loginuid, subject.loginuid);
  all.emplace(Field::by_kernel, subject.by_kernel && !request.exe ? 1 : 0);
  all.emplace(Field::mntns, subject.host_mntns ? 1 : 0);
  all.emplace(Field::pidns, subject.host_pidns ? 1 : 0);
  all.emplace(Field::tty, subject.tty);
  for (unsigned bit = 0; bit < 64; ++bit)
    if (subject.capabilities & uint64_t{1} << bit) all.emplace(Field::cap, bit);
  return all;
}

/// All names, split as their fields are.
std::multimap<Field, Parts> all_names(const evaluate::Subject& subject, const evaluate::Request& request) {
  std::multimap<Field, Parts> all;
  auto add_path = [&](Field field, const std::string& path) {
    if (!path.empty()) all.emplace(field, parts_of(path));
  };
  auto add_word = [&](Field field, const std::string& word) {
    if (!word.empty()) all.emplace(field, Parts{word});
  };
  add_path(Field::exe, request.exe ? *request.exe : subject.exe);
  add_path(Field::parent_exe, subject.parent_exe);
  add_path(Field::ancestor_exe, subject.parent_exe);
  for (const std::string& ancestor : subject.ancestors) add_path(Field::ancestor_exe, ancestor);
  add_word(Field::comm, subject.comm);
  add_path(Field::cgroup, subject.cgroup);
  for (const auto& [field, name] : request.names)
    field == Field::fstype ? add_word(field, name) : add_path(field, name);
  return all;
}

struct Facts {
  const Policy& policy;
  std::multimap<Field, Number> numbers;
  std::multimap<Field, Parts> names;
};

bool in_ranges(const NumberSet& set, Number number) {
  Number below = 0;  // how many ranges begin at or before it, less how many end before it
  for (const NumberRange& range : set) below += (number >= range.first) - (number > range.last);
  return below == 1;
}

Possible possible(const Facts& facts, const Condition& condition) {
  using Kind = Condition::Kind;
  if (condition.kind == Kind::negation) {
    const Possible inner = possible(facts, condition.operands.at(0));
    return {inner.yes, inner.no};
  }
  if (condition.kind == Kind::number_in || condition.kind == Kind::bits) {
    const auto [begin, end] = facts.numbers.equal_range(condition.field);
    if (condition.kind == Kind::number_in && condition.field == Field::owned && begin == end) return {true, true};
    return known(std::any_of(begin, end, [&](const auto& one) {
      if (condition.kind == Kind::number_in) return in_ranges(condition.numbers, one.second);
      return (one.second & condition.mask) == condition.value;
    }));
  }
  if (condition.kind == Kind::name_in) {
    Possible result = known(false);
    const auto [begin, end] = facts.names.equal_range(condition.field);
    for (auto one = begin; one != end; ++one)
      result = either(result, resolvable(one->second) ? known(in_set(facts.policy, condition.names, one->second))
                                                      : Possible{true, true});
    return result;
  }
  Possible result = known(condition.kind == Kind::all_of);
  for (const Condition& operand : condition.operands)
    result = condition.kind == Kind::all_of ? both(result, possible(facts, operand))
                                            : either(result, possible(facts, operand));
  return result;
}

Possible path_listed(const Policy& policy, const Constraint& constraint, const evaluate::Request& request) {
  if (constraint.objects == kAnyPath) return known(true);
  if (!request.path) return known(false);
  const Parts parts = parts_of(*request.path);
  if (!resolvable(parts)) return {true, true};
  const bool above =
      constraint.reach == Reach::listed_or_above && !parts.empty() && above_set(policy, constraint.objects, parts);
  return known(in_set(policy, constraint.objects, parts) || above);
}

bool may_apply(const Policy& policy, const Constraint& constraint, const evaluate::Subject& subject,
               const evaluate::Request& request) {
  if (!(constraint.ops >> static_cast<unsigned>(request.op) & 1)) return false;
  const Facts facts{policy, all_numbers(subject, request), all_names(subject, request)};
  const Possible listed = both(path_listed(policy, constraint, request), possible(facts, constraint.object));
  return (constraint.form == Form::only_listed ? listed.no : listed.yes) && possible(facts, constraint.scope).yes &&
         possible(facts, constraint.subject).yes && possible(facts, constraint.exception).no;
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
  return j < parts.size() && component_match(pattern[i], parts[j]) && slow_match(pattern, parts, i + 1, j + 1);
}

SlowDecision slow_evaluate(const Policy& policy, const evaluate::Subject& subject,
                           const std::vector<evaluate::Request>& requests) {
  std::vector<std::tuple<int, int>> met;  // strength, -errno
  for (const evaluate::Request& request : requests)
    for (const Constraint& constraint : policy.constraints)
      if (may_apply(policy, constraint, subject, request))
        met.emplace_back(static_cast<int>(constraint.effect) + 1,
                         constraint.effect == Effect::audit ? 0 : -constraint.error);
  if (met.empty()) return {};
  const auto [strength, error] = *std::max_element(met.begin(), met.end());
  return {static_cast<evaluate::Verdict>(strength), -error};
}

}  // namespace stele::testing
