#pragma once

// Numbers as people write them, in policies and in questions: decimal, `0x` hexadecimal, `0o` octal.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stele::diag {

/// A zero before other digits: octal to who writes C or modes, decimal to others. Never a number here.
bool has_leading_zero(std::string_view digits);
/// "`0010` is 8 in octal and 10 in decimal", and what to write for each. Of digits with a leading zero.
struct TwoReadings {
  std::string message, hint;
};
TwoReadings two_readings(std::string_view digits);

/// nullopt: not a number, one with a leading zero, or one beyond 64 bits.
std::optional<uint64_t> read_number(std::string_view text);

}  // namespace stele::diag
