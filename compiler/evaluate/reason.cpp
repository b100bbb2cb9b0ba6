#include "compiler/evaluate/reason.h"

#include <fmt/format.h>

#include <algorithm>

#include "compiler/evaluate/field_words.h"
#include "compiler/evaluate/path_match.h"
#include "compiler/evaluate/quoting.h"
#include "compiler/evaluate/request_shape.h"
#include "dsl/sema/numbers.h"
#include "dsl/sema/pattern.h"

namespace stele::evaluate {
namespace {

constexpr size_t kShown = 6;  // patterns of a set that a reason lists
constexpr int kJoins = 3;     // joins within joins that it spells out

/// What a reason calls the field.
std::string noun_of(Field field, const Request& request) {
  const bool change = request.op == Op::process_setuid || request.op == Op::process_setgid;
  switch (field) {
    case Field::address:
      return "address";
    case Field::target_uid:
    case Field::target_gid:
      return fmt::format("{} {}", change ? "new" : "target", field_text(field));
    case Field::source:
      return "source";
    case Field::ours:
      return "owner";
    default:
      return std::string(field_text(field));
  }
}

bool is_single(const NumberSet& numbers) {
  return numbers.size() == 1 && numbers.front().first == numbers.front().last;
}

/// The number that puts the field into the set.
std::optional<Number> member(const Condition& condition, const Numbers& numbers) {
  const auto found = std::find_if(numbers.begin(), numbers.end(),
                                  [&](Number number) { return sema::has_number(condition.numbers, number); });
  if (found == numbers.end()) return std::nullopt;
  return *found;
}

std::string capability_reason(const std::optional<Number>& held, const std::string& set, const Request& request) {
  if (held) return fmt::format("capability {} is effective", number_text(Field::cap, *held, request));
  return fmt::format("no capability of {} is effective", set);
}

std::string number_reason(const Condition& condition, const Subject& subject, const Request& request) {
  const Field field = condition.field;
  const Numbers numbers = numbers_of(field, subject, request);
  const std::optional<Number> in = member(condition, numbers);
  const std::string noun = noun_of(field, request), set = numbers_text(field, condition.numbers, request);
  if (field == Field::cap) return capability_reason(in, set, request);
  if (field == Field::by_kernel) return in ? "the kernel starts it" : "the kernel does not start it";
  if (field == Field::owned && numbers.empty()) return "whose the file is, is not said";
  if (field == Field::owned) return in ? "the file is the subject's" : "the file is not the subject's";
  if (numbers.empty()) return fmt::format("no {} that is in {}", noun, set);
  if (in && field == Field::gid && *in != subject.gid)
    return fmt::format("supplementary group {} is in {}", number_text(field, *in, request), set);
  if (in && is_single(condition.numbers)) return fmt::format("{} is {}", noun, set);
  const std::string value = number_text(field, in.value_or(numbers.front()), request);
  const std::string_view verb = is_single(condition.numbers) ? (in ? "is" : "is not") : (in ? "is in" : "is not in");
  return fmt::format("{} {} {} {}", noun, value, verb, set);
}

std::string name_reason(const Policy& policy, const Condition& condition, const Subject& subject,
                        const Request& request) {
  const std::string noun = noun_of(condition.field, request), set = set_text(policy, condition.names);
  const Names names = names_of(condition.field, subject, request);
  const std::string* strongest = nullptr;
  Truth truth = Truth::no;
  for (const std::string& name : names) {
    const Truth one = name_truth(policy, condition.names, condition.field, name);
    if (strongest && one <= truth) continue;
    strongest = &name;
    truth = one;
  }
  if (!strongest || (truth == Truth::no && names.size() > 1)) return fmt::format("no {} that is in {}", noun, set);
  if (truth == Truth::unknown) return fmt::format("the name of {} cannot be resolved", noun);
  return fmt::format("{} {} {} {}", noun, quoted(*strongest), truth == Truth::yes ? "is in" : "is not in", set);
}

std::string bits_reason(const Condition& condition, const Subject& subject, const Request& request) {
  const std::string noun = noun_of(condition.field, request);
  const Numbers numbers = numbers_of(condition.field, subject, request);
  if (numbers.empty()) return fmt::format("no {}", noun);
  const uint64_t masked = static_cast<uint64_t>(numbers.front()) & condition.mask;
  if (masked == condition.value) return fmt::format("{} & {:#x} is {:#x}", noun, condition.mask, masked);
  return fmt::format("{} & {:#x} is {:#x}, not {:#x}", noun, condition.mask, masked, condition.value);
}

/// The operands that are as the whole is: one of them would do for `or` that is true and `and` that is false.
std::string combined_reason(const Policy& policy, const Condition& condition, const Subject& subject,
                            const Request& request) {
  const Truth whole = truth_of(policy, condition, subject, request);
  const bool one_decides = (condition.kind == Condition::Kind::any_of) == (whole == Truth::yes);
  std::string text;
  for (const Condition& operand : condition.operands) {
    if (truth_of(policy, operand, subject, request) != whole) continue;
    text.append(text.empty() ? "" : " and ").append(truth_reason(policy, operand, subject, request));
    if (one_decides) break;
  }
  if (text.empty()) return whole == Truth::yes ? "nothing is asked" : "nothing can make it hold";
  return text;
}

std::string patterns_text(const PathSet& set) {
  if (set.patterns.empty()) return "the empty set";
  std::string text;
  for (size_t i = 0; i < set.patterns.size() && i < kShown; ++i)
    text.append(i ? ", " : "").append(sema::pattern_text(set.patterns[i]));
  if (set.patterns.size() > kShown) text += fmt::format(" and {} more", set.patterns.size() - kShown);
  return text;
}

std::string joined_text(const Policy& policy, PathSetId id, int joins) {
  const PathSet& set = policy.path_sets[id];
  if (!set.name.empty()) return fmt::format("`{}`", set.name);
  if (set.kind == PathSet::Kind::listed) return patterns_text(set);
  if (joins == 0) return "(…)";
  const char sign = set.kind == PathSet::Kind::unite ? '|' : set.kind == PathSet::Kind::intersection ? '&' : '-';
  return fmt::format("({} {} {})", joined_text(policy, set.left, joins - 1), sign,
                     joined_text(policy, set.right, joins - 1));
}

}  // namespace

std::string truth_reason(const Policy& policy, const Condition& condition, const Subject& subject,
                         const Request& request) {
  switch (condition.kind) {
    case Condition::Kind::all_of:
    case Condition::Kind::any_of:
      return combined_reason(policy, condition, subject, request);
    case Condition::Kind::negation:
      return truth_reason(policy, condition.operands.front(), subject, request);
    case Condition::Kind::number_in:
      return number_reason(condition, subject, request);
    case Condition::Kind::name_in:
      return name_reason(policy, condition, subject, request);
    case Condition::Kind::bits:
      break;
  }
  return bits_reason(condition, subject, request);
}

std::string path_reason(const Policy& policy, const Constraint& constraint, const Request& request) {
  const std::string set = set_text(policy, constraint.objects);
  if (!request.path && may_be_nameless(request.op)) return fmt::format("a file without a name is not in {}", set);
  if (!request.path) return fmt::format("no path that is in {}", set);
  const auto name = resolve_name(*request.path);
  if (!name) return "the object's name cannot be resolved";
  const std::string path = quoted(*request.path);
  if (is_in(policy, constraint.objects, *name)) return fmt::format("{} is in {}", path, set);
  if (path_truth(policy, constraint, request) == Truth::yes)
    return fmt::format("{} is a directory above {}", path, set);
  return fmt::format("{} is not in {}", path, set);
}

std::string set_text(const Policy& policy, PathSetId id) {
  return id == kAnyPath ? "anything" : joined_text(policy, id, kJoins);
}

}  // namespace stele::evaluate
