#pragma once

#include <optional>
#include <string>
#include <vector>

#include "compiler/lower/ir.h"

namespace stele::emit {

/// SHA-256 of the policy as the compiler read it: every source in order, each as "length LF bytes". Lower-case hex.
std::string policy_digest(const Policy& policy);

/// That the policy permits more than an earlier one, and why somebody wanted that.
struct Widening {
  std::string against;               // policy_digest of the earlier one
  std::vector<std::string> classes;  // of operations: "file", "net"; and what else permits more: "target", "log"
  std::string reason;
};

/// What the enforcer says of itself: policy, digest, sources, target, rules, constraints by rank with guarantee, what
/// the policy acknowledges, tool.
/// JSON, compact, keys in a fixed order, no times and no paths of the machine (sources by their path below the policy's
/// folder). `policy` is the one that was lowered to `module`.
std::string manifest_json(const Policy& policy, const ir::Module& module, const std::optional<Widening>& widening);

}  // namespace stele::emit
