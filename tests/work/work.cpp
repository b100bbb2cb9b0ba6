#include "tests/work/work.h"

namespace {

thread_local uint64_t work = 0;

}  // namespace

/// Called at each block of what is compiled with -fsanitize-coverage=trace-pc; this file is not.
extern "C" void __sanitizer_cov_trace_pc();
extern "C" void __sanitizer_cov_trace_pc() {
  ++work;
}

namespace stele::testing {

uint64_t work_so_far() {
  return work;
}

}  // namespace stele::testing
