#include "compiler/catalog/catalog.h"

namespace stele {
namespace {

constexpr OpSet ops(std::initializer_list<Op> list) {
  OpSet set = 0;
  for (Op op : list) set |= op_bit(op);
  return set;
}

constexpr uint32_t kFirst = 0x060100;

constexpr std::array<HookInfo, STELE_HOOK_COUNT> kHooks = {{
    {STELE_HOOK_file_open, "file_open", kFirst, ops({Op::file_read, Op::file_write, Op::file_append, Op::file_list}),
     "open, openat2, io_uring, reopening through /proc, open by handle; not O_PATH"},
    {STELE_HOOK_path_mknod, "path_mknod", kFirst, ops({Op::file_create, Op::file_mknod}),
     "open with O_CREAT of a new name, mknod"},
    {STELE_HOOK_path_mkdir, "path_mkdir", kFirst, ops({Op::file_mkdir}), "mkdir"},
    {STELE_HOOK_path_symlink, "path_symlink", kFirst, ops({Op::file_symlink}), "symlink"},
    {STELE_HOOK_path_link, "path_link", kFirst, ops({Op::file_link, Op::file_create}), "link"},
    {STELE_HOOK_path_rename, "path_rename", kFirst, ops({Op::file_rename, Op::file_create, Op::file_delete}),
     "rename, with and without exchange"},
    {STELE_HOOK_path_unlink, "path_unlink", kFirst, ops({Op::file_delete}), "unlink"},
    {STELE_HOOK_path_rmdir, "path_rmdir", kFirst, ops({Op::file_rmdir}), "rmdir"},
    {STELE_HOOK_path_truncate, "path_truncate", kFirst, ops({Op::file_truncate}),
     "truncate; on 6.1 also ftruncate and O_TRUNC"},
    {STELE_HOOK_file_truncate, "file_truncate", 0x060200, ops({Op::file_truncate}), "ftruncate, O_TRUNC"},
    {STELE_HOOK_path_chmod, "path_chmod", kFirst, ops({Op::file_chmod}), "chmod, fchmod"},
    {STELE_HOOK_path_chown, "path_chown", kFirst, ops({Op::file_chown}), "chown, fchown"},
    {STELE_HOOK_inode_setxattr, "inode_setxattr", kFirst, ops({Op::file_xattr}),
     "setxattr; on 6.1 also access control lists"},
    {STELE_HOOK_inode_removexattr, "inode_removexattr", kFirst, ops({Op::file_xattr}), "removexattr"},
    {STELE_HOOK_inode_set_acl, "inode_set_acl", 0x060200, ops({Op::file_xattr}), "setting an access control list"},
    {STELE_HOOK_inode_remove_acl, "inode_remove_acl", 0x060200, ops({Op::file_xattr}),
     "removing an access control list"},
    {STELE_HOOK_inode_file_setattr, "inode_file_setattr", 0x061100, ops({Op::file_xattr}),
     "inode flags by file_setattr or ioctl"},
    {STELE_HOOK_inode_getattr, "inode_getattr", kFirst, ops({Op::file_stat}), "stat, fstat, statx"},
    {STELE_HOOK_mmap_file, "mmap_file", kFirst, ops({Op::file_map_exec}), "mmap with PROT_EXEC, loading a program"},
    {STELE_HOOK_file_mprotect, "file_mprotect", kFirst, ops({Op::file_map_exec}), "mprotect with PROT_EXEC"},
    {STELE_HOOK_bprm_check_security, "bprm_check_security", kFirst, ops({Op::exec, Op::process_ptrace}),
     "execve of a program, of a script and of its interpreter"},
    {STELE_HOOK_sb_mount, "sb_mount", kFirst, ops({Op::file_mount_over}), "mount(2): new, bind and moved mounts"},
    {STELE_HOOK_move_mount, "move_mount", kFirst, ops({Op::file_mount_over}), "move_mount"},
    {STELE_HOOK_ptrace_access_check, "ptrace_access_check", kFirst, ops({Op::process_ptrace}),
     "ptrace, /proc/PID/mem, process_vm_*, pidfd_getfd"},
}};

constexpr bool in_order() {
  for (unsigned i = 0; i < STELE_HOOK_COUNT; ++i)
    if (kHooks[i].hook != static_cast<stele_hook>(i)) return false;
  return true;
}
static_assert(in_order(), "the table is indexed by stele_hook");

constexpr bool every_enforced_op_has_a_hook() {
  OpSet covered = 0;
  for (const HookInfo& hook : kHooks) covered |= hook.ops;
  return covered == (OpSet{1} << kEnforcedOps) - 1;
}
static_assert(every_enforced_op_has_a_hook(), "an operation that no hook sees could not be enforced");

}  // namespace

const std::array<HookInfo, STELE_HOOK_COUNT>& hooks() {
  return kHooks;
}

}  // namespace stele
