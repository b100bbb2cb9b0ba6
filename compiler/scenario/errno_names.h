#pragma once

// Every error that a caller can see; the language knows those that a policy may return (dsl/sema/words.h).

#include <optional>
#include <string>

namespace stele::scenario {

/// 13 → "EACCES"; a number without a name is written as it is.
std::string errno_name(int error);
/// "EACCES" → 13.
std::optional<int> errno_value(const std::string& name);

}  // namespace stele::scenario
