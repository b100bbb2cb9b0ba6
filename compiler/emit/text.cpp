#include "compiler/emit/text.h"

#include <algorithm>
#include <cctype>

namespace stele::emit {

void CText::numbers(const std::string& type, const std::string& name, const std::vector<uint32_t>& values) {
  line("static const {} {} = {{", type, name);
  for (size_t i = 0; i < values.size();) {
    text_ += '\t';
    for (size_t end = std::min(values.size(), i + 16); i < end; ++i)
      text_ += values[i] > 0xffff ? fmt::format("0x{:x}, ", values[i]) : fmt::format("{}, ", values[i]);
    text_.back() = '\n';
  }
  line("}};\n");
}

std::string comment_text(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    const bool ends_comment = c == '/' && i > 0 && text[i - 1] == '*';
    const bool joins_lines = c == '\\' && i + 1 == text.size();
    if (c < 0x20 || c >= 0x7f || ends_comment || joins_lines)
      out += fmt::format("\\x{:02x}", c);
    else
      out += static_cast<char>(c);
  }
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return std::toupper(c); });
  return out;
}

}  // namespace stele::emit
