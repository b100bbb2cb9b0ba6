#pragma once

// What the fuzzers share.

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace stele::fuzz {

/// Ends the program, which the fuzzer reports with the input.
inline void require(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "not kept: %s\n", what);
  std::abort();
}

/// Choices that an input decides: the same input, the same choices.
class Choices {
public:
  explicit Choices(std::string_view input) {
    for (const char c : input) state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  }
  /// Below `limit`, which is not 0.
  size_t below(size_t limit) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>((state_ >> 33) % limit);
  }

private:
  uint64_t state_ = 0xcbf29ce484222325u;
};

}  // namespace stele::fuzz
