#pragma once

#include <optional>

#include "compiler/lower/ir.h"
#include "dsl/diag/diagnostic.h"

namespace stele::lower {

/// Limits of the generated programs: over them S5001 and S5002.
struct LowerLimits {
  uint32_t paths = 2'000'000;         // states and edges of the automaton
  uint32_t checks_per_hook = 60000;   // with the ends of lists; a list begins at a number of 16 bits
  uint32_t subjects_per_hook = 1023;  // and everybody: a bit each, on the stack
};

/// Policy → decision IR. Reports what this target cannot enforce or hold; nullopt then. Does not change any decision.
/// Hooks that no constraint needs are not in the module.
std::optional<ir::Module> lower(const Policy& policy, diag::Sink& sink, const LowerLimits& limits = {});

}  // namespace stele::lower
