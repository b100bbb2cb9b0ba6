#pragma once

// The whole way from a policy's file to an enforcer, for `build` and `test`.

#include <memory>
#include <optional>
#include <string>

#include "compiler/emit/emit.h"
#include "compiler/emit/manifest.h"
#include "compiler/lower/lower.h"
#include "compiler/model/failure.h"
#include "dsl/sema/policy.h"

namespace stele::cli {

/// A policy and what each hook decides for it; the module points into the policy.
struct LoweredPolicy {
  std::unique_ptr<const Policy> policy;
  Module module;
};

/// Decides for each hook. nullopt when `sink` has errors: what has no programs, what cannot be kept, what is too much.
std::optional<LoweredPolicy> lower_policy(Policy policy, Sink& sink);

/// Everything that a build makes, so that `--emit` can show it.
struct Build {
  SourceTree sources;
  std::string object, plan, manifest, enforcer;
};

/// From decisions to the enforcer. Same module, same bytes.
Result<Build> build_enforcer(const Module& module, const std::optional<Widening>& widening = {});

}  // namespace stele::cli
