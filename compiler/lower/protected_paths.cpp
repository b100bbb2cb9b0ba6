#include "compiler/lower/protected_paths.h"

#include <algorithm>
#include <optional>
#include <set>

namespace stele::lower {
namespace {

/// The literal path that a pattern names, or the directory that it names all of; nothing for other patterns.
std::optional<ir::ProtectedPath> protected_path(const PathPattern& pattern) {
  ir::ProtectedPath found;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].kind == Component::Kind::literal) {
      found.path += '/' + pattern[i].text;
    } else if (pattern[i].kind == Component::Kind::any_depth && i + 1 == pattern.size()) {
      found.tree = true;
    } else {
      return std::nullopt;
    }
  }
  if (found.path.empty()) found.path = "/";
  return found;
}

/// The listed sets that a set is made of, less those that it only takes away: together they hold all its members.
void add_listed(const Policy& policy, PathSetId id, std::set<PathSetId>& sets) {
  const PathSet& set = policy.path_sets[id];
  if (set.kind == PathSet::Kind::listed) {
    sets.insert(id);
    return;
  }
  add_listed(policy, set.left, sets);
  if (set.kind == PathSet::Kind::unite) add_listed(policy, set.right, sets);
}

bool forbids_links(const Constraint& constraint) {
  return constraint.form == Form::on_listed && constraint.effect != Effect::audit && constraint.objects != kAnyPath &&
         (constraint.ops & op_bit(Op::file_link));
}

}  // namespace

std::vector<ir::ProtectedPath> protected_paths(const Policy& policy) {
  std::set<PathSetId> sets;
  for (const Constraint& constraint : policy.constraints)
    if (forbids_links(constraint)) add_listed(policy, constraint.objects, sets);
  std::vector<ir::ProtectedPath> paths;
  std::set<std::pair<std::string, bool>> seen;
  for (PathSetId set : sets)
    for (const PathPattern& pattern : policy.path_sets[set].patterns)
      if (auto path = protected_path(pattern); path && seen.insert({path->path, path->tree}).second)
        paths.push_back(*path);
  return paths;
}

std::vector<bool> unlinked_classes(const Policy& policy, const std::vector<PathClass>& classes) {
  std::vector<bool> unlinked(classes.size());
  for (const Constraint& constraint : policy.constraints) {
    if (!forbids_links(constraint)) continue;
    for (size_t i = 0; i < classes.size(); ++i)
      if (std::binary_search(classes[i].in.begin(), classes[i].in.end(), constraint.objects)) unlinked[i] = true;
  }
  return unlinked;
}

}  // namespace stele::lower
