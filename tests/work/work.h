#pragma once

// Work, counted: reads of memory by our own code, in this thread. The same input gives the same count, on any machine
// and under any load. Only the sanitizers' build counts (docs/testing.md); libraries that are not ours are not seen.

#include <cstdint>

namespace stele::testing {

uint64_t work_so_far();

/// What `action` costs.
template <typename Action>
uint64_t work_of(const Action& action) {
  const uint64_t before = work_so_far();
  action();
  return work_so_far() - before;
}

}  // namespace stele::testing
