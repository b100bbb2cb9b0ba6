#pragma once

#include <cstring>
#include <string>
#include <string_view>

#include "runtime/abi.h"

namespace stele::pack {

/// Is this a whole plan? What is wrong with it, or "". The same rules as the enforcer's own (runtime/enforcer/plan.c).
std::string check_plan(std::string_view plan);

/// Record `index` of a table of a plan that check_plan has accepted.
template <typename T>
T record_at(std::string_view plan, stele_span table, uint32_t index) {
  T record;
  std::memcpy(&record, plan.data() + table.offset + size_t{index} * sizeof(T), sizeof(T));
  return record;
}

/// String of such a plan.
inline std::string string_at(std::string_view plan, uint32_t offset) {
  return std::string(plan.data() + offset);
}

}  // namespace stele::pack
