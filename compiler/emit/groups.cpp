#include "compiler/emit/groups.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <set>

#include "compiler/emit/text.h"

namespace stele::emit {
namespace {

constexpr size_t kWordConditions = 31;  // the last bit says that the task has more groups than were looked at

bool contains(const ir::IdSet& ids, uint32_t id) {
  return std::any_of(ids.begin(), ids.end(),
                     [id](const ir::IdRange& range) { return range.first <= id && id <= range.last; });
}

/// Where what a group says may change: at 0, and at each end of a range.
std::set<uint32_t> borders(const std::vector<ir::IdSet>& conditions) {
  std::set<uint32_t> all = {0};
  for (const ir::IdSet& ids : conditions)
    for (const ir::IdRange& range : ids) {
      all.insert(range.first);
      if (range.last != std::numeric_limits<uint32_t>::max()) all.insert(range.last + 1);
    }
  return all;
}

void write_word(size_t word, const std::vector<ir::IdSet>& conditions, CText& out) {
  const std::set<uint32_t> firsts = borders(conditions);
  const size_t size = std::bit_ceil(firsts.size());
  out.line("static const struct group_bits group_bits_{}[{}] = {{", word, size);
  for (size_t i = 0; i < size; ++i) {
    const uint32_t first = i < firsts.size() ? *std::next(firsts.begin(), static_cast<ptrdiff_t>(i)) : *firsts.rbegin();
    uint32_t bits = 0;
    for (size_t bit = 0; bit < conditions.size(); ++bit) bits |= uint32_t{contains(conditions[bit], first)} << bit;
    out.line("\t{{ {}u, {:#x} }},", first, bits);
  }
  out.line("}};\n");
  out.line("__followed_once u32 groups_{}(struct task_struct *task, u64 unused, u64 unused_too)\n{{", word);
  out.line("\t(void)unused;\n\t(void)unused_too;");
  out.line("\treturn group_word(PLAIN(task_struct, task), group_bits_{}, {});\n}}\n", word, size);
}

}  // namespace

GroupConditions::GroupConditions(const ir::Module& module) : module_(module) {
  for (const ir::Test& test : module.subjects) add(test);
}

void GroupConditions::add(const ir::Test& test) {
  if (test.kind == ir::Test::Kind::group_in && number(test) == conditions_.size()) conditions_.push_back(test.ids);
  for (const ir::Test& operand : test.operands) add(operand);
}

size_t GroupConditions::number(const ir::Test& test) const {
  return static_cast<size_t>(std::find(conditions_.begin(), conditions_.end(), test.ids) - conditions_.begin());
}

std::string GroupConditions::expression(const ir::Test& test) const {
  const size_t at = number(test);
  return fmt::format("in_groups(groups[{}], {}, {})", at / kWordConditions, at % kWordConditions, test.unsure);
}

size_t GroupConditions::words() const {
  return (conditions_.size() + kWordConditions - 1) / kWordConditions;
}

size_t GroupConditions::words_of(const ir::Test& test) const {
  size_t words = test.kind == ir::Test::Kind::group_in ? number(test) / kWordConditions + 1 : 0;
  for (const ir::Test& operand : test.operands) words = std::max(words, words_of(operand));
  return words;
}

size_t GroupConditions::words_of(const std::vector<uint32_t>& subjects) const {
  size_t words = 0;
  for (uint32_t subject : subjects) words = std::max(words, words_of(module_.subjects[subject]));
  return words;
}

std::vector<ir::IdSet> GroupConditions::conditions_of(size_t word) const {
  const size_t end = std::min(conditions_.size(), (word + 1) * kWordConditions);
  return {conditions_.begin() + static_cast<ptrdiff_t>(word * kWordConditions),
          conditions_.begin() + static_cast<ptrdiff_t>(end)};
}

size_t GroupConditions::table_size(size_t word) const {
  return std::bit_ceil(borders(conditions_of(word)).size());
}

std::string GroupConditions::section() const {
  CText out;
  for (size_t word = 0; word < words(); ++word) write_word(word, conditions_of(word), out);
  return out.take();
}

}  // namespace stele::emit
