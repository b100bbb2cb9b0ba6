#include "dsl/sema/path_sets.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <string_view>
#include <utility>

#include "dsl/sema/pattern.h"

namespace stele::sema {

namespace {

void normalise(std::vector<PathPattern>& patterns) {
  if (std::is_sorted(patterns.begin(), patterns.end(), pattern_less) &&
      std::adjacent_find(patterns.begin(), patterns.end()) == patterns.end())
    return;
  std::sort(patterns.begin(), patterns.end(), pattern_less);
  patterns.erase(std::unique(patterns.begin(), patterns.end()), patterns.end());
}

size_t mixed(size_t hash, size_t value) {
  return (hash ^ value) * 0x9e3779b97f4a7c15u + (hash >> 29);
}

size_t hash_of(const PathSet& set) {
  size_t hash = std::hash<std::string_view>()(set.name);
  hash = mixed(mixed(mixed(hash, static_cast<size_t>(set.kind)), set.left), set.right);
  for (const PathPattern& pattern : set.patterns) {
    hash = mixed(hash, pattern.size());
    for (const Component& component : pattern)
      hash = mixed(mixed(hash, static_cast<size_t>(component.kind)), std::hash<std::string_view>()(component.text));
  }
  return hash;
}

bool same_set(const PathSet& a, const PathSet& b) {
  return a.kind == b.kind && a.left == b.left && a.right == b.right && a.name == b.name && a.patterns == b.patterns;
}

PathValue composite(PathSet::Kind kind, PathValue a, PathValue b) {
  auto node = std::make_shared<PathNode>();
  node->kind = kind;
  node->left = std::move(a);
  node->right = std::move(b);
  PathValue out;
  out.composites.push_back(std::move(node));
  return out;
}

}  // namespace

PathValue unite(PathValue a, PathValue b) {
  if (b.empty()) return a;
  if (a.empty()) return b;
  std::move(b.patterns.begin(), b.patterns.end(), std::back_inserter(a.patterns));
  for (auto& node : b.composites)
    if (std::find(a.composites.begin(), a.composites.end(), node) == a.composites.end())
      a.composites.push_back(std::move(node));
  a.name.clear();
  return a;
}

PathValue intersect(PathValue a, PathValue b) {
  if (a.empty() || b.empty()) return {};
  return composite(PathSet::Kind::intersection, std::move(a), std::move(b));
}

PathValue subtract(PathValue a, PathValue b) {
  if (a.empty() || b.empty()) return a;
  return composite(PathSet::Kind::difference, std::move(a), std::move(b));
}

PathSetId PathSetTable::intern(PathSet set) {
  normalise(set.patterns);
  const size_t hash = hash_of(set);
  const auto [begin, end] = known_.equal_range(hash);
  for (auto it = begin; it != end; ++it)
    if (same_set(sets_[it->second], set)) return it->second;
  const auto id = static_cast<PathSetId>(sets_.size());
  known_.emplace(hash, id);
  sets_.push_back(std::move(set));
  return id;
}

PathSetId PathSetTable::intern(PathValue value, const diag::Span& span) {
  const diag::Span& place = value.name.empty() ? span : value.span;
  if (value.composites.empty())
    return intern(PathSet{.name = std::move(value.name), .patterns = std::move(value.patterns), .span = place});
  PathSetId out = intern(value.composites.front(), span);
  for (size_t i = 1; i < value.composites.size(); ++i) out = unite(out, intern(value.composites[i], span), span);
  if (!value.patterns.empty())
    out = unite(out, intern(PathSet{.name = {}, .patterns = std::move(value.patterns), .span = span}), span);
  if (value.name.empty() || sets_[out].name == value.name) return out;
  PathSet named = sets_[out];
  named.name = std::move(value.name);
  named.span = place;
  return intern(std::move(named));
}

PathSetId PathSetTable::intern(const std::shared_ptr<const PathNode>& node, const diag::Span& span) {
  if (const auto it = nodes_.find(node); it != nodes_.end()) return it->second;
  PathSet set;
  set.name = node->name;
  set.span = node->name.empty() ? span : node->span;
  set.kind = node->kind;
  set.left = intern(node->left, span);
  set.right = intern(node->right, span);
  const PathSetId id = intern(std::move(set));
  nodes_.emplace(node, id);
  return id;
}

PathSetId PathSetTable::unite(PathSetId a, PathSetId b, const diag::Span& span) {
  if (sets_[b].kind == PathSet::Kind::listed) return unite(a, sets_[b].patterns, span);
  return intern(PathSet{.name = {}, .patterns = {}, .span = span, .kind = PathSet::Kind::unite, .left = a, .right = b});
}

PathSetId PathSetTable::unite(PathSetId a, std::vector<PathPattern> patterns, const diag::Span& span) {
  PathSet out{.name = {}, .patterns = std::move(patterns), .span = span};
  if (sets_[a].kind == PathSet::Kind::listed) {
    out.patterns.insert(out.patterns.end(), sets_[a].patterns.begin(), sets_[a].patterns.end());
    return intern(std::move(out));
  }
  const PathSetId b = intern(std::move(out));
  return intern(PathSet{.name = {}, .patterns = {}, .span = span, .kind = PathSet::Kind::unite, .left = a, .right = b});
}

}  // namespace stele::sema
