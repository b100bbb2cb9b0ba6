#pragma once

// One compilation by Clang inside this process. Safe once a process: LLVM's CO-RE pass keeps state in statics, and the
// second module would be miscompiled or crash. worker.h runs it in a process of its own.

#include <map>
#include <string>

#include "compiler/clang/bpf_compiler.h"

namespace stele::codegen {

struct CompileOutcome {
  bool ok = false;
  std::string object;  // ELF when ok
  std::string log;     // "file:line:column: error: text" lines when not ok
};

/// Never throws: it is called through LLVM's frames.
CompileOutcome compile_once(const std::map<std::string, std::string>& files, const std::string& main_file,
                            const BpfCompileOptions& options);

}  // namespace stele::codegen
