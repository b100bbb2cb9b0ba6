#pragma once

// Words of a question: any bytes, parted by spaces, in double quotes where they need them.

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace stele::evaluate {

/// The word of a question for a file that has no name.
inline constexpr std::string_view kNameless = "nameless";

/// The word of a question for the executable of what the kernel starts.
inline constexpr std::string_view kKernel = "kernel";

struct QuestionWord {
  std::string text;  // escapes decoded
  bool quoted = false;
};

/// "…" keeps its spaces, and `\"` `\\` `\n` `\t` `\xNN` in it are what they are in a policy; elsewhere a backslash is
/// itself. The first colon at the end of a word stands alone: it parts subject and operation. Fails with what is wrong.
tl::expected<std::vector<QuestionWord>, std::string> split_words(std::string_view text);

/// The text as one word of a question, printable ASCII; in quotes only if it must be.
std::string quoted(std::string_view text);

}  // namespace stele::evaluate
