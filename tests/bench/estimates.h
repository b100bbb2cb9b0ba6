#pragma once

#include <string>

#include "compiler/model/failure.h"

namespace stele::bench {

/// What the tool says that a policy will cost on one kernel.
struct Estimate {
  size_t programs = 0;
  double verified = 0, apply_millions = 0;
  bool rough = false;                            // it promises no error
  unsigned verified_error = 0, apply_error = 0;  // percent, what it promises else
};

Result<Estimate> estimate_costs(const std::string& tool, const std::string& policy_text, const std::string& kernel);

}  // namespace stele::bench
