#pragma once

// Values of path sets, and the table of those that a policy uses.

#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele::sema {

struct PathNode;

/// A union of patterns and of sets that are no plain unions. `name` and `span` are those of the `let` when the value
/// is nothing but that set.
struct PathValue {
  std::vector<PathPattern> patterns;
  std::vector<std::shared_ptr<const PathNode>> composites;
  std::string name;
  diag::Span span;

  bool empty() const { return patterns.empty() && composites.empty(); }
};

/// An intersection or a difference.
struct PathNode {
  PathSet::Kind kind = PathSet::Kind::intersection;
  PathValue left, right;
  std::string name;  // of the `let` that is this set, or empty
  diag::Span span;
};

PathValue unite(PathValue a, PathValue b);
PathValue intersect(PathValue a, PathValue b);
PathValue subtract(PathValue a, PathValue b);

/// Puts path sets into Policy::path_sets, one entry for equal name and equal value.
class PathSetTable {
public:
  explicit PathSetTable(std::vector<PathSet>& sets) : sets_(sets) {}
  /// `set.patterns` need not be sorted.
  PathSetId intern(PathSet set);
  /// The value as a set; what has no place of its own gets `span`.
  PathSetId intern(PathValue value, const diag::Span& span);
  PathSetId unite(PathSetId a, PathSetId b, const diag::Span& span);
  PathSetId unite(PathSetId a, std::vector<PathPattern> patterns, const diag::Span& span);
  const PathSet& operator[](PathSetId id) const { return sets_[id]; }

private:
  PathSetId intern(const std::shared_ptr<const PathNode>& node, const diag::Span& span);

  std::vector<PathSet>& sets_;
  std::unordered_multimap<size_t, PathSetId> known_;  // by hash
  std::unordered_map<std::shared_ptr<const PathNode>, PathSetId> nodes_;
};

}  // namespace stele::sema
