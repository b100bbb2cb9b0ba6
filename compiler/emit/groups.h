#pragma once

// The conditions on groups of a policy, as words of bits: a task's groups are looked at once for up to kWordConditions
// of them, however many ids they name.

#include <cstdint>
#include <string>
#include <vector>

#include "compiler/lower/ir.h"

namespace stele::emit {

class GroupConditions {
public:
  explicit GroupConditions(const ir::Module& module);

  /// "in_groups(groups, 3, false)": the condition as an expression over `groups`.
  std::string expression(const ir::Test& test) const;
  /// How many words there are; how many of the first ones the tests of these subjects (indices into Module::subjects)
  /// need.
  size_t words() const;
  size_t words_of(const std::vector<uint32_t>& subjects) const;
  /// How many entries the table of a word has: a power of two.
  size_t table_size(size_t word) const;
  /// Tables, and `groups_N(task)` for each word.
  std::string section() const;

private:
  void add(const ir::Test& test);
  size_t words_of(const ir::Test& test) const;
  size_t number(const ir::Test& test) const;
  std::vector<ir::IdSet> conditions_of(size_t word) const;

  const ir::Module& module_;
  std::vector<ir::IdSet> conditions_;  // each differs
};

}  // namespace stele::emit
