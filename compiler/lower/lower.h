#pragma once

// Policy → decision programs: what each LSM hook has to decide, ready to be written as C. Plain data.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "compiler/lower/automaton.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"
#include "runtime/abi.h"

namespace stele {

/// A constraint by strength: index 0 is the strongest (kill, then deny by growing errno, then audit; then the author's
/// order), so that the first one that applies decides. The index is the number that events and counters carry.
struct RankedConstraint {
  const Constraint* constraint = nullptr;
  std::string rule;
  std::string source;  // "policy.stele:14"
};

/// Constraints to be tried, in order of rank, for the classes of paths that share them.
struct Checks {
  std::vector<uint32_t> classes;  // sorted; kClassUnresolved among them where it belongs
  std::vector<uint32_t> ranks;    // sorted
  bool operator==(const Checks&) const = default;
};

/// What one hook decides. `listed`: constraints on objects in a set; a class in none of them matches nothing.
/// `unlisted`: `only` constraints; `classes` name those that some of them list, every other class gets
/// `unlisted_default`.
struct HookDecision {
  stele_hook hook = STELE_HOOK_file_open;
  OpSet ops = 0;
  std::vector<Checks> listed;
  std::vector<Checks> unlisted;
  std::vector<uint32_t> unlisted_default;  // ranks; empty when there is no `only` here
};

struct Module {
  const Policy* policy = nullptr;  // outlives the module
  Automaton automaton;
  std::vector<RankedConstraint> ranked;
  std::vector<PathSetId> exe_sets;  // sets that conditions name, in order; index = bit
  std::vector<HookDecision> hooks;  // those in use, by number
};

/// Limits of the generated programs: over them S5001 and S5002.
struct LowerLimits {
  uint32_t states = 1u << 22;
  uint32_t checks_per_hook = 4000;
};

/// Lowers a policy. Reports what this target cannot enforce or hold; nullopt then. Does not change any decision.
std::optional<Module> lower(const Policy& policy, Sink& sink, const LowerLimits& limits = {});

}  // namespace stele
