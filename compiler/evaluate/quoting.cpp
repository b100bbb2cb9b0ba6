#include "compiler/evaluate/quoting.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace stele::evaluate {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

bool is_plain(char byte) {
  return byte > ' ' && byte < 0x7f && byte != '"';
}

std::string escaped(char byte) {
  if (byte == '"' || byte == '\\') return fmt::format("\\{}", byte);
  if (byte >= ' ' && byte < 0x7f) return std::string(1, byte);
  return fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
}

/// Two hexadecimal digits.
std::optional<char> byte_of(std::string_view digits) {
  unsigned value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
  if (digits.size() != 2 || error != std::errc() || end != digits.data() + 2) return std::nullopt;
  return static_cast<char>(value);
}

class Splitter {
public:
  explicit Splitter(std::string_view text) : text_(text) {}

  tl::expected<std::vector<QuestionWord>, std::string> run() {
    while ((at_ = text_.find_first_not_of(kSpaces, at_)) < text_.size()) {
      if (text_[at_] != '"') {
        take_plain();
      } else if (const auto mistake = take_quoted()) {
        return tl::unexpected(*mistake);
      }
    }
    return std::move(words_);
  }

private:
  void take_plain() {
    const size_t end = std::min(text_.find_first_of(kSpaces, at_), text_.size());
    std::string_view word = text_.substr(at_, end - at_);
    const bool parts = !parted_ && word.ends_with(':');
    if (parts) word.remove_suffix(1);
    if (!word.empty()) words_.push_back({std::string(word), false});
    if (parts) words_.push_back({":", false});
    parted_ = parted_ || parts;
    at_ = end;
  }

  std::optional<std::string> take_quoted() {
    std::string word;
    for (++at_; at_ < text_.size() && text_[at_] != '"';) {
      if (text_[at_] != '\\') {
        word += text_[at_++];
      } else if (!take_escape(word)) {
        return fmt::format("`{}` is no escape; there are `\\\"` `\\\\` `\\n` `\\t` and `\\x` with two digits",
                           text_.substr(at_, 2));
      }
    }
    if (at_ >= text_.size()) return "a quotation mark is not closed";
    ++at_;
    words_.push_back({std::move(word), true});
    return std::nullopt;
  }

  bool take_escape(std::string& word) {
    const char kind = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    const std::optional<char> byte = kind == 'x'                   ? byte_of(text_.substr(at_ + 2, 2))
                                     : kind == 'n'                 ? std::optional('\n')
                                     : kind == 't'                 ? std::optional('\t')
                                     : kind == '"' || kind == '\\' ? std::optional(kind)
                                                                   : std::nullopt;
    if (!byte) return false;
    word += *byte;
    at_ += kind == 'x' ? 4 : 2;
    return true;
  }

  std::string_view text_;
  size_t at_ = 0;
  bool parted_ = false;
  std::vector<QuestionWord> words_;
};

}  // namespace

tl::expected<std::vector<QuestionWord>, std::string> split_words(std::string_view text) {
  return Splitter(text).run();
}

std::string quoted(std::string_view text) {
  if (!text.empty() && !text.ends_with(':') && std::all_of(text.begin(), text.end(), is_plain))
    return std::string(text);
  std::string out = "\"";
  for (const char byte : text) out += escaped(byte);
  return out + "\"";
}

}  // namespace stele::evaluate
