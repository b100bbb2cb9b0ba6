#pragma once

#include <map>
#include <string>

#include "compiler/lower/ir.h"

namespace stele::emit {

/// Generated C: file name → text. "policy.bpf.c" holds what is particular to the policy; the rest are the template
/// headers that it includes. Compiles as it stands with `clang -target bpf -O2 -g -c policy.bpf.c`. Same input, same
/// bytes.
using SourceTree = std::map<std::string, std::string>;
inline constexpr const char* kMainSource = "policy.bpf.c";

/// What the kernel runs.
SourceTree emit_c(const ir::Module& module);

/// The same with the model of the kernel's structures on which it runs on the host: bpf-templates/host.
SourceTree emit_host_c(const ir::Module& module);
inline constexpr const char* kHostMainSource = "host/main.c";

}  // namespace stele::emit
