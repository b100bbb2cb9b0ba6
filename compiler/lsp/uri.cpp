#include "compiler/lsp/uri.h"

#include <fmt/format.h>

namespace stele::lsp {
namespace {

constexpr std::string_view kScheme = "file://";

/// Value of a hexadecimal digit, or -1.
int digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// RFC 3986's unreserved characters, and the slash.
bool stands_for_itself(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("/-._~").find(c) != std::string_view::npos;
}

}  // namespace

std::optional<std::string> path_of_uri(std::string_view uri) {
  if (uri.substr(0, kScheme.size()) != kScheme) return std::nullopt;
  uri.remove_prefix(kScheme.size());
  constexpr std::string_view kLocal = "localhost/";
  if (uri.substr(0, kLocal.size()) == kLocal) uri.remove_prefix(kLocal.size() - 1);
  if (uri.empty() || uri.front() != '/') return std::nullopt;
  std::string path;
  for (size_t at = 0; at < uri.size(); ++at) {
    char c = uri[at];
    if (c == '%') {
      const int high = at + 1 < uri.size() ? digit(uri[at + 1]) : -1;
      const int low = at + 2 < uri.size() ? digit(uri[at + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      at += 2;
    }
    if (c == '\0') return std::nullopt;
    path += c;
  }
  return path;
}

std::string uri_of_path(std::string_view path) {
  std::string uri(kScheme);
  for (const char c : path) {
    if (stands_for_itself(c))
      uri += c;
    else
      uri += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return uri;
}

}  // namespace stele::lsp
