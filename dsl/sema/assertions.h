#pragma once

// `assert never uid 33 : file write on "/etc/**"`

#include "dsl/ast/ast.h"
#include "dsl/sema/context.h"
#include "dsl/sema/policy.h"

namespace stele::sema {

/// Appends to the policy's assertions: one, or several where the operation is several. Reports S3102 and what
/// conditions and operations report.
void resolve_assertion(const ast::Assertion& assertion, Policy& policy, Context& context);

}  // namespace stele::sema
