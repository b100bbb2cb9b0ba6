// See verbs.h. What a system call asks is written down in compiler/evaluate/evaluate.h.

#include "compiler/scenario/verbs.h"

#include <array>

namespace stele {

std::string Ask::path(size_t index, bool follow, size_t nth) const {
  if (nth < objects_.size()) return objects_[nth];
  return names_.resolve(step_.arguments.at(index), follow).value_or(step_.arguments.at(index));
}

namespace {

using Requests = std::vector<Request>;

Requests nothing(const Ask&) {
  return {};
}

Requests read_of(const Ask& ask, const std::string& name) {
  return {{ask.is_directory(name) ? Op::file_list : Op::file_read, name}};
}

Requests read(const Ask& ask) {
  return read_of(ask, ask.path(0));
}

template <Op op>
Requests one(const Ask& ask) {
  return {{op, ask.path(0)}};
}

/// The name itself, not what a symlink there points to.
template <Op op>
Requests one_name(const Ask& ask) {
  return {{op, ask.path(0, false)}};
}

Requests read_write(const Ask& ask) {
  return {{Op::file_read, ask.path(0)}, {Op::file_write, ask.path(0)}};
}

Requests create(const Ask& ask) {
  return {{Op::file_create, ask.path(0)}, {Op::file_write, ask.path(0)}};
}

Requests create_or_write(const Ask& ask) {
  const std::string name = ask.path(0);
  return {{ask.exists(name) ? Op::file_truncate : Op::file_create, name}, {Op::file_write, name}};
}

Requests ftruncate(const Ask& ask) {
  return {{Op::file_write, ask.path(0)}, {Op::file_truncate, ask.path(0)}};
}

Requests fchmod(const Ask& ask) {
  Requests requests = read(ask);
  requests.push_back({Op::file_chmod, ask.path(0)});
  return requests;
}

Requests symlink(const Ask& ask) {
  return {{Op::file_symlink, ask.path(1, false)}};
}

Requests link(const Ask& ask) {
  return {{Op::file_link, ask.path(0, false)}, {Op::file_create, ask.path(1, false, 1)}};
}

Requests rename(const Ask& ask) {
  const std::string from = ask.path(0, false), to = ask.path(1, false, 1);
  Requests requests = {{Op::file_rename, from}, {Op::file_rename, to}, {Op::file_create, to}};
  if (ask.exists(to)) requests.push_back({Op::file_delete, to});
  return requests;
}

Requests exchange(const Ask& ask) {
  const std::string from = ask.path(0, false), to = ask.path(1, false, 1);
  return {{Op::file_rename, from}, {Op::file_rename, to}, {Op::file_create, from}, {Op::file_create, to}};
}

/// A script's interpreter is asked for too; the file that is mapped in the end is the last one.
Requests exec(const Ask& ask) {
  std::string name = ask.path(0);
  Requests requests = {{Op::exec, name}};
  for (int depth = 0; depth < 4; depth++) {
    std::optional<std::string> interpreter = ask.names().interpreter(name);
    if (!interpreter) break;
    name = ask.names().resolve(*interpreter).value_or(*interpreter);
    requests.push_back({Op::exec, name});
  }
  requests.push_back({Op::file_map_exec, name});
  return requests;
}

Requests memfd_exec(const Ask&) {
  return {{Op::exec, std::nullopt}, {Op::file_map_exec, std::nullopt}};
}

Requests map_exec(const Ask& ask) {
  return {{Op::file_read, ask.path(0)}, {Op::file_map_exec, ask.path(0)}};
}

Requests anon_exec(const Ask&) {
  return {{Op::file_map_exec, std::nullopt}};
}

Requests mount_over_second(const Ask& ask) {
  return {{Op::file_mount_over, ask.path(1)}};
}

Requests read_detached(const Ask& ask) {
  if (ask.has_objects()) return read(ask);
  const std::string name = ask.path(0) + "/" + ask.step().arguments.at(1);
  return read_of(ask, ask.names().resolve(name).value_or(name));
}

Requests reopen(const Ask& ask) {
  bool writes = !ask.step().arguments.empty() && ask.step().arguments[0] == "write";
  return writes ? Requests{{Op::file_write, ask.kept()}} : read_of(ask, ask.kept());
}

constexpr size_t kMany = 24;

const std::array kVerbs = {
    // files by name
    Verb{"read", 1, 1, read},
    Verb{"write", 1, 1, one<Op::file_write>},
    Verb{"read_write", 1, 1, read_write},
    Verb{"append", 1, 1, one<Op::file_append>},
    Verb{"create", 1, 1, create},
    Verb{"create_or_write", 1, 1, create_or_write},
    Verb{"truncate", 1, 1, one<Op::file_truncate>},
    Verb{"ftruncate", 1, 1, ftruncate},
    Verb{"delete", 1, 1, one_name<Op::file_delete>},
    Verb{"rmdir", 1, 1, one_name<Op::file_rmdir>},
    Verb{"mkdir", 1, 1, one_name<Op::file_mkdir>},
    Verb{"mknod", 1, 1, one_name<Op::file_mknod>},
    Verb{"symlink", 2, 2, symlink},
    Verb{"link", 2, 2, link},
    Verb{"rename", 2, 2, rename},
    Verb{"exchange", 2, 2, exchange},
    Verb{"chmod", 1, 2, one<Op::file_chmod>},
    Verb{"fchmod", 1, 2, fchmod},
    Verb{"chown", 3, 3, one<Op::file_chown>},
    Verb{"setxattr", 2, 3, one<Op::file_xattr>},
    Verb{"removexattr", 2, 2, one<Op::file_xattr>},
    Verb{"stat", 1, 1, one<Op::file_stat>},
    Verb{"list", 1, 1, one<Op::file_list>},
    Verb{"chdir", 1, 1, nothing},
    Verb{"make_deep", 2, 2, nothing},
    // descriptors and less common ways to open
    Verb{"open_path", 1, 1, nothing},
    Verb{"hold_open", 1, 1, read},
    Verb{"reopen", 0, 1, reopen},
    Verb{"read_kept", 0, 0, nothing},
    Verb{"openat2", 1, 6, read},
    Verb{"io_uring_open", 1, 1, read},
    Verb{"int80_open", 1, 1, read},
    Verb{"open_by_handle", 1, 1, read},
    Verb{"read_detached", 2, 2, read_detached},
    // code
    Verb{"exec", 1, kMany, exec},
    Verb{"memfd_exec", 0, 0, memfd_exec},
    Verb{"map_exec", 1, 1, map_exec},
    Verb{"mprotect_exec", 1, 1, map_exec},
    Verb{"anon_exec", 0, 0, anon_exec},
    // mounts, roots, namespaces
    Verb{"mount", 2, 3, mount_over_second},
    Verb{"mount_bind", 2, 2, mount_over_second},
    Verb{"mount_rbind", 2, 2, mount_over_second},
    Verb{"mount_tmpfs", 1, 1, one<Op::file_mount_over>},
    Verb{"move_mount", 2, 2, mount_over_second},
    Verb{"umount", 1, 1, nothing},
    Verb{"unshare_mounts", 0, 0, nothing},
    Verb{"unshare_user", 0, 0, nothing},
    Verb{"setns", 1, 1, nothing},
    Verb{"chroot", 1, 1, nothing},
    Verb{"pivot_root", 2, 2, nothing},
    // other processes, time
    Verb{"ptrace_attach", 1, 1, one<Op::process_ptrace>},
    Verb{"vm_read", 1, 1, one<Op::process_ptrace>},
    Verb{"proc_mem_write", 1, 1, one<Op::process_ptrace>},
    Verb{"wait", 1, 1, nothing},
    // programs of the test, judged by their exit code
    Verb{"run", 1, kMany, nothing},
    Verb{"run_killed_after_ms", 2, kMany, nothing},
    Verb{"run_killed_after_syscalls", 2, kMany, nothing},
    Verb{"run_killed_everywhere", 2, kMany, nothing},
    Verb{"nothing_loaded", 0, 0, nothing},
};

}  // namespace

const Verb* find_verb(const std::string& name) {
  for (const Verb& verb : kVerbs)
    if (name == verb.name) return &verb;
  return nullptr;
}

std::vector<std::string> verb_names() {
  std::vector<std::string> names;
  for (const Verb& verb : kVerbs) names.push_back(verb.name);
  return names;
}

bool names_a_file(const Step& step) {
  const Verb* verb = find_verb(step.verb);
  return verb && verb->requests != nothing && verb->requests != anon_exec && verb->requests != memfd_exec &&
         verb->requests != reopen && helper_of(step).empty();
}

std::string helper_of(const Step& step) {
  bool wants = step.verb == "ptrace_attach" || step.verb == "vm_read" || step.verb == "proc_mem_write";
  return wants && !step.arguments.empty() ? step.arguments[0] : "";
}

}  // namespace stele
