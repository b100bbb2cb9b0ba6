#pragma once

// What a constraint is worth, in Markdown: its guarantee, the mechanism, and what the closure adds to it.

#include <string>

#include "dsl/sema/policy.h"

namespace stele::lsp {

/// All of it for the constraint whose effect stands at `effect`; a constraint of a template counts once for each use.
/// Says what is missing when `policy` is null; empty when no constraint stands there.
std::string constraint_text_at(const Policy* policy, const diag::Span& effect);

/// One line for the constraint that begins where `constraint` does.
std::string constraint_line(const Policy* policy, const diag::Span& constraint);

}  // namespace stele::lsp
