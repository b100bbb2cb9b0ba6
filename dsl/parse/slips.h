#pragma once

// First mistakes of those who come from AppArmor, nftables, YAML or Python: what stands there, and the words for it
// here.

#include <antlr4-runtime.h>

#include <memory>
#include <optional>
#include <string>

#include "dsl/diag/diagnostic.h"

namespace stele::parse {

struct Slip {
  std::string hint;
  const antlr4::Token* at = nullptr;  // where it is, when it is before what the parser stumbled over
  size_t end = 0;                     // offset: mistakes before it are this one
};

/// Is it one of them that made `found` unexpected?
std::optional<Slip> find_slip(antlr4::Parser& parser, const antlr4::Token& found, const diag::SourceFile& source);

/// A path without quotes around the offset, which reads to the next blank or sign of a list.
std::string path_around(const diag::SourceFile& source, size_t offset);

}  // namespace stele::parse
