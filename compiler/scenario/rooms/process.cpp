// Other processes, and what a process is.

#include "compiler/scenario/rooms/rooms.h"

namespace stele::scenario::process {

namespace {

Requests trace(const Ask& ask) {
  return {{Op::process_ptrace, ask.path(0)}};
}

}  // namespace

Requests requests_ptrace_attach(const Ask& ask) {
  return trace(ask);
}

Requests requests_vm_read(const Ask& ask) {
  return trace(ask);
}

Requests requests_proc_mem_write(const Ask& ask) {
  return trace(ask);
}

void names_after_set_mm_map(const Step&, ImageNames& names) {
  names.become(names.kept());
}

void names_after_set_mm_exe_file(const Step&, ImageNames& names) {
  names.become(names.kept());
}

Requests requests_set_mm_map(const Ask&) {
  return {{Op::process_set_exe, std::nullopt}};
}

Requests requests_set_mm_exe_file(const Ask& ask) {
  return requests_set_mm_map(ask);
}

std::vector<HostCall> host_calls() {
  return {
      {"traced_exec", {{Op::exec, 'a'}, {Op::process_ptrace, 'a'}}},
      {"ptrace", {{Op::process_ptrace, 'a'}}},
      {"set_exe", {{Op::process_set_exe, 'a'}}},
  };
}

}  // namespace stele::scenario::process
