#pragma once

#include <map>
#include <string>

#include "compiler/lower/lower.h"

namespace stele {

/// Generated C: file name → text. "policy.bpf.c" is the main file; the rest are the template headers that it includes.
/// Compiles as it stands with `clang -target bpf -O2 -c policy.bpf.c`. Same input, same bytes.
using SourceTree = std::map<std::string, std::string>;

SourceTree emit_c(const Module& module);

}  // namespace stele
