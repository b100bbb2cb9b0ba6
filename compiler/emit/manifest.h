#pragma once

#include <string>

#include "compiler/lower/lower.h"

namespace stele {

/// SHA-256 of the policy as the compiler read it: every source in order, each as "length LF bytes". Lower-case hex.
std::string policy_digest(const Policy& policy);

/// What the enforcer says of itself: policy, digest, sources, target, rules, constraints by rank with guarantee, tool.
/// JSON, compact, keys in a fixed order, no times and no paths of the machine (sources by their path below the policy's
/// folder).
std::string manifest_json(const Module& module);

}  // namespace stele
