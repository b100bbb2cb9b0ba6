#pragma once

#include <string>

#include "compiler/pack/object_maps.h"
#include "compiler/pack/pack.h"
#include "compiler/pack/program_linker.h"

namespace stele::pack {

/// Number of the hook of that name (enum stele_hook), or -1.
int hook_number(const std::string& name);

/// Lays out a plan. Throws PackError on what the ABI cannot hold.
std::string write_plan(const PlanInput& input, const std::string& license, const ObjectMaps& maps,
                       const LinkedObject& linked);

}  // namespace stele::pack
