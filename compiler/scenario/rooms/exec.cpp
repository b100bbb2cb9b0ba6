// Code: execution and executable mappings.

#include "compiler/scenario/rooms/rooms.h"

namespace stele::scenario::exec {

/// A script's interpreter is asked for too; the file that is mapped in the end is the last one.
Requests requests_exec(const Ask& ask) {
  std::string name = ask.path(0);
  Requests requests = {{Op::exec, name}};
  for (int depth = 0; depth < 4; depth++) {
    std::optional<std::string> interpreter = ask.names().interpreter(name);
    if (!interpreter) break;
    name = ask.names().true_name(*interpreter);
    requests.push_back({Op::exec, name});
  }
  requests.push_back({.op = Op::file_map_exec, .path = name, .exe = name});
  return requests;
}

Requests requests_memfd_exec(const Ask&) {
  return {{Op::exec, std::nullopt}, {.op = Op::file_map_exec, .exe = ""}};
}

/// What the program then maps is its own affair.
Requests requests_kernel_exec(const Ask& ask) {
  return {{Op::exec, ask.path(0)}};
}

Requests requests_map_exec(const Ask& ask) {
  return {{Op::file_read, ask.path(0)}, {Op::file_map_exec, ask.path(0)}};
}

Requests requests_mprotect_exec(const Ask& ask) {
  return requests_map_exec(ask);
}

Requests requests_anon_exec(const Ask&) {
  return {{Op::file_map_exec, std::nullopt}};
}

std::vector<HostCall> host_calls() {
  return {
      {"map_exec", {{Op::file_map_exec, 'a'}}},
      {"map_itself", {{.op = Op::file_map_exec, .path = 'a', .by_itself = true}}},
      {"exec", {{Op::exec, 'a'}}},
  };
}

}  // namespace stele::scenario::exec
