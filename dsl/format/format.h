#pragma once

// One layout for every policy: what `stele fmt` writes.
//
// A line has 100 columns. What fits on one line stands on one line; a constraint that does not has each clause on a
// line of its own, a set that does not has each item on one, with a comma behind the last. Rules have a blank line
// around them; between other statements, between constraints and between items the author's blank lines stay, one at
// most.

#include <memory>
#include <optional>
#include <string>

#include "dsl/diag/diagnostic.h"

namespace stele::format {

/// The text of `source` in that layout. Same words and comments in the same order: white space changes, and the commas
/// that stand last in a list. What it returns is its own layout: formatting it again changes nothing.
/// Reports what parsing reports, and returns nullopt when there was an error among it: what cannot be read is left
/// alone. Never throws. Cost: n log n in the text.
std::optional<std::string> format(const std::shared_ptr<const diag::SourceFile>& source, diag::Sink& sink);

}  // namespace stele::format
