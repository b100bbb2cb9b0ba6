#include "compiler/emit/condition.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

namespace stele {
namespace {

constexpr size_t kMaxImmediateRanges = 16;  // above, a table

const char* bool_text(bool value) {
  return value ? "true" : "false";
}

}  // namespace

ConditionText ConditionTranslator::translate(const Condition& condition, Polarity polarity,
                                             const std::vector<PathSetId>& exe_sets) {
  bool unsure = polarity == Polarity::unsure_is_true;
  switch (condition.kind) {
    case Condition::Kind::all_of:
    case Condition::Kind::any_of:
      return join(condition, polarity, exe_sets);
    case Condition::Kind::negation: {
      ConditionText inner =
          translate(condition.operands.at(0), unsure ? Polarity::unsure_is_false : Polarity::unsure_is_true, exe_sets);
      if (inner.is("true") || inner.is("false")) return {bool_text(inner.is("false")), false, false};
      return {"!" + inner.operand(), false, inner.uses_exe};
    }
    case Condition::Kind::number_in:
      return ids(condition, polarity);
    case Condition::Kind::name_in: {
      size_t bit = std::find(exe_sets.begin(), exe_sets.end(), condition.names) - exe_sets.begin();
      return {fmt::format("exe_in(exe, {}, {})", bit, bool_text(unsure)), false, true};
    }
    case Condition::Kind::bits:
      break;  // of system calls, which have no programs yet
  }
  return {"false", false, false};
}

ConditionText ConditionTranslator::join(const Condition& condition, Polarity polarity,
                                        const std::vector<PathSetId>& exe_sets) {
  bool all = condition.kind == Condition::Kind::all_of;
  std::vector<ConditionText> parts;
  for (const Condition& operand : condition.operands) {
    ConditionText part = translate(operand, polarity, exe_sets);
    if (part.is(bool_text(all))) continue;                                 // neutral
    if (part.is(bool_text(!all))) return {bool_text(!all), false, false};  // decides
    parts.push_back(std::move(part));
  }
  if (parts.empty()) return {bool_text(all), false, false};
  if (parts.size() == 1) return parts[0];
  ConditionText joined{"", true, false};
  for (const ConditionText& part : parts) {
    joined.text += (joined.text.empty() ? "" : all ? " && " : " || ") + part.operand();
    joined.uses_exe |= part.uses_exe;
  }
  return joined;
}

ConditionText ConditionTranslator::ids(const Condition& condition, Polarity polarity) {
  static constexpr const char* kFields[] = {"uid", "euid", "gid", "egid"};
  std::string value = fmt::format("task->real_cred->{}.val", kFields[static_cast<int>(condition.field)]);
  if (condition.numbers.empty()) return {"false", false, false};
  ConditionText text;
  if (condition.field == Field::gid) {
    for (const NumberRange& range : condition.numbers)
      text.text += fmt::format("{}group_in(task, {}u, {}u, {})", text.text.empty() ? "" : " || ", range.first,
                               range.last, bool_text(polarity == Polarity::unsure_is_true));
  } else if (condition.numbers.size() <= kMaxImmediateRanges) {
    for (const NumberRange& range : condition.numbers) {
      if (!text.text.empty()) text.text += " || ";
      text.text += range.first == range.last ? fmt::format("{} == {}u", value, range.first)
                                             : fmt::format("in_range({}, {}u, {}u)", value, range.first, range.last);
    }
    text.compound = condition.numbers.size() > 1 || condition.numbers[0].first == condition.numbers[0].last;
    return text;
  } else {
    uint32_t number = tables_.emplace(condition.numbers, tables_.size()).first->second;
    text.text = fmt::format("in_table(ids_{}, {}, {})", number, std::bit_ceil(condition.numbers.size()), value);
  }
  text.compound = condition.field == Field::gid && condition.numbers.size() > 1;
  return text;
}

std::string ConditionTranslator::tables() const {
  std::map<uint32_t, const NumberSet*> by_number;
  for (const auto& [ids, number] : tables_) by_number[number] = &ids;
  std::string text;
  for (const auto& [number, ids] : by_number) {
    size_t size = std::bit_ceil(ids->size());
    text += fmt::format("static const struct id_range ids_{}[{}] = {{\n", number, size);
    for (size_t i = 0; i < size; ++i) {
      const NumberRange& range = i < ids->size() ? (*ids)[i] : ids->back();
      text += fmt::format("\t{{ {}u, {}u }},\n", range.first, range.last);
    }
    text += "};\n\n";
  }
  return text;
}

}  // namespace stele
