#include "compiler/emit/plan_input.h"

#include "compiler/emit/manifest.h"

namespace stele::emit {

pack::PlanInput plan_input(const Policy& policy, const ir::Module& module, const std::optional<Widening>& widening) {
  pack::PlanInput input;
  input.policy_name = module.policy;
  input.policy_version = module.version;
  input.min_kernel = module.min_kernel;
  input.max_kernel = module.max_kernel;
  input.on_failure = policy.on_failure == OnFailure::go_on ? STELE_ON_FAILURE_CONTINUE : STELE_ON_FAILURE_HALT;
  for (const ir::Constraint& one : module.constraints)
    input.constraints.push_back({one.rule, one.source, one.part, static_cast<uint8_t>(one.effect),
                                 static_cast<uint8_t>(one.log), static_cast<uint16_t>(one.error)});
  for (uint32_t number = 0; number < module.automaton.states.size(); ++number) {
    const lower::Automaton::State& state = module.automaton.states[number];
    input.states.push_back({state.other, state.absorbing, module.unlinked_classes[state.path_class], state.path_class});
    for (const auto& [name, to] : state.edges) input.edges.push_back({number, to, name});
  }
  for (const Op op : module.operations) input.operations.push_back(op_text(op));
  for (const ir::Hook& hook : module.hooks) input.hooks.push_back(hook.hook);
  for (const ir::ProtectedPath& path : module.protected_paths) input.protected_paths.push_back({path.path, path.tree});
  input.manifest = manifest_json(policy, module, widening);
  return input;
}

}  // namespace stele::emit
