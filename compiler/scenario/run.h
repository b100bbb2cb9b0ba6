#pragma once

// Runs a scenario on one rung: the reference evaluator, or a kernel in an emulated machine. A rung yields an outcome
// for each case; compare.h sets them against the expectations and against each other.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "compiler/model/failure.h"
#include "compiler/scenario/scenario.h"
#include "dsl/sema/policy.h"

namespace stele::scenario {

enum class Rung : uint8_t {
  evaluator,  // the reference semantics
  host,       // the generated C on a model of the kernel's structures
  kernel,     // a kernel with the enforcer
  bare        // a kernel without it: shows that a denial is the policy's doing
};

/// An event as the policy wrote it, with the rule's name.
struct RungEvent {
  uint64_t sequence = 0;
  std::string rule, operation, hook, comm, exe;
  std::string object, other;  // what it was about, in words; `other`: the second file of a call on two
  evaluate::Verdict verdict = evaluate::Verdict::audit;
  int error = 0;
  uint32_t uid = 0;
  bool unresolved = false;  // the object's name could not be resolved
};

/// What came of a case.
struct Outcome {
  size_t index = 0;                          // of the scenario's case
  std::optional<std::string> skipped;        // why it was not run; nullopt: it was
  std::string trouble;                       // why the judged step could not be judged; empty when it was
  std::optional<evaluate::Verdict> verdict;  // nullopt: the call failed, and no event says that the policy did it
  int error = 0;                             // errno that the caller saw
  std::string rule;                          // that decided, when known
  std::string part;                          // evaluator: of the rule's closure, when that decided
  bool event = false;                        // was one written
  std::vector<RungEvent> events;             // kernel: of the judged step, oldest first
  int exit = -1;                             // exit code of the program that the judged step ran, -1: none
  std::vector<std::string> output;
};

struct RungResults {
  Rung rung = Rung::evaluator;
  std::string name;               // "evaluator", "linux 6.1.0-56-cloud-amd64", "linux 6.1.0-56-cloud-amd64, bare"
  std::vector<Outcome> outcomes;  // one for each case, in order
  double seconds = 0;             // on the host
  uint64_t apply_us = 0;          // kernel: duration of `enforcer apply` in the machine, microseconds
  std::vector<std::string> enforcer_output;
};

/// Decides every case by evaluate(). What is about the enforcer is skipped.
Result<RungResults> run_evaluator(const Policy& policy, const Scenario& scenario);

enum class CountInstructions : uint8_t { no, yes };
struct KernelRunOptions {
  bool bare = false;  // no enforcer; what is denied elsewhere must succeed here
  double timeout_seconds = 900;
  uint32_t memory_mib = 512;
  CountInstructions count_instructions = CountInstructions::no;
};

/// What is tried on a kernel.
struct EnforcerUnderTest {
  std::string policy;                    // name
  std::vector<std::string> rules;        // rule behind each number that events carry: constraints by rank (ir.h)
  std::vector<std::string> operations;   // likewise: Module::operations
  std::string bytes;                     // the executable; unused when bare
  std::vector<std::string> others = {};  // executables of Scenario::other_enforcers, in that order
};

/// Boots `kernel_path` with the scenario's image and the enforcer and runs the cases for which that kernel is meant.
/// Fails when the machine does not come up, the enforcer refuses (with what it said), or the run does not end.
Result<RungResults> run_kernel(const EnforcerUnderTest& enforcer, const Scenario& scenario,
                               const std::string& kernel_path, const KernelRunOptions& options);

/// Why nobody acts the case out on this release ("6.12.107+deb12-cloud-amd64"), with the enforcer or without it;
/// nullopt: it is meant for it.
std::optional<std::string> why_skipped(const Case& one, const std::string& release, Rung rung);

}  // namespace stele::scenario
