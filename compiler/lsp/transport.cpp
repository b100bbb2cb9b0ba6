#include "compiler/lsp/transport.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

namespace stele::lsp {
namespace {

constexpr size_t kMaxLine = 1024;  // what is kept of a header line

/// A line without its end; nullopt at the end of the stream. What is beyond kMaxLine is dropped.
std::optional<std::string> read_line(std::istream& in) {
  std::string line;
  char c = 0;
  while (in.get(c)) {
    if (c == '\n') {
      if (!line.empty() && line.back() == '\r') line.pop_back();
      return line;
    }
    if (line.size() < kMaxLine) line += c;
  }
  return std::nullopt;
}

bool equal_ignoring_case(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char left, char right) {
    return (left >= 'A' && left <= 'Z' ? static_cast<char>(left - 'A' + 'a') : left) == right;
  });
}

/// The number in "Content-Length: 123"; nullopt for another header or a bad number.
std::optional<uint64_t> content_length(std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos || !equal_ignoring_case(line.substr(0, colon), "content-length"))
    return std::nullopt;
  std::string_view digits = line.substr(colon + 1);
  while (!digits.empty() && digits.front() == ' ') digits.remove_prefix(1);
  while (!digits.empty() && digits.back() == ' ') digits.remove_suffix(1);
  uint64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return value;
}

/// istream::ignore would wait for the byte after the last one.
void skip(std::istream& in, uint64_t bytes) {
  std::string block(size_t{1} << 16, '\0');
  while (bytes > 0 && in) {
    in.read(block.data(), static_cast<std::streamsize>(std::min<uint64_t>(bytes, block.size())));
    bytes -= static_cast<uint64_t>(in.gcount());
  }
}

}  // namespace

Incoming receive(std::istream& in) {
  std::optional<uint64_t> length;
  for (;;) {
    const std::optional<std::string> line = read_line(in);
    if (!line) return {Incoming::Kind::end, {}};
    if (line->empty()) break;
    if (const std::optional<uint64_t> value = content_length(*line)) length = value;
  }
  if (!length) return {Incoming::Kind::malformed, {}};
  if (*length > kMaxMessageBytes) {
    skip(in, *length);
    return {Incoming::Kind::too_large, {}};
  }
  std::string content(*length, '\0');
  in.read(content.data(), static_cast<std::streamsize>(content.size()));
  if (static_cast<uint64_t>(in.gcount()) != *length) return {Incoming::Kind::end, {}};
  return {Incoming::Kind::message, std::move(content)};
}

void send(std::ostream& out, const std::string& content) {
  out << "Content-Length: " << content.size() << "\r\n\r\n" << content << std::flush;
}

}  // namespace stele::lsp
