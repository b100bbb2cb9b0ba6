#pragma once

// Path patterns: from the text of a policy to components and back.

#include <optional>
#include <string>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/report.h"

namespace stele::sema {

/// The paths that one text stands for: several where it has braces. Reports S3050…S3059 and S3080 at the place that is
/// wrong; nullopt then. `**/**` becomes `**`.
std::optional<std::vector<PathPattern>> parse_paths(const ast::Text& text, Reporter& report);

/// The names, patterns of one component, that one text stands for: `"nginx"`, `"fuse*"`. Reports as parse_paths does,
/// and S3081 for what is no name.
std::optional<std::vector<PathPattern>> parse_names(const ast::Text& text, Reporter& report);

/// The pattern as a policy would write it, without quotes: "/home/*/.ssh/id_*". Bytes that are not printable ASCII, and
/// pattern characters that stand for themselves, are `\xNN`; so two patterns differ if and only if their texts do.
std::string pattern_text(const PathPattern& pattern);
/// A name: the same without the first `/`.
std::string name_text(const PathPattern& name);

/// Order of patterns in a PathSet: by components, from the left.
bool pattern_less(const PathPattern& a, const PathPattern& b);

}  // namespace stele::sema
