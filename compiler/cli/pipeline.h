#pragma once

// The whole way from a policy's file to an enforcer, for `build` and `test`.

#include <optional>
#include <string>

#include "compiler/emit/emit.h"
#include "compiler/emit/manifest.h"
#include "compiler/lower/lower.h"
#include "compiler/model/failure.h"
#include "dsl/sema/policy.h"

namespace stele::cli {

/// For progress: ", 30 patterns with `**` in the middle (web.stele:3)" where such paths make work slow; the place is
/// that of the set with most of them. Empty where there are few.
std::string crossed_paths_text(const Policy& policy);

/// What each hook decides for the policy. nullopt when `sink` has errors: what has no programs, what cannot be kept,
/// what is too much.
std::optional<ir::Module> lower_policy(const Policy& policy, diag::Sink& sink);

/// Everything that a build makes, so that `--emit` can show it.
struct Build {
  emit::SourceTree sources;
  std::string ir, object, plan, manifest, enforcer;
};

/// From decisions to the enforcer; `module` is what `policy` was lowered to. Same module, same bytes.
Result<Build> build_enforcer(const Policy& policy, const ir::Module& module,
                             const std::optional<emit::Widening>& widening = {});

}  // namespace stele::cli
