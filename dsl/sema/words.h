#pragma once

// The words of the language that are looked up rather than parsed: operations, error names, closure parts, fields.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele {

/// The operation `name` of class `klass`, or nullopt.
std::optional<Op> find_operation(std::string_view klass, std::string_view name);
/// A word for several operations of a class.
struct OperationGroup {
  std::string_view word;
  OpSet ops;
  std::string_view detail;
};
/// `all` of a class of several operations, and `change` of `file`. None of `syscall` and `cap`, which list a set.
std::vector<OperationGroup> operation_groups(std::string_view klass);
/// Every way to change a file or to put another in its place, but opening it for writing and giving it other names:
/// what the closure adds to `write`.
inline constexpr OpSet kChange =
    op_bits({Op::file_append, Op::file_truncate, Op::file_chmod, Op::file_chown, Op::file_utime, Op::file_xattr,
             Op::file_create, Op::file_delete, Op::file_symlink, Op::file_mkdir, Op::file_mknod, Op::file_rmdir});
/// Names of all operations of a class, in the order of operation.def.
std::vector<std::string> operations_of(std::string_view klass);
/// The word alone: "read", "exec", "ptrace".
std::string_view op_name(Op op);
/// Is it the one operation of its class, which is then written without it?
bool is_sole(Op op);

/// Number of an error that a policy may return (Linux, x86-64), or nullopt.
std::optional<int> find_errno(std::string_view name);
/// "EPERM" for 1; empty when the policy language has no name for it.
std::string_view errno_name(int number);
std::vector<std::string> errno_names();
/// What a system call that does not exist returns. A hook of prctl says by it that it has nothing to do with a call,
/// which then goes on: it refuses no `process set_exe`.
inline constexpr int kEnosys = 38;

/// Every name that `without` knows.
std::vector<std::string> part_names();

/// The subject's field of that name, or nullopt.
std::optional<Field> find_subject_field(std::string_view name);
/// The names of all subject fields, in the order of STELE_FIELDS.
std::vector<std::string> subject_field_names();

}  // namespace stele
