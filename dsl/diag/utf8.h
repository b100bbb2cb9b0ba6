#pragma once

// UTF-8, as far as a compiler of text files needs it.

#include <cstddef>
#include <string>
#include <string_view>

namespace stele::diag {

/// Bytes of the code point at `at` (1..4); 0 when no valid sequence begins there (overlong, surrogate, cut off).
size_t utf8_length(std::string_view text, size_t at);

/// Offset of the first byte that is not part of valid UTF-8, or npos.
size_t find_invalid_utf8(std::string_view text);

/// Text that a terminal can be given: control characters and invalid bytes become `?`, tabs become blanks.
std::string harmless(std::string_view text);

}  // namespace stele::diag
