#pragma once

// Path patterns: from the text of a policy to components and back.

#include <optional>
#include <string>

#include "dsl/ast/ast.h"
#include "dsl/diag/diagnostic.h"
#include "dsl/sema/policy.h"

namespace stele {

/// Splits and checks one path. Reports S3050…S3058 at the component that is wrong; nullopt then.
/// `**/**` becomes `**`.
std::optional<PathPattern> parse_pattern(const ast::Text& text, Sink& sink);

/// The pattern as a policy would write it, without quotes: "/home/*/.ssh/**". Bytes that are not printable ASCII, and
/// pattern characters that stand for themselves, are `\xNN`; so two patterns differ if and only if their texts do.
std::string pattern_text(const PathPattern& pattern);

/// Order of patterns in a PathSet: by components, from the left.
bool pattern_less(const PathPattern& a, const PathPattern& b);

}  // namespace stele
