#include "tests/work/work.h"

namespace {

thread_local uint64_t work = 0;

}  // namespace

// Called before each read by what is compiled with -fsanitize-coverage=trace-loads; this file is not. AddressSanitizer
// has empty ones for programs that do not count.
#define COUNT_READS_OF(bytes)                                \
  extern "C" void __sanitizer_cov_load##bytes(const void*);  \
  extern "C" void __sanitizer_cov_load##bytes(const void*) { \
    ++work;                                                  \
  }
COUNT_READS_OF(1)
COUNT_READS_OF(2)
COUNT_READS_OF(4)
COUNT_READS_OF(8)
COUNT_READS_OF(16)
#undef COUNT_READS_OF

namespace stele::testing {

uint64_t work_so_far() {
  return work;
}

}  // namespace stele::testing
