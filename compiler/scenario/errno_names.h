#pragma once

#include <optional>
#include <string>

namespace stele {

/// 13 → "EACCES"; a number without a name is written as it is.
std::string errno_name(int error);
/// "EACCES" → 13.
std::optional<int> errno_value(const std::string& name);

}  // namespace stele
