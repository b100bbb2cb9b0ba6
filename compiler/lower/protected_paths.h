#pragma once

#include <vector>

#include "compiler/lower/ir.h"

namespace stele::lower {

/// Objects that nobody may give a further name: those of constraints that deny `link`. Literal names and the
/// directories that a trailing `**` names all of.
std::vector<ir::ProtectedPath> protected_paths(const Policy& policy);

/// For each class of paths: is somebody forbidden to link such a file?
std::vector<bool> unlinked_classes(const Policy& policy, const std::vector<PathClass>& classes);

}  // namespace stele::lower
