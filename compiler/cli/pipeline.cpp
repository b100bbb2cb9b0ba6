#include "compiler/cli/pipeline.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

#include "compiler/clang/bpf_compiler.h"
#include "compiler/cli/progress.h"
#include "compiler/emit/plan_input.h"
#include "compiler/guarantee/guarantee.h"
#include "compiler/lower/print_ir.h"
#include "compiler/pack/pack.h"

namespace stele::cli {

std::string crossed_paths_text(const Policy& policy) {
  constexpr size_t kMany = 4;
  size_t all = 0, most = 0;
  const PathSet* crowded = nullptr;
  for (const PathSet& set : policy.path_sets) {
    size_t own = 0;
    for (const PathPattern& pattern : set.patterns)
      own += std::any_of(pattern.begin(), pattern.empty() ? pattern.end() : pattern.end() - 1,
                         [](const Component& one) { return one.kind == Component::Kind::any_depth; });
    all += own;
    if (own > most) {
      most = own;
      crowded = &set;
    }
  }
  if (all < kMany) return {};
  std::string place;
  if (const diag::Span& span = crowded->span; span.file)
    place = fmt::format(" ({}:{})", std::filesystem::path(span.file->path).filename().string(),
                        diag::locate(*span.file, span.begin).line);
  return fmt::format(", {} patterns with `**` in the middle{}", all, place);
}

std::optional<ir::Module> lower_policy(const Policy& policy, diag::Sink& sink) {
  guarantee::check_guarantees(policy, sink);
  const Progress progress("putting the paths together" + crossed_paths_text(policy));
  return lower::lower(policy, sink);
}

Result<Build> build_enforcer(const Policy& policy, const ir::Module& module,
                             const std::optional<emit::Widening>& widening) {
  Build build;
  build.ir = lower::print_ir(module);    // what is decided where, to read
  build.sources = emit::emit_c(module);  // one program a hook, constants in the code
  auto object =
      codegen::compile_bpf(build.sources, emit::kMainSource, {"v3", {"events", "counters"}});  // by Clang, linted
  if (!object) return tl::unexpected(object.error());
  build.object = std::move(*object);
  const pack::PlanInput input =
      emit::plan_input(policy, module, widening);  // names for events, the automaton for mount points, the manifest
  build.manifest = input.manifest;
  auto plan = pack::make_plan(build.object, input);  // what the stub will do, system call by system call
  if (!plan) return tl::unexpected(plan.error());
  build.plan = std::move(*plan);
  auto enforcer = pack::link_enforcer(pack::enforcer_stub(), build.plan);  // one static executable
  if (!enforcer) return tl::unexpected(enforcer.error());
  build.enforcer = std::move(*enforcer);
  return build;
}

}  // namespace stele::cli
