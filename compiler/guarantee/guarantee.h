#pragma once

// What each constraint is worth on the policy's target, and by which mechanism: computed from the catalogue, never
// claimed.

#include <string>
#include <vector>

#include "compiler/catalog/mechanism.h"
#include "dsl/sema/policy.h"

namespace stele::guarantee {

/// What one operation of a constraint is worth on one kernel; for Op::syscall what one call is.
struct OperationGuarantee {
  Op op;
  uint32_t syscall = 0;                 // Op::syscall only: number of a call that the constraint may refuse
  const catalog::Mechanism* mechanism;  // of the catalogue, which lives as long as the process
};

/// What a constraint is worth on one kernel: the least of its operations.
struct KernelGuarantee {
  catalog::Kernel kernel;
  catalog::Guarantee guarantee = catalog::Guarantee::observe;
  std::vector<OperationGuarantee> operations;  // in the order of Op, calls by number
};

struct ConstraintGuarantee {
  uint32_t constraint = 0;                                     // index into Policy::constraints
  catalog::Guarantee guarantee = catalog::Guarantee::observe;  // on the kernel where it is worth least
  bool kills = false;                                          // prevents, and the caller is killed
  bool or_kill = false;                                        // `deny or kill`
  bool enforced = false;                                       // there are programs for all of it
  struct Means {
    Op op;
    std::vector<std::string> hooks;  // LSM hooks that see it, with "(>= 6.2)" behind those that not every kernel has;
                                     // "syscall entry" for calls that no hooks prevent
  };
  std::vector<Means> mechanisms;
  std::vector<KernelGuarantee> kernels;  // those of the catalogue within the target, oldest first
};

/// "prevent and kill"; "prevent or terminate" where that differs from one operation or kernel to the next.
std::string worth_text(const ConstraintGuarantee& guarantee);

/// What `deny or kill` comes to for one operation or call: the kernels of the target that prevent it ("6.12"), and
/// those where the caller is killed.
struct Alternative {
  OperationGuarantee operation;  // on the first of them
  std::vector<std::string> prevented, killed;
};
/// In the order of Op, calls by number.
std::vector<Alternative> alternatives(const ConstraintGuarantee& guarantee);

/// One for each constraint, in their order.
std::vector<ConstraintGuarantee> guarantees(const Policy& policy);

/// Reports S6010 for every constraint that denies what a kernel of the target can only terminate.
/// A denial is never weakened to a kill that its author did not write, nor passed over.
void check_guarantees(const Policy& policy, diag::Sink& sink);

}  // namespace stele::guarantee
