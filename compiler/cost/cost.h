#pragma once

// What a policy will cost, before it ships: what the verifier has to follow, what `apply` takes, what an operation
// takes more. Estimated from policies that were measured (tests/bench/costs, docs/performance.md): guest instructions,
// no times.

#include <cstdint>
#include <string_view>
#include <vector>

#include "compiler/lower/ir.h"
#include "compiler/pack/pack.h"

namespace stele::cost {

/// The kernels that were measured, oldest first; what is said by kernel has a place for each.
constexpr size_t kKernels = 3;

/// What the verifier's work depends on most, besides the walks: how the names of the policy look.
enum class Names : uint8_t {
  exact,            // no tree and no `*`: every component leads somewhere by its name alone
  brief,            // no name over 8 bytes
  usual,            // longer ones
  deep_exact,       // a path that goes on below eight levels
  deep,             // the same, and trees or `*`
  very_long_exact,  // names that do not fit into a dentry (over 31 bytes)
  very_long         // the same, and trees or `*`
};
constexpr size_t kNames = 7;
std::string_view names_text(Names names);
/// Of these few policies were measured: no error is promised.
bool is_rough(Names names);

struct ProgramCost {
  std::string_view hook;
  uint32_t instructions = 0;         // of its text in the plan; what a kernel never runs is dropped when it is loaded
  uint32_t walks = 0;                // places in it that name a file: objects and executables
  uint32_t permitting = 0;           // of these, where a name permits something
  bool several = false;              // it does not know which of several operations a call is
  uint32_t verified[kKernels] = {};  // instructions that the verifier follows; 0: this kernel has no such hook
};

struct KernelCost {
  uint32_t version = 0;  // major << 16 | minor << 8
  bool in_target = true;
  uint32_t programs = 0;      // with the two iterators and that of file systems that end
  uint64_t verified = 0;      // in all of them
  double apply_millions = 0;  // guest instructions from start to enforced
};

/// Instructions that an operation takes more when it is about a file at depth 2 that no rule names. 0: not measured, or
/// the kernel has no such hook.
struct AnswerCost {
  std::string_view hook;
  uint32_t added[kKernels] = {};
};
struct OperationCost {
  Op op = Op::file_read;
  std::vector<AnswerCost> answers;  // each call that is the operation meets one of them
};

struct Costs {
  Names names = Names::exact;
  std::vector<ProgramCost> programs;  // by number of the hook
  uint32_t maps = 0;
  uint64_t table_bytes = 0;  // of the frozen maps
  size_t edges = 0;          // of the automaton: components of paths
  bool tests_groups = false;
  std::vector<KernelCost> kernels;
  std::vector<OperationCost> operations;  // that some hook answers, in their order
};

/// By how much an estimate may miss what is measured, in percent: held by `stele_bench --costs` on policies that no
/// figure was taken from.
constexpr unsigned kVerifiedError = 35;
/// Of `apply`: more where there are many edges, each of which takes less then than what is estimated, or
/// conditions on groups.
unsigned apply_error(const Costs& costs);

/// `enforcer` is what was built from `module`.
Costs costs_of(const ir::Module& module, const pack::EnforcerInfo& enforcer);

}  // namespace stele::cost
