#pragma once

#include <string>

#include "compiler/lower/ir.h"

namespace stele::lower {

/// The module as text, to be read beside the policy (`--emit` writes it as policy.ir) and compared in tests.
/// Deterministic: the same module, the same bytes. Bytes that are no printable ASCII are \xNN.
std::string print_ir(const ir::Module& module);

/// One test: "uid in {33, 1000..1999} and not exe in executables 0?"; `?` marks what counts as true where it is
/// unknown.
std::string print_test(const ir::Test& test);

}  // namespace stele::lower
