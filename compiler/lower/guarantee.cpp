#include "compiler/lower/guarantee.h"

#include "compiler/catalog/catalog.h"
#include "dsl/sema/print.h"

namespace stele {

std::vector<ConstraintGuarantee> guarantees(const Policy& policy) {
  std::vector<ConstraintGuarantee> all;
  for (uint32_t index = 0; index < policy.constraints.size(); ++index) {
    const Constraint& constraint = policy.constraints[index];
    ConstraintGuarantee found;
    found.constraint = index;
    found.guarantee = constraint.effect == Effect::audit ? Guarantee::observe : Guarantee::prevent;
    found.kills = constraint.effect == Effect::kill;
    for (uint32_t number = 0; number < kOpCount; ++number) {
      Op op = static_cast<Op>(number);
      if (!(constraint.ops & op_bit(op))) continue;
      ConstraintGuarantee::Mechanism mechanism{op, {}};
      for (const HookInfo& hook : hooks()) {
        if (!(hook.ops & op_bit(op)) || hook.since > policy.target.max_version) continue;
        std::string text(hook.name);
        if (hook.since > policy.target.min_version) text += " (>= " + kernel_version_text(hook.since) + ")";
        mechanism.hooks.push_back(std::move(text));
      }
      found.mechanisms.push_back(std::move(mechanism));
    }
    all.push_back(std::move(found));
  }
  return all;
}

std::string guarantee_text(Guarantee guarantee) {
  switch (guarantee) {
    case Guarantee::prevent:
      return "prevent";
    case Guarantee::terminate:
      return "terminate";
    case Guarantee::observe:
      return "observe";
  }
  return "";
}

}  // namespace stele
