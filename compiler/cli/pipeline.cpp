#include "compiler/cli/pipeline.h"

#include "compiler/clang/bpf_compiler.h"
#include "compiler/emit/plan_input.h"
#include "compiler/guarantee/guarantee.h"
#include "compiler/lower/print_ir.h"
#include "compiler/pack/pack.h"

namespace stele::cli {

std::optional<ir::Module> lower_policy(const Policy& policy, Sink& sink) {
  check_guarantees(policy, sink);
  return lower(policy, sink);
}

Result<Build> build_enforcer(const Policy& policy, const ir::Module& module, const std::optional<Widening>& widening) {
  Build build;
  build.ir = print_ir(module);     // what is decided where, to read
  build.sources = emit_c(module);  // one program a hook, constants in the code
  auto object = compile_bpf(build.sources, kMainSource, {"v3", {"events", "counters"}});  // by Clang, linted
  if (!object) return tl::unexpected(object.error());
  build.object = std::move(*object);
  const PlanInput input =
      plan_input(policy, module, widening);  // names for events, the automaton for mount points, the manifest
  build.manifest = input.manifest;
  auto plan = make_plan(build.object, input);  // what the stub will do, system call by system call
  if (!plan) return tl::unexpected(plan.error());
  build.plan = std::move(*plan);
  auto enforcer = link_enforcer(enforcer_stub(), build.plan);  // one static executable
  if (!enforcer) return tl::unexpected(enforcer.error());
  build.enforcer = std::move(*enforcer);
  return build;
}

}  // namespace stele::cli
