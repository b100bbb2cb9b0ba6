#pragma once

// A policy for targets whose input is not the policy itself.

#include <cstdlib>

#include "tests/sema/memory_reader.h"

namespace stele::fuzz {

inline const Policy& small_policy() {
  static const Policy policy = [] {
    diag::Sink sink;
    auto loaded = test::load_text(
        "policy small version \"1.0.0\"\n"
        "rule files:\n"
        "  deny file { read, write, rename, link } on \"/etc/**\" for uid 33 unless exe \"/bin/sh\"\n"
        "  only exec on { \"/bin/*\" } for gid 33\n",
        sink);
    if (!loaded) std::abort();
    return std::move(*loaded);
  }();
  return policy;
}

}  // namespace stele::fuzz
