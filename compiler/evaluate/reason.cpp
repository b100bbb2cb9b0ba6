#include "compiler/evaluate/reason.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/evaluate/path_match.h"

namespace stele {
namespace {

constexpr size_t kShown = 6;  // members of a set that a reason lists

bool contains(const NumberSet& ids, uint32_t id) {
  return std::any_of(ids.begin(), ids.end(), [&](NumberRange range) { return range.first <= id && id <= range.last; });
}

struct IdField {
  const char* name;
  uint32_t value;
};

IdField field_of(const Condition& condition, const Subject& subject) {
  switch (condition.field) {
    case Field::uid:
      return {"uid", subject.uid};
    case Field::euid:
      return {"euid", subject.euid};
    case Field::gid:
      return {"gid", subject.gid};
    default:
      break;
  }
  return {"egid", subject.egid};
}

/// The supplementary group that makes `gid in` true.
const uint32_t* matching_group(const Condition& condition, const Subject& subject) {
  if (condition.field != Field::gid) return nullptr;
  for (const uint32_t& group : subject.groups)
    if (contains(condition.numbers, group)) return &group;
  return nullptr;
}

Truth id_truth(const Condition& condition, const Subject& subject) {
  const bool in = contains(condition.numbers, field_of(condition, subject).value) || matching_group(condition, subject);
  return in ? Truth::yes : Truth::no;
}

/// No executable at all (an empty name) is in no set; one whose name cannot be resolved may be in any.
Truth exe_truth(const Policy& policy, PathSetId set, const Subject& subject) {
  if (subject.exe.empty()) return Truth::no;
  if (!resolve_name(subject.exe)) return Truth::unknown;
  return matches(policy, set, subject.exe) ? Truth::yes : Truth::no;
}

std::string ids_text(const NumberSet& ids) {
  std::string text;
  for (size_t i = 0; i < ids.size() && i < kShown; ++i) {
    text += i ? ", " : "";
    text += ids[i].first == ids[i].last ? fmt::format("{}", ids[i].first)
                                        : fmt::format("{}..{}", ids[i].first, ids[i].last);
  }
  if (ids.size() > kShown) text += fmt::format(" and {} more", ids.size() - kShown);
  return ids.empty() ? "the empty set" : text;
}

std::string id_reason(const Condition& condition, const Subject& subject) {
  const IdField field = field_of(condition, subject);
  if (contains(condition.numbers, field.value))
    return fmt::format("{} {} is in {}", field.name, field.value, ids_text(condition.numbers));
  if (const uint32_t* group = matching_group(condition, subject))
    return fmt::format("supplementary group {} is in {}", *group, ids_text(condition.numbers));
  return fmt::format("{} {} is not in {}", field.name, field.value, ids_text(condition.numbers));
}

std::string exe_reason(const Policy& policy, PathSetId id, const Subject& subject) {
  const PathSet& set = policy.path_sets[id];
  if (subject.exe.empty()) return fmt::format("no executable that is in {}", set_text(set));
  switch (exe_truth(policy, id, subject)) {
    case Truth::yes:
      return fmt::format("exe {} is in {}", subject.exe, set_text(set));
    case Truth::no:
      return fmt::format("exe {} is not in {}", subject.exe, set_text(set));
    case Truth::unknown:
      break;
  }
  return "the executable's name cannot be resolved";
}

std::string component_text(const Component& component) {
  switch (component.kind) {
    case Component::Kind::literal:
    case Component::Kind::glob:
      return component.text;
    case Component::Kind::any_one:
      return "*";
    case Component::Kind::any_depth:
      break;
  }
  return "**";
}

std::string pattern_text(const PathPattern& pattern) {
  std::string text;
  for (const Component& component : pattern) text.append("/").append(component_text(component));
  return text.empty() ? "/" : text;
}

/// all_of is as true as its least true operand, any_of as its most true one.
Truth combined(const Policy& policy, const Condition& condition, const Subject& subject) {
  const bool all = condition.kind == Condition::Kind::all_of;
  Truth result = all ? Truth::yes : Truth::no;
  for (const Condition& operand : condition.operands) {
    const Truth truth = truth_of(policy, operand, subject);
    result = all ? std::min(result, truth) : std::max(result, truth);
  }
  return result;
}

/// The operands that are as the whole is: one of them would do for `or` that is true and `and` that is false.
std::string combined_reason(const Policy& policy, const Condition& condition, const Subject& subject) {
  const Truth whole = combined(policy, condition, subject);
  const bool one_decides = (condition.kind == Condition::Kind::any_of) == (whole == Truth::yes);
  std::string text;
  for (const Condition& operand : condition.operands) {
    if (truth_of(policy, operand, subject) != whole) continue;
    text += (text.empty() ? "" : " and ") + truth_reason(policy, operand, subject);
    if (one_decides) break;
  }
  return text;
}

}  // namespace

Truth truth_of(const Policy& policy, const Condition& condition, const Subject& subject) {
  switch (condition.kind) {
    case Condition::Kind::all_of:
    case Condition::Kind::any_of:
      return combined(policy, condition, subject);
    case Condition::Kind::negation: {
      const Truth truth = truth_of(policy, condition.operands.front(), subject);
      return truth == Truth::unknown ? truth : truth == Truth::yes ? Truth::no : Truth::yes;
    }
    case Condition::Kind::number_in:
      return id_truth(condition, subject);
    default:
      break;
  }
  return exe_truth(policy, condition.names, subject);
}

std::string truth_reason(const Policy& policy, const Condition& condition, const Subject& subject) {
  switch (condition.kind) {
    case Condition::Kind::all_of:
    case Condition::Kind::any_of:
      return combined_reason(policy, condition, subject);
    case Condition::Kind::negation:
      return truth_reason(policy, condition.operands.front(), subject);
    case Condition::Kind::number_in:
      return id_reason(condition, subject);
    default:
      break;
  }
  return exe_reason(policy, condition.names, subject);
}

std::string set_text(const PathSet& set) {
  if (!set.name.empty()) return "`" + set.name + "`";
  if (set.patterns.empty()) return "the empty set";
  std::string text;
  for (size_t i = 0; i < set.patterns.size() && i < kShown; ++i)
    text += (i ? ", " : "") + pattern_text(set.patterns[i]);
  if (set.patterns.size() > kShown) text += fmt::format(" and {} more", set.patterns.size() - kShown);
  return text;
}

}  // namespace stele
