#pragma once

// Diagnostics for people and for programs.

#include <string>

#include "dsl/diag/diagnostic.h"

namespace stele::diag {

enum class Colour : uint8_t { off, on };

/// For a terminal: place, severity, code and message; the source line with carets; labels; the hint; and last a line
/// that counts errors, warnings and what is acknowledged, which is not shown. Empty when there is nothing to say.
///
///     web.stele:4:25: error[S3032]: unknown set `secret`
///        4 |   deny file { read } on secret
///          |                         ^^^^^^
///       help: did you mean `secrets`?
std::string render_text(const Sink& sink, Colour colour);

/// {"diagnostics": [{"code", "severity", "message", "file", "line", "column", "end_line", "end_column", "hint",
/// "labels": [{"message", "file", "line", …}], "acknowledged": reason}], "errors": n, "warnings": n, "acknowledged": n,
/// "not_shown": n}. Places are left out where there is none, and the reason where nobody acknowledged it; the warnings
/// are those that nobody did.
std::string render_json(const Sink& sink);

}  // namespace stele::diag
