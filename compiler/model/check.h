#pragma once

// Our own mistakes: a CHECK that fails says where and which invariant is broken, and ends the process. Mistakes of the
// user are diagnostics, failures of the environment are Results; neither comes here.

#include <cstdio>
#include <cstdlib>

namespace stele {

[[noreturn]] inline void check_failed(const char* file, int line, const char* condition, const char* invariant) {
  std::fprintf(stderr, "stele: a mistake of the compiler, please report it: %s:%d: %s (%s)\n", file, line, invariant,
               condition);
  std::abort();
}

}  // namespace stele

/// CHECK(index < size, "every rank is of a constraint")
#define CHECK(condition, invariant) \
  ((condition) ? void() : ::stele::check_failed(__FILE__, __LINE__, #condition, invariant))
