#pragma once

// Answers about a policy that are about all requests, not about samples of them.

#include <cstddef>
#include <cstdint>

#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"

namespace stele::analyze {

/// Where the analyses give up. Deterministic: counts of work, not of time.
struct AnalysisOptions {
  size_t max_states = 2'000'000;         // of the automaton over paths
  uint32_t max_nodes = 4'000'000;        // of decision diagrams, 20 bytes each
  uint64_t max_operations = 20'000'000;  // on decision diagrams
  bool findings = true;                  // constraints; else assertions only
};

/// Reports what is wrong with the policy's constraints (S4020…S4027) and its assertions (S4030, S4031). When a limit is
/// reached that is reported too: S4028, as the error S4032 when assertions remain undecided. Never throws.
/// Cost: about n log n in constraints and components of paths. One call at a time in a process.
void analyze(const Policy& policy, const AnalysisOptions& options, diag::Sink& sink);

}  // namespace stele::analyze
