#pragma once

#include <vector>

#include "compiler/lower/ir.h"

namespace stele::lower {

/// Objects that nobody may give a further name: those of constraints that deny `link`. Literal names and the
/// directories that a trailing `**` names all of.
std::vector<ir::ProtectedPath> protected_paths(const Policy& policy);

}  // namespace stele::lower
