#pragma once

// Tests of the arguments of system calls: `ioctl(arg1 == 0x5401)`, `clone(arg0 & CLONE_NEWUSER)`.

#include <optional>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/report.h"

namespace stele::sema {

/// All of the tests. Numbers are unsigned, 64 bits. Reports S3090, S3091, S4012.
std::optional<Condition> argument_tests(const std::vector<ast::Argument>& arguments, Reporter& report);

}  // namespace stele::sema
