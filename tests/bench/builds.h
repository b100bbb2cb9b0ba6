#pragma once

#include <string>

#include "compiler/model/failure.h"

namespace stele::bench {

/// `stele build` as a user runs it: medians of several runs, in seconds. The worker that runs Clang is counted in cpu.
struct BuildTime {
  double wall = 0;
  double cpu = 0;        // user and system
  std::string enforcer;  // bytes
};

/// Fails when the tool cannot be run or refuses the policy.
Result<BuildTime> time_build(const std::string& tool, const std::string& policy_name, const std::string& policy_text,
                             size_t runs);

}  // namespace stele::bench
