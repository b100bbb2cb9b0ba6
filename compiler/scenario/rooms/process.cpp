// Other processes.

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

std::vector<HostCall> host_calls() {
  return {
      {"traced_exec", {{Op::exec, 'a'}, {Op::process_ptrace, 'a'}}},
      {"ptrace", {{Op::process_ptrace, 'a'}}},
  };
}

}  // namespace stele::scenario::process
