#include "dsl/diag/digits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace stele::diag {

namespace {

std::optional<uint64_t> read_digits(std::string_view digits, int base) {
  uint64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [after, error] = std::from_chars(digits.data(), end, value, base);
  if (error != std::errc() || after != end) return std::nullopt;
  return value;
}

}  // namespace

bool has_leading_zero(std::string_view digits) {
  return digits.size() > 1 && digits.front() == '0' &&
         std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
}

TwoReadings two_readings(std::string_view digits) {
  const std::string_view plain = digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  const std::optional<uint64_t> octal = read_digits(plain, 8), decimal = read_digits(plain, 10);
  if (!octal || !decimal || *octal == *decimal)
    return {fmt::format("`{}` begins with a zero, as octal numbers do elsewhere", digits),
            fmt::format("write `{}`", plain)};
  return {fmt::format("`{}` is {} in octal and {} in decimal", digits, *octal, *decimal),
          fmt::format("write `0o{}` for octal, `{}` for decimal", plain, plain)};
}

std::optional<uint64_t> read_number(std::string_view text) {
  if (text.starts_with("0x")) return read_digits(text.substr(2), 16);
  if (text.starts_with("0o")) return read_digits(text.substr(2), 8);
  return has_leading_zero(text) ? std::nullopt : read_digits(text, 10);
}

}  // namespace stele::diag
