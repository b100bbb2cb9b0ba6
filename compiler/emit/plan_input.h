#pragma once

#include "compiler/emit/manifest.h"
#include "compiler/lower/lower.h"
#include "compiler/pack/pack.h"

namespace stele {

/// What the load plan carries beside the object: names for events, the automaton for mount points, names whose hard
/// links matter.
PlanInput plan_input(const Module& module, const std::optional<Widening>& widening = {});

}  // namespace stele
