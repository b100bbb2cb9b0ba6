#include "compiler/lower/conditions.h"

#include <algorithm>

#include "compiler/model/check.h"
#include "dsl/sema/numbers.h"

namespace stele::lower {
namespace {

using Kind = ir::Test::Kind;

ir::Test constant(bool value) {
  return {.kind = value ? Kind::always : Kind::never};
}

ir::Test negation_of(ir::Test test) {
  if (test.kind == Kind::always) return constant(false);
  if (test.kind == Kind::never) return constant(true);
  return {.kind = Kind::negation, .operands = {std::move(test)}};
}

/// all_of or any_of: constants fall out or decide, a single operand stands for the whole.
ir::Test join(Kind kind, std::vector<ir::Test> operands) {
  const Kind neutral = kind == Kind::all_of ? Kind::always : Kind::never;
  const Kind decisive = kind == Kind::all_of ? Kind::never : Kind::always;
  std::vector<ir::Test> kept;
  for (ir::Test& operand : operands) {
    if (operand.kind == decisive) return {.kind = decisive};
    if (operand.kind != neutral) kept.push_back(std::move(operand));
  }
  if (kept.empty()) return {.kind = neutral};
  if (kept.size() == 1) return std::move(kept.front());
  return {.kind = kind, .operands = std::move(kept)};
}

/// A field that is 0 or 1; `test`: that it is 1.
ir::Test flag_in(const NumberSet& numbers, ir::Test test) {
  const bool zero = sema::has_number(numbers, 0), one = sema::has_number(numbers, 1);
  if (zero == one) return constant(one);
  return one ? test : negation_of(std::move(test));
}

ir::IdSet ids_of(const NumberSet& numbers) {
  ir::IdSet ids;
  for (const NumberRange& range : numbers) {
    CHECK(range.last <= UINT32_MAX, "ids have 32 bits");
    ids.push_back({static_cast<uint32_t>(range.first), static_cast<uint32_t>(range.last)});
  }
  return ids;
}

ir::Test lower_number(const Condition& condition, bool unsure) {
  if (condition.numbers.empty()) return constant(false);
  const ir::IdSet ids = ids_of(condition.numbers);
  switch (condition.field) {
    case Field::uid:
      return {.kind = Kind::id_in, .id = ir::Test::Id::uid, .ids = ids};
    case Field::euid:
      return {.kind = Kind::id_in, .id = ir::Test::Id::euid, .ids = ids};
    case Field::egid:
      return {.kind = Kind::id_in, .id = ir::Test::Id::egid, .ids = ids};
    case Field::gid:
      return {.kind = Kind::group_in, .ids = ids, .unsure = unsure};
    case Field::by_kernel:
      return flag_in(condition.numbers, {.kind = Kind::by_kernel});
    case Field::kind:
      return {.kind = Kind::plain};
    case Field::owned:
      return {.kind = Kind::owned, .unsure = unsure};
    default:
      break;
  }
  CHECK(false, "check_enforceable() refuses numbers of the subject that have no programs");
  return {};
}

ir::Test lower_name(const Condition& condition, bool unsure, const std::vector<PathSetId>& name_sets) {
  const bool becomes = condition.field == Field::new_name;
  CHECK(becomes || condition.field == Field::exe, "check_enforceable() refuses other names");
  const auto found = std::find(name_sets.begin(), name_sets.end(), condition.names);
  CHECK(found != name_sets.end(), "the sets of all conditions were collected");
  return {.kind = becomes ? Kind::becomes_in : Kind::exe_in,
          .name_set = static_cast<uint32_t>(found - name_sets.begin()),
          .unsure = unsure};
}

constexpr OpSet kChangesOfNames = op_bits({Op::file_rename, Op::file_link, Op::file_mount_over});

bool is_about_everything(const Condition& object) {
  return object.kind == Condition::Kind::all_of && object.operands.empty();
}

}  // namespace

ir::Test lower_condition(const Condition& condition, Unsure unsure, const std::vector<PathSetId>& name_sets) {
  const bool unsure_is_true = unsure == Unsure::is_true;
  switch (condition.kind) {
    case Condition::Kind::all_of:
    case Condition::Kind::any_of: {
      std::vector<ir::Test> operands;
      for (const Condition& operand : condition.operands)
        operands.push_back(lower_condition(operand, unsure, name_sets));
      return join(condition.kind == Condition::Kind::all_of ? Kind::all_of : Kind::any_of, std::move(operands));
    }
    case Condition::Kind::negation:
      return negation_of(
          lower_condition(condition.operands.at(0), unsure_is_true ? Unsure::is_false : Unsure::is_true, name_sets));
    case Condition::Kind::number_in:
      return lower_number(condition, unsure_is_true);
    case Condition::Kind::name_in:
      return lower_name(condition, unsure_is_true, name_sets);
    case Condition::Kind::bits:
      break;
  }
  CHECK(false, "check_enforceable() refuses tests of arguments");
  return {};
}

ir::Test lower_subject(const Constraint& constraint, const std::vector<PathSetId>& name_sets) {
  CHECK(is_about_everything(constraint.object) || constraint.form == Form::on_listed,
        "an `only` of paths asks nothing else of its objects");
  CHECK(is_about_everything(constraint.object) || !(constraint.ops & ~kChangesOfNames),
        "only where a name changes something becomes of an object");
  return join(Kind::all_of, {lower_condition(constraint.object, Unsure::is_true, name_sets),
                             lower_condition(constraint.subject, Unsure::is_true, name_sets),
                             negation_of(lower_condition(constraint.exception, Unsure::is_false, name_sets))});
}

void collect_name_sets(const Condition& condition, std::vector<PathSetId>& name_sets) {
  if (condition.kind == Condition::Kind::name_in &&
      std::find(name_sets.begin(), name_sets.end(), condition.names) == name_sets.end())
    name_sets.push_back(condition.names);
  for (const Condition& operand : condition.operands) collect_name_sets(operand, name_sets);
}

bool asks(const ir::Test& test, Kind kind) {
  return test.kind == kind || std::any_of(test.operands.begin(), test.operands.end(),
                                          [&](const ir::Test& operand) { return asks(operand, kind); });
}

}  // namespace stele::lower
