#pragma once

#include <map>
#include <string>
#include <vector>

#include "compiler/model/failure.h"

namespace stele::codegen {

struct BpfCompileOptions {
  std::string cpu = "v3";
  std::vector<std::string> allowed_maps;  // every other map in the source is refused by the AST lint
};

/// Compiles `main_file` of `files` (name → text, nothing else is visible) to a BPF ELF object with BTF and BTF.ext,
/// DWARF stripped. In process, in a forked worker. A mistake is ours, not the user's: the Failure carries file:line and
/// Clang's text, and for the lint (writable global, unlisted map, function neither static nor SEC) what it found. Same
/// input, same bytes.
Result<std::string> compile_bpf(const std::map<std::string, std::string>& files, const std::string& main_file,
                                const BpfCompileOptions& options);

}  // namespace stele::codegen
