#include "dsl/parse/look_alikes.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <iterator>

#include "dsl/diag/codes.h"
#include "dsl/diag/utf8.h"

namespace stele::parse {

namespace {

struct Range {
  uint32_t first, last;
};

template <size_t N>
bool is_in(const Range (&ranges)[N], uint32_t point) {
  return std::any_of(std::begin(ranges), std::end(ranges),
                     [&](const Range& range) { return range.first <= point && point <= range.last; });
}

constexpr Range kBidi[] = {{0x061c, 0x061c}, {0x200e, 0x200f}, {0x202a, 0x202e}, {0x2066, 0x2069}};

/// Nothing is drawn for them, or a blank.
constexpr Range kUnseen[] = {
    {0x0080, 0x00a0},   {0x00ad, 0x00ad},   {0x034f, 0x034f},   {0x061c, 0x061c}, {0x115f, 0x1160}, {0x1680, 0x1680},
    {0x17b4, 0x17b5},   {0x180b, 0x180f},   {0x2000, 0x200f},   {0x2028, 0x202f}, {0x205f, 0x206f}, {0x2800, 0x2800},
    {0x3000, 0x3000},   {0x3164, 0x3164},   {0xfe00, 0xfe0f},   {0xfeff, 0xfeff}, {0xffa0, 0xffa0}, {0xfff0, 0xfffb},
    {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
};

/// Letters that look like Latin ones: Greek, Cyrillic, Armenian, Cherokee, full width, mathematical.
constexpr Range kLikeLatin[] = {
    {0x0370, 0x058f}, {0x13a0, 0x13ff}, {0x1c80, 0x1c8f}, {0x1f00, 0x1fff},   {0x2de0, 0x2dff},
    {0xa640, 0xa69f}, {0xab70, 0xabbf}, {0xff21, 0xff5a}, {0x1d400, 0x1d7ff},
};

struct Sign {
  uint32_t point;
  char like;
};
constexpr Sign kSigns[] = {
    {0x2010, '-'}, {0x2011, '-'}, {0x2012, '-'}, {0x2013, '-'}, {0x2024, '.'}, {0x2044, '/'},
    {0x204e, '*'}, {0x2212, '-'}, {0x2215, '/'}, {0x2217, '*'}, {0x29f8, '/'}, {0xfe52, '.'},
    {0xfe63, '-'}, {0xff0a, '*'}, {0xff0d, '-'}, {0xff0e, '.'}, {0xff0f, '/'},
};

struct Character {
  uint32_t point = 0;
  uint32_t bytes = 1;
};

/// Of valid UTF-8.
Character character_at(const std::string& text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto length = static_cast<uint32_t>(diag::utf8_length(text, at));
  if (length <= 1) return {byte(0), 1};
  uint32_t point = byte(0) & (0x7fU >> length);
  for (uint32_t i = 1; i < length; ++i) point = point << 6 | (byte(i) & 0x3fU);
  return {point, length};
}

std::string escapes_of(const std::string& bytes) {
  std::string out;
  for (const char c : bytes) out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  return out;
}

/// Nearly every string and comment is.
bool is_ascii(const std::string& text, uint32_t begin, uint32_t end) {
  return std::all_of(text.begin() + begin, text.begin() + end,
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

class StringCheck {
public:
  StringCheck(const std::shared_ptr<const diag::SourceFile>& source, diag::Sink& sink) : source_(source), sink_(sink) {}

  void run(uint32_t begin, uint32_t end) {
    for (uint32_t at = begin; at < end;) {
      const Character one = character_at(source_->text, at);
      const diag::Span span{source_, at, at + one.bytes};
      if (one.point < 0x80) {
        latin_ = std::isalpha(static_cast<int>(one.point)) != 0 ? true : end_word();
        if (latin_) mixed();
      } else if (is_in(kUnseen, one.point)) {
        warn(diag::code::invisible_character, span,
             fmt::format("U+{:04X} in a string is not seen, and is part of it", one.point), "take it out, or");
      } else if (const char sign = like(one.point); sign != 0) {
        warn(diag::code::mixed_scripts, span, fmt::format("U+{:04X} looks like `{}`, and is not", one.point, sign),
             fmt::format("write `{}`, or", sign));
      } else if (is_in(kLikeLatin, one.point)) {
        if (!other_.file) other_ = span;
        if (latin_) mixed();
      }
      at += one.bytes;
    }
    end_word();
  }

private:
  static char like(uint32_t point) {
    const auto found =
        std::find_if(std::begin(kSigns), std::end(kSigns), [&](const Sign& sign) { return sign.point == point; });
    return found == std::end(kSigns) ? '\0' : found->like;
  }

  bool end_word() {
    other_ = {};
    said_ = false;
    return false;
  }

  /// Of each word the first letter.
  void mixed() {
    if (!other_.file || said_) return;
    said_ = true;
    warn(diag::code::mixed_scripts, other_,
         fmt::format("U+{:04X} stands in one word with Latin letters, and may look like one of them",
                     character_at(source_->text, other_.begin).point),
         "write the Latin letter, or");
  }

  void warn(uint16_t code, const diag::Span& span, std::string message, std::string_view otherwise) {
    const std::string bytes = source_->text.substr(span.begin, span.end - span.begin);
    sink_.report(diag::diagnostic(code, span, std::move(message),
                                  fmt::format("{} `{}` where it is meant", otherwise, escapes_of(bytes))));
  }

  const std::shared_ptr<const diag::SourceFile>& source_;
  diag::Sink& sink_;
  bool latin_ = false;  // is there a Latin letter in the word at hand
  diag::Span other_;    // its first letter that looks like a Latin one
  bool said_ = false;
};

}  // namespace

void check_string(const std::shared_ptr<const diag::SourceFile>& source, uint32_t begin, uint32_t end,
                  diag::Sink& sink) {
  if (!is_ascii(source->text, begin, end)) StringCheck(source, sink).run(begin, end);
}

void check_comment(const std::shared_ptr<const diag::SourceFile>& source, uint32_t begin, uint32_t end,
                   diag::Sink& sink) {
  if (is_ascii(source->text, begin, end)) return;
  for (uint32_t at = begin; at < end;) {
    const Character one = character_at(source->text, at);
    if (is_in(kBidi, one.point))
      sink.report(diag::diagnostic(diag::code::invisible_character, {source, at, at + one.bytes},
                                   fmt::format("U+{:04X} in a comment turns the text around it", one.point),
                                   "take it out"));
    at += one.bytes;
  }
}

std::string unseen_at(const std::string& text, size_t offset) {
  const uint32_t point = character_at(text, offset).point;
  return point >= 0x80 && is_in(kUnseen, point) ? fmt::format("U+{:04X}", point) : std::string();
}

}  // namespace stele::parse
