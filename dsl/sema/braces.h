#pragma once

// Alternatives in patterns: "/usr{,/local}/bin" stands for "/usr/bin" and "/usr/local/bin".

#include <optional>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/glob.h"
#include "dsl/sema/report.h"

namespace stele::sema {

/// Most patterns that one text may stand for.
inline constexpr size_t kMaxAlternatives = 1024;

/// Every text that `text` stands for, as indices into it; at least one. Braces nest; escaped ones, and those between
/// brackets, are characters. Reports S3059, S3080.
std::optional<std::vector<TextIndices>> expand_braces(const ast::Text& text, Reporter& report);

}  // namespace stele::sema
