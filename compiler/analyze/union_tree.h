#pragma once

// Many diagrams in a fixed order, and the unions of runs of them: taking a run away from a diagram costs a number of
// operations that is logarithmic in its length. Unions are made when they are first needed.

#include <cstdint>
#include <optional>
#include <vector>

#include "compiler/analyze/diagram.h"

namespace stele::analyze {

class UnionTree {
public:
  explicit UnionTree(std::vector<Diagram> leaves);

  size_t size() const { return size_; }
  /// `from` without the first `count` leaves; those at the positions `skip` (ascending) are left out.
  Diagram minus_first(Diagram from, size_t count, const std::vector<uint32_t>& skip);
  /// The first of the first `count` leaves that holds at the point, `skip` left out.
  std::optional<uint32_t> first_holding(const std::vector<bool>& point, size_t count,
                                        const std::vector<uint32_t>& skip);
  /// Positions of the leaves that have something in common with it, ascending.
  std::vector<uint32_t> meeting(const Diagram& other);
  /// The leaf becomes false for good.
  void clear(uint32_t leaf);

private:
  const Diagram& united(size_t node);
  void subtract(Diagram& from, size_t node, size_t first, size_t last, size_t count, const std::vector<uint32_t>& skip);
  std::optional<uint32_t> find(const std::vector<bool>& point, size_t node, size_t first, size_t last, size_t count,
                               const std::vector<uint32_t>& skip);

  void meet(const Diagram& other, size_t node, size_t first, size_t last, std::vector<uint32_t>& out);

  size_t size_, width_;                        // width: the next power of two
  std::vector<std::optional<Diagram>> nodes_;  // heap order, the root is 1
};

}  // namespace stele::analyze
