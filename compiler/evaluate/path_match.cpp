// A pattern is read as a small nondeterministic automaton: position i = the first i components of the pattern are
// used up. Going over the name once with the set of positions answers both questions: the end was reached (a member),
// a position before the end was reached (a directory above a possible member).

#include "compiler/evaluate/path_match.h"

#include <algorithm>
#include <map>
#include <set>

#include "compiler/evaluate/evaluate.h"

namespace stele::evaluate {
namespace {

using Positions = std::vector<bool>;

bool is_last(const PathPattern& pattern, size_t i) {
  return i + 1 == pattern.size();
}

/// `**` in the middle may stand for nothing, so the position behind it is reached with it.
void skip_empty_depths(const PathPattern& pattern, Positions& at) {
  for (size_t i = 0; i + 1 < pattern.size(); ++i)
    if (at[i] && pattern[i].kind == Component::Kind::any_depth) at[i + 1] = true;
}

/// `*` within a component may stand for nothing.
void skip_empty_stars(const std::vector<GlobElement>& glob, Positions& at) {
  for (size_t i = 0; i < glob.size(); ++i)
    if (at[i] && glob[i].star) at[i + 1] = true;
}

bool matches_glob(const std::vector<GlobElement>& glob, std::string_view component) {
  Positions at(glob.size() + 1, false);
  at[0] = true;
  skip_empty_stars(glob, at);
  for (const char byte : component) {
    Positions next(glob.size() + 1, false);
    for (size_t i = 0; i < glob.size(); ++i) {
      if (!at[i]) continue;
      if (glob[i].star) next[i] = true;
      if (!glob[i].star && glob[i].bytes[static_cast<unsigned char>(byte)]) next[i + 1] = true;
    }
    at = std::move(next);
    skip_empty_stars(glob, at);
  }
  return at.back();
}

bool matches_component(const Component& component, std::string_view name) {
  switch (component.kind) {
    case Component::Kind::literal:
      return component.text == name;
    case Component::Kind::glob:
      return matches_glob(component.glob, name);
    case Component::Kind::any_one:
    case Component::Kind::any_depth:
      break;
  }
  return true;
}

Positions after_component(const PathPattern& pattern, const Positions& at, std::string_view name) {
  Positions next(pattern.size() + 1, false);
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (!at[i] || !matches_component(pattern[i], name)) continue;
    const bool stays = pattern[i].kind == Component::Kind::any_depth;
    if (stays) next[i] = true;
    if (!stays || is_last(pattern, i)) next[i + 1] = true;
  }
  skip_empty_depths(pattern, next);
  return next;
}

Positions after_name(const PathPattern& pattern, const Name& name) {
  Positions at(pattern.size() + 1, false);
  at[0] = true;
  skip_empty_depths(pattern, at);
  for (const std::string_view component : name) at = after_component(pattern, at, component);
  return at;
}

/// Most patterns of a large policy part from a name at a literal near the root.
bool parts_at_once(const PathPattern& pattern, const Name& name) {
  for (size_t i = 0; i < pattern.size() && i < name.size(); ++i) {
    if (pattern[i].kind != Component::Kind::literal) return false;
    if (pattern[i].text != name[i]) return true;
  }
  return false;
}

bool is_member(const PathPattern& pattern, const Name& name) {
  return !parts_at_once(pattern, name) && after_name(pattern, name).back();
}

bool is_above_member(const PathPattern& pattern, const Name& name) {
  if (parts_at_once(pattern, name)) return false;
  const Positions at = after_name(pattern, name);
  return std::find(at.begin(), at.end() - 1, true) != at.end() - 1;
}

/// Everything beneath the name is a member, by a `**` at the end.
bool is_all_beneath(const PathPattern& pattern, const Name& name) {
  return !pattern.empty() && pattern.back().kind == Component::Kind::any_depth && !parts_at_once(pattern, name) &&
         after_name(pattern, name)[pattern.size() - 1];
}

using PatternTest = bool (*)(const PathPattern&, const Name&);

bool any_pattern(const PathSet& set, PatternTest test, const Name& name) {
  return std::any_of(set.patterns.begin(), set.patterns.end(),
                     [&](const PathPattern& pattern) { return test(pattern, name); });
}

/// The set and those that it is joined from, each once; ascending, so that each stands behind what it joins.
std::set<PathSetId> sets_below(const Policy& policy, PathSetId id) {
  std::set<PathSetId> found = {id};
  std::vector<PathSetId> open = {id};
  while (!open.empty()) {
    const PathSet& set = policy.path_sets[open.back()];
    open.pop_back();
    if (set.kind == PathSet::Kind::listed) continue;
    for (const PathSetId next : {set.left, set.right})
      if (found.insert(next).second) open.push_back(next);
  }
  return found;
}

/// Sets share parts, so each is answered once: a chain of sets, each joined from the one before twice, stays linear.
template <typename Answer>
Answer answer(const Policy& policy, PathSetId id, const Name& name, Answer (*of_listed)(const PathSet&, const Name&),
              Answer (*join)(PathSet::Kind, Answer left, Answer right)) {
  std::map<PathSetId, Answer> answers;
  for (const PathSetId below : sets_below(policy, id)) {
    const PathSet& set = policy.path_sets[below];
    answers[below] = set.kind == PathSet::Kind::listed ? of_listed(set, name)
                                                       : join(set.kind, answers[set.left], answers[set.right]);
  }
  return answers[id];
}

bool has_member(const PathSet& set, const Name& name) {
  return any_pattern(set, is_member, name);
}

bool join_members(PathSet::Kind kind, bool left, bool right) {
  switch (kind) {
    case PathSet::Kind::intersection:
      return left && right;
    case PathSet::Kind::difference:
      return left && !right;
    default:
      return left || right;
  }
}

/// Of what lies beneath a directory: may some of it be in the set, and is surely all of it?
struct Beneath {
  bool some = false, all = false;
};

Beneath members_beneath(const PathSet& set, const Name& name) {
  return {any_pattern(set, is_above_member, name), any_pattern(set, is_all_beneath, name)};
}

Beneath join_beneath(PathSet::Kind kind, Beneath left, Beneath right) {
  if (kind == PathSet::Kind::difference) return {left.some && !right.all, left.all && !right.some};
  return {join_members(kind, left.some, right.some), join_members(kind, left.all, right.all)};
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

std::optional<Name> resolve_word(std::string_view word) {
  if (word.size() > kMaxComponentBytes) return std::nullopt;
  return Name{word};
}

bool is_in(const Policy& policy, PathSetId set, const Name& name) {
  return answer(policy, set, name, has_member, join_members);
}

bool is_above(const Policy& policy, PathSetId set, const Name& name) {
  return answer(policy, set, name, members_beneath, join_beneath).some;
}

bool matches(const Policy& policy, PathSetId set, const std::string& path) {
  const auto name = resolve_name(path);
  return name && is_in(policy, set, *name);
}

bool is_above(const Policy& policy, PathSetId set, const std::string& path) {
  const auto name = resolve_name(path);
  return name && is_above(policy, set, *name);
}

}  // namespace stele::evaluate
