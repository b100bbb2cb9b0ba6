#pragma once

// `net { connect, send } to upstream port 443/tcp`: a class, its operations and what they are done to.

#include <optional>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/context.h"
#include "dsl/sema/policy.h"

namespace stele {

enum class Purpose : uint8_t {
  on_listed,    // deny, audit, kill
  only_listed,  // only
  assertion
};

/// What one operation of the syntax is about. Listed: its path is in `objects` and `object` holds; `scope` is for
/// `only`.
struct ResolvedOperation {
  OpSet ops = 0;
  PathSetId objects = kAnyPath;
  Condition object;
  Condition scope;
};

/// One or several: `kernel { kexec, sysctl("…") }` is two. Reports every mistake (S3060…S3063, S3087…S3098, S4005,
/// S4006, S4013, S4014); nullopt when there was an error.
std::optional<std::vector<ResolvedOperation>> resolve_operation(const ast::Operation& operation, Purpose purpose,
                                                                sema::Context& context);

}  // namespace stele
