// A pattern is read as a small nondeterministic automaton: position i = the first i components of the pattern are
// used up. Going over the name once with the set of positions answers both questions: the end was reached (a member),
// a position before the end was reached (a directory above a possible member).

#include "compiler/evaluate/path_match.h"

#include <algorithm>

#include "compiler/evaluate/evaluate.h"

namespace stele {
namespace {

using Name = std::vector<std::string_view>;
using Positions = std::vector<bool>;

bool is_last(const PathPattern& pattern, size_t i) {
  return i + 1 == pattern.size();
}

/// `**` in the middle may stand for nothing, so the position behind it is reached with it.
void skip_empty_depths(const PathPattern& pattern, Positions& at) {
  for (size_t i = 0; i + 1 < pattern.size(); ++i)
    if (at[i] && pattern[i].kind == Component::Kind::any_depth) at[i + 1] = true;
}

bool matches_glob(const std::vector<GlobElement>& glob, std::string_view name) {
  std::vector<bool> at(glob.size() + 1, false);
  at[0] = true;
  auto skip_stars = [&] {
    for (size_t i = 0; i < glob.size(); ++i)
      if (at[i] && glob[i].star) at[i + 1] = true;
  };
  skip_stars();
  for (const char c : name) {
    std::vector<bool> next(glob.size() + 1, false);
    for (size_t i = 0; i < glob.size(); ++i) {
      if (!at[i]) continue;
      if (glob[i].star)
        next[i] = true;
      else if (glob[i].bytes[static_cast<unsigned char>(c)])
        next[i + 1] = true;
    }
    at = std::move(next);
    skip_stars();
  }
  return at.back();
}

Positions after_component(const PathPattern& pattern, const Positions& at, std::string_view component) {
  Positions next(pattern.size() + 1, false);
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!at[i]) continue;
    switch (pattern[i].kind) {
      case Component::Kind::glob:
        if (matches_glob(pattern[i].glob, component)) next[i + 1] = true;
        break;
      case Component::Kind::literal:
        if (pattern[i].text == component) next[i + 1] = true;
        break;
      case Component::Kind::any_one:
        next[i + 1] = true;
        break;
      case Component::Kind::any_depth:
        next[i] = true;
        if (is_last(pattern, i)) next[i + 1] = true;
        break;
    }
  }
  skip_empty_depths(pattern, next);
  return next;
}

Positions after_name(const PathPattern& pattern, const Name& name) {
  Positions at(pattern.size() + 1, false);
  at[0] = true;
  skip_empty_depths(pattern, at);
  for (std::string_view component : name) at = after_component(pattern, at, component);
  return at;
}

bool is_member(const PathPattern& pattern, const Name& name) {
  return after_name(pattern, name).back();
}

bool is_above_member(const PathPattern& pattern, const Name& name) {
  const Positions at = after_name(pattern, name);
  return std::find(at.begin(), at.end() - 1, true) != at.end() - 1;
}

}  // namespace

std::optional<Name> resolve_name(std::string_view path) {
  if (!path.starts_with('/')) return std::nullopt;
  Name name;
  for (size_t begin = 0; begin < path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    if (end - begin > kMaxComponentBytes) return std::nullopt;
    if (end > begin) name.push_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  if (name.size() > kMaxDepth) return std::nullopt;
  return name;
}

bool matches(const Policy& policy, PathSetId id, const std::string& path) {
  const PathSet& set = policy.path_sets[id];
  const auto name = resolve_name(path);
  return name && std::any_of(set.patterns.begin(), set.patterns.end(),
                             [&](const PathPattern& pattern) { return is_member(pattern, *name); });
}

bool is_above(const Policy& policy, PathSetId id, const std::string& path) {
  const PathSet& set = policy.path_sets[id];
  const auto name = resolve_name(path);
  return name && std::any_of(set.patterns.begin(), set.patterns.end(),
                             [&](const PathPattern& pattern) { return is_above_member(pattern, *name); });
}

}  // namespace stele
