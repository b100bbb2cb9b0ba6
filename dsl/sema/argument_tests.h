#pragma once

// Tests of the arguments of system calls: `ioctl(arg1 == 0x5401)`, `clone(arg0 & CLONE_NEWUSER)`.

#include <optional>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/report.h"

namespace stele::sema {

/// All of the tests, of arguments of the system call with this number. Each is compared as the kernel reads it: so many
/// low bits, signed or not (dsl/words/syscall_argument.def). Reports S3089, S3090, S4012.
std::optional<Condition> argument_tests(uint64_t call, const std::vector<ast::Argument>& arguments, Reporter& report);

}  // namespace stele::sema
