#include "compiler/evaluate/truth.h"

#include <algorithm>

#include "compiler/evaluate/path_match.h"
#include "dsl/sema/numbers.h"

namespace stele::evaluate {
namespace {

Truth truth(bool value) {
  return value ? Truth::yes : Truth::no;
}

Truth combined(const Policy& policy, const Condition& condition, const Subject& subject, const Request& request) {
  const bool all = condition.kind == Condition::Kind::all_of;
  Truth result = truth(all);
  for (const Condition& operand : condition.operands) {
    const Truth one = truth_of(policy, operand, subject, request);
    result = all ? std::min(result, one) : std::max(result, one);
  }
  return result;
}

Truth opposite(Truth truth) {
  if (truth == Truth::unknown) return truth;
  return truth == Truth::yes ? Truth::no : Truth::yes;
}

Truth number_truth(const Condition& condition, const Subject& subject, const Request& request) {
  const Numbers numbers = numbers_of(condition.field, subject, request);
  if (condition.field == Field::owned && numbers.empty()) return Truth::unknown;
  return truth(std::any_of(numbers.begin(), numbers.end(),
                           [&](Number number) { return sema::has_number(condition.numbers, number); }));
}

Truth names_truth(const Policy& policy, const Condition& condition, const Subject& subject, const Request& request) {
  Truth result = Truth::no;
  for (const std::string& name : names_of(condition.field, subject, request))
    result = std::max(result, name_truth(policy, condition.names, condition.field, name));
  return result;
}

Truth bits_truth(const Condition& condition, const Subject& subject, const Request& request) {
  const Numbers numbers = numbers_of(condition.field, subject, request);
  return truth(std::any_of(numbers.begin(), numbers.end(), [&](Number number) {
    return (static_cast<uint64_t>(number) & condition.mask) == condition.value;
  }));
}

Numbers real_groups(const Subject& subject) {
  Numbers groups = {subject.gid};
  groups.insert(groups.end(), subject.groups.begin(), subject.groups.end());
  return groups;
}

Numbers capabilities(uint64_t set) {
  Numbers numbers;
  for (unsigned bit = 0; bit < 64; ++bit)
    if (set >> bit & 1) numbers.push_back(bit);
  return numbers;
}

Names without_empty(Names names) {
  std::erase(names, "");
  return names;
}

Names all_ancestors(const Subject& subject) {
  Names names = {subject.parent_exe};
  names.insert(names.end(), subject.ancestors.begin(), subject.ancestors.end());
  return names;
}

}  // namespace

Truth truth_of(const Policy& policy, const Condition& condition, const Subject& subject, const Request& request) {
  switch (condition.kind) {
    case Condition::Kind::all_of:
    case Condition::Kind::any_of:
      return combined(policy, condition, subject, request);
    case Condition::Kind::negation:
      return opposite(truth_of(policy, condition.operands.front(), subject, request));
    case Condition::Kind::number_in:
      return number_truth(condition, subject, request);
    case Condition::Kind::name_in:
      return names_truth(policy, condition, subject, request);
    case Condition::Kind::bits:
      break;
  }
  return bits_truth(condition, subject, request);
}

Truth path_truth(const Policy& policy, const Constraint& constraint, const Request& request) {
  if (constraint.objects == kAnyPath) return Truth::yes;
  if (!request.path) return Truth::no;
  const auto name = resolve_name(*request.path);
  if (!name) return Truth::unknown;
  if (is_in(policy, constraint.objects, *name)) return Truth::yes;
  const bool above = constraint.reach == Reach::listed_or_above && !name->empty();
  return truth(above && is_above(policy, constraint.objects, *name));
}

Truth name_truth(const Policy& policy, PathSetId set, Field field, const std::string& name) {
  const bool word = field == Field::comm || field == Field::fstype;
  const auto resolved = word ? resolve_word(name) : resolve_name(name);
  return resolved ? truth(is_in(policy, set, *resolved)) : Truth::unknown;
}

Numbers numbers_of(Field field, const Subject& subject, const Request& request) {
  switch (field) {
    case Field::uid:
      return {subject.uid};
    case Field::euid:
      return {subject.euid};
    case Field::gid:
      return real_groups(subject);
    case Field::egid:
      return {subject.egid};
    case Field::loginuid:
      return {subject.loginuid};
    case Field::by_kernel:
      return {subject.by_kernel && !request.exe};
    case Field::mntns:
      return {subject.host_mntns};
    case Field::pidns:
      return {subject.host_pidns};
    case Field::tty:
      return {subject.tty};
    case Field::cap:
      return capabilities(subject.capabilities);
    default:
      break;
  }
  const auto found = request.numbers.find(field);
  return found == request.numbers.end() ? Numbers{} : Numbers{found->second};
}

Names names_of(Field field, const Subject& subject, const Request& request) {
  switch (field) {
    case Field::exe:
      return without_empty({request.exe.value_or(subject.exe)});
    case Field::parent_exe:
      return without_empty({subject.parent_exe});
    case Field::ancestor_exe:
      return without_empty(all_ancestors(subject));
    case Field::comm:
      return without_empty({subject.comm});
    case Field::cgroup:
      return without_empty({subject.cgroup});
    default:
      break;
  }
  const auto found = request.names.find(field);
  return found == request.names.end() ? Names{} : without_empty({found->second});
}

}  // namespace stele::evaluate
