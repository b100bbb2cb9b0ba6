#pragma once

#include "compiler/emit/manifest.h"
#include "compiler/lower/ir.h"
#include "compiler/pack/pack.h"

namespace stele::emit {

/// What the load plan carries beside the object: the hooks that must have programs, names for events, the automaton for
/// mount points, names whose hard links matter. `policy` is the one that was lowered to `module`.
pack::PlanInput plan_input(const Policy& policy, const ir::Module& module,
                           const std::optional<Widening>& widening = {});

}  // namespace stele::emit
