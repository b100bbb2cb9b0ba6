#pragma once

// What a kernel can enforce: its LSM hooks, since when they exist, and which operations each of them sees.
// The table is runtime/hooks.def. Sources: security/security.c and the callers of each hook in Linux 6.1, 6.12 and 7.2,
// and the tests of this project, which perform each operation on each of those kernels.

#include <array>
#include <span>
#include <string_view>

#include "dsl/sema/policy.h"
#include "runtime/abi.h"

namespace stele::catalog {

struct HookInfo {
  stele_hook hook;
  OpClass room;              // where its program, trigger and model lie
  std::string_view name;     // of the LSM hook
  uint32_t since;            // first kernel that calls it, major << 16 | minor << 8; 6.1 is the first that we support
  stele_hook before;         // what kernels without it call instead; STELE_HOOK_none
  stele_object_kind object;  // what its events name
  std::span<const Op> operations;  // that its program raises; the position is the bit in the program
  OpSet ops;                       // the same
  std::string_view sees;           // which calls, for people
};

/// Indexed by stele_hook.
const std::array<HookInfo, STELE_HOOK_COUNT>& hooks();

}  // namespace stele::catalog
