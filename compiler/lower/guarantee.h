#pragma once

// What each constraint is worth on the policy's target, and by which mechanism: computed from the catalogue, never
// claimed.

#include <string>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele {

enum class Guarantee : uint8_t {
  prevent,    // the effect never happens, the caller gets the errno
  terminate,  // the caller is killed before it returns to user space; the call in flight may have taken effect
  observe     // an event, nothing more
};

struct ConstraintGuarantee {
  uint32_t constraint = 0;  // index into Policy::constraints
  Guarantee guarantee = Guarantee::observe;
  bool kills = false;  // prevents, and the caller is killed
  struct Mechanism {
    Op op;
    std::vector<std::string> hooks;  // LSM hooks that see it, with ">= 6.2" behind those that not every kernel has
  };
  std::vector<Mechanism> mechanisms;
};

std::vector<ConstraintGuarantee> guarantees(const Policy& policy);
std::string guarantee_text(Guarantee guarantee);

}  // namespace stele
