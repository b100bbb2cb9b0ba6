#include "dsl/sema/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "dsl/diag/codes.h"

namespace stele {

namespace {

constexpr std::string_view kPatternCharacters = "*?[{";

class PatternParser {
public:
  PatternParser(const ast::Text& text, Sink& sink) : text_(text), sink_(sink) {}

  std::optional<PathPattern> run() {
    const std::string& path = text_.bytes;
    if (path.empty()) return fail(code::empty_path, 0, 0, "an empty path names nothing", "");
    if (const size_t nul = path.find('\0'); nul != std::string::npos)
      return fail(code::nul_in_path, nul, nul + 1, "a path cannot hold a NUL byte", "");
    if (path.front() != '/')
      return fail(code::relative_path, 0, path.size(), fmt::format("`{}` does not begin with `/`", path),
                  "paths are absolute, from the root of the host's file system");
    PathPattern out;
    if (path == "/") return out;
    for (size_t begin = 1; begin <= path.size();) {
      const size_t end = std::min(path.find('/', begin), path.size());
      std::optional<Component> component = parse_component(begin, end);
      if (!component) return std::nullopt;
      const bool repeated = component->kind == Component::Kind::any_depth && !out.empty() && out.back() == *component;
      if (!repeated) out.push_back(std::move(*component));
      begin = end + 1;
    }
    return check_depth(std::move(out));
  }

private:
  std::nullopt_t fail(uint16_t number, size_t begin, size_t end, std::string message, std::string hint) {
    sink_.report(diagnostic(number, ast::span_within(text_, begin, end), std::move(message), std::move(hint)));
    return std::nullopt;
  }

  std::optional<Component> parse_component(size_t begin, size_t end) {
    const std::string name = text_.bytes.substr(begin, end - begin);
    if (name.empty()) {
      if (begin == text_.bytes.size())
        return fail(code::trailing_slash, begin - 1, begin, "a path does not end with `/`",
                    "write the directory without it, or `/**` for everything beneath");
      return fail(code::empty_component, begin - 1, begin + 1, "`//` in a path", "write one `/`");
    }
    if (name == "." || name == "..")
      return fail(code::dot_component, begin, end, fmt::format("`{}` in a path", name),
                  "write the path that the kernel arrives at");
    if (name.size() > kMaxComponentBytes)
      return fail(code::component_too_long, begin, end,
                  fmt::format("a component of {} bytes; the longest name a file can have is {}", name.size(),
                              kMaxComponentBytes),
                  "");
    if (is_stars(begin, end) && name.size() <= 2)
      return Component{name.size() == 1 ? Component::Kind::any_one : Component::Kind::any_depth, {}};
    for (size_t i = begin; i < end; ++i) {
      if (text_.escaped[i] || kPatternCharacters.find(text_.bytes[i]) == std::string_view::npos) continue;
      const auto byte = static_cast<unsigned char>(text_.bytes[i]);
      return fail(
          code::unsupported_glob, begin, end, "patterns inside a component are not supported yet",
          fmt::format("use `*` or `**` as a whole component; a `{}` that is part of a name is written `\\x{:02x}`",
                      text_.bytes[i], byte));
    }
    return Component{Component::Kind::literal, name};
  }

  bool is_stars(size_t begin, size_t end) const {
    for (size_t i = begin; i < end; ++i)
      if (text_.bytes[i] != '*' || text_.escaped[i]) return false;
    return true;
  }

  /// The shallowest path that matches must be one that can be resolved.
  std::optional<PathPattern> check_depth(PathPattern pattern) {
    size_t depth = 0;
    for (size_t i = 0; i < pattern.size(); ++i)
      if (pattern[i].kind != Component::Kind::any_depth || i + 1 == pattern.size()) ++depth;
    if (depth > kMaxDepth)
      return fail(code::path_too_deep, 0, text_.bytes.size(),
                  fmt::format("{} components; the deepest path that can be decided has {}", depth, kMaxDepth), "");
    return pattern;
  }

  const ast::Text& text_;
  Sink& sink_;
};

std::string escaped(const std::string& name) {
  std::string out;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain =
        byte >= 0x20 && byte < 0x7f && c != '"' && c != '\\' && kPatternCharacters.find(c) == std::string_view::npos;
    out += plain ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
  }
  return out;
}

}  // namespace

std::optional<PathPattern> parse_pattern(const ast::Text& text, Sink& sink) {
  return PatternParser(text, sink).run();
}

std::string pattern_text(const PathPattern& pattern) {
  if (pattern.empty()) return "/";
  std::string out;
  for (const Component& component : pattern) {
    out += '/';
    switch (component.kind) {
      case Component::Kind::literal:
        out += escaped(component.text);
        break;
      case Component::Kind::glob:
        out += component.text;
        break;
      case Component::Kind::any_one:
        out += "*";
        break;
      case Component::Kind::any_depth:
        out += "**";
        break;
    }
  }
  return out;
}

bool pattern_less(const PathPattern& a, const PathPattern& b) {
  return std::lexicographical_compare(
      a.begin(), a.end(), b.begin(), b.end(),
      [](const Component& x, const Component& y) { return x.kind != y.kind ? x.kind < y.kind : x.text < y.text; });
}

}  // namespace stele
