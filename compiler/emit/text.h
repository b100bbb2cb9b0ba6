#pragma once

// Text of generated C, line by line.

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <vector>

namespace stele::emit {

class CText {
public:
  template <typename... Args>
  void line(fmt::format_string<Args...> text, Args&&... args) {
    text_ += fmt::format(text, std::forward<Args>(args)...);
    text_ += '\n';
  }
  void empty_line() { text_ += '\n'; }
  void add(const std::string& text) { text_ += text; }
  /// `static const TYPE NAME = { … };`, sixteen numbers a line.
  void numbers(const std::string& type, const std::string& name, const std::vector<uint32_t>& values);

  std::string take() { return std::move(text_); }

private:
  std::string text_;
};

/// Text that is safe in a C comment of either kind, as a user would write it in the policy: bytes that are no printable
/// ASCII, the slash of "*/" and a backslash at the end are \xNN.
std::string comment_text(const std::string& text);

/// "FILE_READ" of "file_read".
std::string upper(std::string_view text);

}  // namespace stele::emit
