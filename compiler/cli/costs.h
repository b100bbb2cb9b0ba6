#pragma once

// What `check --costs` prints: estimates, each with what is meant by it.

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "compiler/cost/cost.h"

namespace stele::cli {

std::string costs_text(const cost::Costs& costs);
nlohmann::ordered_json costs_json(const cost::Costs& costs);

}  // namespace stele::cli
