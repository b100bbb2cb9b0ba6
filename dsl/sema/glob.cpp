#include "dsl/sema/glob.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

#include "dsl/diag/codes.h"

namespace stele::sema {

namespace {

constexpr std::string_view kSpecial = "*?[{}";           // have a meaning in patterns
constexpr std::string_view kSpecialInBrackets = "]!-^";  // and these between brackets

std::string escaped_byte(unsigned char byte, bool in_brackets) {
  const char c = static_cast<char>(byte);
  const bool special = c == '"' || c == '\\' || kSpecial.find(c) != std::string_view::npos ||
                       (in_brackets && kSpecialInBrackets.find(c) != std::string_view::npos);
  const bool plain = byte >= 0x20 && byte < 0x7f && !special;
  return plain ? std::string(1, c) : fmt::format("\\x{:02x}", byte);
}

/// Every byte that a name may hold.
std::bitset<256> any_byte() {
  std::bitset<256> out;
  out.set();
  out.reset(0);
  out.reset('/');
  return out;
}

std::string ranges_text(const std::bitset<256>& bytes) {
  std::string out;
  for (size_t first = 0; first < 256; ++first) {
    if (!bytes[first]) continue;
    size_t last = first;
    while (last + 1 < 256 && bytes[last + 1]) ++last;
    out += escaped_byte(static_cast<unsigned char>(first), true);
    if (last > first + 1) out += '-';
    if (last > first) out += escaped_byte(static_cast<unsigned char>(last), true);
    first = last;
  }
  return out;
}

std::string element_text(const GlobElement& element) {
  if (element.star) return "*";
  if (element.bytes == any_byte()) return "?";
  if (element.bytes.count() == 1) {
    for (size_t i = 0; i < 256; ++i)
      if (element.bytes[i]) return escaped_byte(static_cast<unsigned char>(i), false);
  }
  const std::bitset<256> others = any_byte() & ~element.bytes;
  return others.count() < element.bytes.count() ? fmt::format("[!{}]", ranges_text(others))
                                                : fmt::format("[{}]", ranges_text(element.bytes));
}

class ComponentParser {
public:
  ComponentParser(const ast::Text& text, const TextIndices& indices, size_t begin, size_t end, Reporter& report)
      : text_(text), indices_(indices), begin_(begin), end_(end), report_(report) {}

  std::optional<Component> run() {
    if (!is_plain()) return parse_glob();
    std::string name;
    for (size_t i = begin_; i < end_; ++i) name += byte(i);
    return literal(std::move(name));
  }

private:
  char byte(size_t i) const { return text_.bytes[indices_[i]]; }
  bool is(size_t i, char c) const { return i < end_ && byte(i) == c && !text_.escaped[indices_[i]]; }

  std::nullopt_t fail(uint16_t number, size_t begin, size_t end, std::string message, std::string hint) {
    return report_.fail(number, ast::span_within(text_, indices_[begin], indices_[end - 1] + 1), std::move(message),
                        std::move(hint));
  }
  std::nullopt_t bad_glob(size_t begin, size_t end, std::string message, std::string hint) {
    return fail(diag::code::bad_glob, begin, end, std::move(message), std::move(hint));
  }

  bool is_plain() const {
    for (size_t i = begin_; i < end_; ++i)
      if (!text_.escaped[indices_[i]] && kSpecial.find(byte(i)) != std::string_view::npos) return false;
    return true;
  }

  std::optional<Component> literal(std::string name) {
    if (name == "." || name == "..")
      return fail(diag::code::dot_component, begin_, end_, fmt::format("`{}` in a path", name),
                  "write the path that the kernel arrives at");
    if (name.size() > kMaxComponentBytes) return too_long(name.size());
    return Component{.kind = Component::Kind::literal, .text = std::move(name)};
  }

  std::nullopt_t too_long(size_t bytes) {
    return fail(
        diag::code::component_too_long, begin_, end_,
        fmt::format("a component of {} bytes; the longest name a file can have is {}", bytes, kMaxComponentBytes),
        "shorten it: nothing has such a name");
  }

  std::optional<Component> parse_glob() {
    if (end_ - begin_ == 2 && is(begin_, '*') && is(begin_ + 1, '*'))
      return Component{.kind = Component::Kind::any_depth};
    std::vector<GlobElement> out;
    for (size_t i = begin_; i < end_;) {
      std::optional<GlobElement> element = parse_element(i);
      if (!element) return std::nullopt;
      out.push_back(std::move(*element));
    }
    return canonical(std::move(out));
  }

  std::optional<GlobElement> parse_element(size_t& i) {
    if (is(i, '*')) {
      if (is(i + 1, '*'))
        return bad_glob(i, i + 2, "`**` beside other characters in a component",
                        "write `*` for a part of a name, `/**/` for any depth");
      ++i;
      return GlobElement{.star = true, .bytes = {}};
    }
    if (is(i, '[')) return parse_brackets(i);
    if (is(i, '}') || is(i, '{'))
      return bad_glob(i, i + 1, fmt::format("`{}` without its partner", byte(i)),
                      fmt::format("a `{}` that is part of a name is written `\\x{:02x}`", byte(i), byte(i)));
    GlobElement element;
    if (is(i, '?')) {
      element.bytes = any_byte();
    } else {
      element.bytes.set(static_cast<unsigned char>(byte(i)));
    }
    ++i;
    return element;
  }

  /// `[a-z0]`, `[!a-z]`
  std::optional<GlobElement> parse_brackets(size_t& i) {
    const size_t open = i;
    size_t close = i + 1;
    while (close < end_ && !is(close, ']')) ++close;
    if (close == end_)
      return bad_glob(open, open + 1, "`[` without `]` in the same component",
                      "close it; a `[` that is part of a name is written `\\x5b`");
    ++i;
    if (is(i, '^')) return bad_glob(i, i + 1, "`[^…]` is not how patterns exclude", "write `[!…]`");
    const bool excluded = is(i, '!');
    if (excluded) ++i;
    if (i == close) return bad_glob(open, close + 1, "empty brackets", "name the characters that may stand here");
    std::bitset<256> bytes;
    while (i < close)
      if (!parse_range(i, close, bytes)) return std::nullopt;
    i = close + 1;
    GlobElement element;
    element.bytes = any_byte() & (excluded ? ~bytes : bytes);
    if (element.bytes.none())
      return bad_glob(open, close + 1, "brackets that no character matches", "leave some character in");
    return element;
  }

  bool parse_range(size_t& i, size_t close, std::bitset<256>& out) {
    const auto first = static_cast<unsigned char>(byte(i));
    const bool is_range = is(i + 1, '-') && i + 2 < close;
    const auto last = static_cast<unsigned char>(byte(is_range ? i + 2 : i));
    if (last < first) {
      report_.fail(diag::code::bad_glob, ast::span_within(text_, indices_[i], indices_[i + 2] + 1),
                   fmt::format("`{}-{}` is empty: it ends before it starts", byte(i), byte(i + 2)), "swap the two");
      return false;
    }
    for (unsigned c = first; c <= last; ++c) out.set(c);
    i += is_range ? 3 : 1;
    return true;
  }

  std::optional<Component> canonical(std::vector<GlobElement> elements) {
    std::vector<GlobElement> out;
    const std::bitset<256> any = any_byte();
    for (GlobElement& element : elements) {
      const bool before_star = !element.star && element.bytes == any && !out.empty() && out.back().star;
      if (element.star && !out.empty() && out.back().star) continue;
      if (before_star) {
        out.insert(out.end() - 1, std::move(element));
      } else {
        out.push_back(std::move(element));
      }
    }
    const auto bytes =
        static_cast<size_t>(std::count_if(out.begin(), out.end(), [](const GlobElement& e) { return !e.star; }));
    if (bytes > kMaxComponentBytes) return too_long(bytes);
    if (out.back().star && (out.size() == 1 || (out.size() == 2 && out.front().bytes == any)))
      return Component{.kind = Component::Kind::any_one};
    if (std::all_of(out.begin(), out.end(), [](const GlobElement& e) { return e.bytes.count() == 1; })) {
      std::string name;
      for (const GlobElement& element : out)
        for (size_t i = 0; i < 256; ++i)
          if (element.bytes[i]) name += static_cast<char>(i);
      return literal(std::move(name));
    }
    Component component{.kind = Component::Kind::glob};
    for (const GlobElement& element : out) component.text += element_text(element);
    component.glob = std::move(out);
    return component;
  }

  const ast::Text& text_;
  const TextIndices& indices_;
  size_t begin_, end_;
  Reporter& report_;
};

}  // namespace

std::optional<Component> parse_component(const ast::Text& text, const TextIndices& indices, size_t begin, size_t end,
                                         Reporter& report) {
  return ComponentParser(text, indices, begin, end, report).run();
}

std::string escaped_name(const std::string& name) {
  std::string out;
  for (const char c : name) out += escaped_byte(static_cast<unsigned char>(c), false);
  return out;
}

size_t shortest_match(const Component& component) {
  if (component.kind == Component::Kind::literal) return component.text.size();
  if (component.kind != Component::Kind::glob) return 1;
  return static_cast<size_t>(std::count_if(component.glob.begin(), component.glob.end(),
                                           [](const GlobElement& element) { return !element.star; }));
}

}  // namespace stele::sema
