#pragma once

// One component of a path pattern: `id_*`, `[a-z]?`, `*`, `**`, or a plain name.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dsl/ast/ast.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/report.h"

namespace stele::sema {

/// Bytes of a text by their indices: what is left of it when its braces are expanded.
using TextIndices = std::vector<uint32_t>;

/// The component that text[indices[begin..end)] is, at least one byte; never `/`. Reports S3053, S3055, S3059.
/// Canonical: a glob that can match one name only is a literal, `?` stands before `*`, `?*` alone is `*`.
std::optional<Component> parse_component(const ast::Text& text, const TextIndices& indices, size_t begin, size_t end,
                                         Reporter& report);

/// Bytes of a name as a policy writes them: not printable or with a meaning in patterns: `\xNN`.
std::string escaped_name(const std::string& name);

/// Fewest bytes that a name which matches has.
size_t shortest_match(const Component& component);

}  // namespace stele::sema
