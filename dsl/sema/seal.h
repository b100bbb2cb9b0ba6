#pragma once

// `seal { … }`: what protects the policy itself. Its constraints are resolved as those of a rule are.

#include "dsl/ast/ast.h"
#include "dsl/sema/context.h"
#include "dsl/sema/policy.h"

namespace stele::sema {

/// Joins the seals of all files: what one protects is protected, and who takes the policy away must be allowed to by
/// each that speaks of it. Reports S3105, S3106.
class SealResolver {
public:
  SealResolver(Policy& policy, Context& context);
  void resolve(const ast::Seal& seal);

private:
  void resolve_removable(const ast::Removable& removable);

  Policy& policy_;
  Context& context_;
  bool removable_given_ = false;
};

}  // namespace stele::sema
