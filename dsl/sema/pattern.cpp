#include "dsl/sema/pattern.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>

#include "dsl/diag/codes.h"
#include "dsl/sema/braces.h"
#include "dsl/sema/glob.h"

namespace stele::sema {

namespace {

/// One of the paths that a text stands for.
class PathParser {
public:
  PathParser(const ast::Text& text, const TextIndices& indices, Reporter& report)
      : text_(text), indices_(indices), report_(report) {}

  std::optional<PathPattern> run() {
    if (indices_.empty()) return report_.fail(diag::code::empty_path, text_.span, "an empty path names nothing");
    if (byte(0) != '/')
      return fail(
          diag::code::relative_path, 0, indices_.size(), fmt::format("`{}` does not begin with `/`", text_.bytes),
          byte(0) == '@' && byte(1) != '{' ? "an abstract socket has no path; `family unix` is about all unix sockets"
          : std::string_view("~$%@").find(byte(0)) != std::string_view::npos
              ? "nothing expands it: name the directories, such as `\"/home/*/.ssh\"`"
              : "paths are absolute, from the root of the host's file system");
    PathPattern out;
    if (indices_.size() == 1) return out;
    for (size_t begin = 1; begin <= indices_.size();) {
      size_t end = begin;
      while (end < indices_.size() && byte(end) != '/') ++end;
      if (begin == end) return empty_component(begin);
      std::optional<Component> component = parse_component(text_, indices_, begin, end, report_);
      if (!component) return std::nullopt;
      const bool repeated = component->kind == Component::Kind::any_depth && !out.empty() && out.back() == *component;
      if (!repeated) out.push_back(std::move(*component));
      begin = end + 1;
    }
    return check_depth(std::move(out));
  }

private:
  char byte(size_t i) const { return text_.bytes[indices_[i]]; }

  std::nullopt_t fail(uint16_t number, size_t begin, size_t end, std::string message, std::string hint) {
    return report_.fail(number, ast::span_within(text_, indices_[begin], indices_[end - 1] + 1), std::move(message),
                        std::move(hint));
  }

  std::nullopt_t empty_component(size_t begin) {
    if (begin == indices_.size())
      return fail(diag::code::trailing_slash, begin - 1, begin, "a path does not end with `/`",
                  "write the directory without it, or `/**` for everything beneath");
    return fail(diag::code::empty_component, begin - 1, begin + 1, "`//` in a path", "write one `/`");
  }

  /// The shallowest path that matches must be one that can be resolved.
  std::optional<PathPattern> check_depth(PathPattern pattern) {
    size_t depth = 0;
    for (size_t i = 0; i < pattern.size(); ++i)
      if (pattern[i].kind != Component::Kind::any_depth || i + 1 == pattern.size()) ++depth;
    if (depth > kMaxDepth)
      return fail(diag::code::path_too_deep, 0, indices_.size(),
                  fmt::format("{} components; the deepest path that can be decided has {}", depth, kMaxDepth),
                  "protect a directory above it with `/**`");
    return pattern;
  }

  const ast::Text& text_;
  const TextIndices& indices_;
  Reporter& report_;
};

/// The end of what a shell (`$HOME`, `$(…)`) or systemd (`%h`) would expand at `begin`; `begin` when it is nothing of
/// the kind. `${HOME}` has braces with one alternative, which is an error.
size_t end_of_expansion(const ast::Text& text, size_t begin) {
  const std::string& bytes = text.bytes;
  const auto in_name = [&](size_t i) {
    return i < bytes.size() && (std::isalnum(static_cast<unsigned char>(bytes[i])) != 0 || bytes[i] == '_');
  };
  if (text.escaped[begin]) return begin;
  if (bytes[begin] == '%') {  // a component by itself: names may hold a `%`
    const bool whole = begin > 0 && bytes[begin - 1] == '/' && (begin + 2 == bytes.size() || bytes[begin + 2] == '/');
    return whole && in_name(begin + 1) ? begin + 2 : begin;
  }
  if (bytes[begin] != '$') return begin;
  if (bytes.substr(begin).starts_with("$(")) return std::min(bytes.find(')', begin), bytes.size() - 1) + 1;
  size_t end = begin + 1;
  while (in_name(end)) ++end;
  return end == begin + 1 ? begin : end;
}

void warn_of_expansions(const ast::Text& text, Reporter& report) {
  for (size_t i = 0; i < text.bytes.size(); ++i) {
    const size_t end = end_of_expansion(text, i);
    if (end == i) continue;
    report.fail(diag::code::not_expanded, ast::span_within(text, i, end),
                fmt::format("nothing expands `{}` here: it is part of the name", text.bytes.substr(i, end - i)),
                fmt::format("name the directories, with `*` for any; where it is meant, write `\\x{:02x}`",
                            static_cast<unsigned char>(text.bytes[i])));
    i = end - 1;
  }
}

/// NUL ends every string that the kernel is given.
bool has_no_nul(const ast::Text& text, Reporter& report) {
  const size_t nul = text.bytes.find('\0');
  if (nul == std::string::npos) return true;
  report.fail(diag::code::nul_in_path, ast::span_within(text, nul, nul + 1), "a path cannot hold a NUL byte");
  return false;
}

std::optional<PathPattern> parse_name(const ast::Text& text, const TextIndices& indices, Reporter& report) {
  const bool slash = std::any_of(indices.begin(), indices.end(), [&](uint32_t i) { return text.bytes[i] == '/'; });
  if (indices.empty() || slash)
    return report.fail(diag::code::bad_name, text.span, slash ? "a name has no `/`" : "an empty name",
                       "write one name, such as `\"nginx\"`");
  std::optional<Component> component = parse_component(text, indices, 0, indices.size(), report);
  if (!component) return std::nullopt;
  if (component->kind == Component::Kind::any_depth)
    return report.fail(diag::code::bad_name, text.span, "`**` is for paths", "write `*` for any name");
  return PathPattern{std::move(*component)};
}

}  // namespace

std::optional<std::vector<PathPattern>> parse_paths(const ast::Text& text, Reporter& report) {
  if (!has_no_nul(text, report)) return std::nullopt;
  if (text.bytes.starts_with('/')) warn_of_expansions(text, report);
  const std::optional<std::vector<TextIndices>> texts = expand_braces(text, report);
  if (!texts) return std::nullopt;
  std::vector<PathPattern> out;
  for (const TextIndices& indices : *texts) {
    std::optional<PathPattern> pattern = PathParser(text, indices, report).run();
    if (!pattern) return std::nullopt;
    out.push_back(std::move(*pattern));
  }
  return out;
}

std::optional<std::vector<PathPattern>> parse_names(const ast::Text& text, Reporter& report) {
  if (!has_no_nul(text, report)) return std::nullopt;
  const std::optional<std::vector<TextIndices>> texts = expand_braces(text, report);
  if (!texts) return std::nullopt;
  std::vector<PathPattern> out;
  for (const TextIndices& indices : *texts) {
    std::optional<PathPattern> name = parse_name(text, indices, report);
    if (!name) return std::nullopt;
    out.push_back(std::move(*name));
  }
  return out;
}

std::string name_text(const PathPattern& name) {
  return pattern_text(name).substr(1);
}

std::string pattern_text(const PathPattern& pattern) {
  if (pattern.empty()) return "/";
  std::string out;
  for (const Component& component : pattern) {
    out += '/';
    switch (component.kind) {
      case Component::Kind::literal:
        out += escaped_name(component.text);
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

}  // namespace stele::sema
