#include "compiler/analyze/union_tree.h"

#include <algorithm>
#include <bit>
#include <utility>

namespace stele::analyze {
namespace {

bool any_between(const std::vector<uint32_t>& ascending, size_t first, size_t last) {
  const auto found = std::lower_bound(ascending.begin(), ascending.end(), first);
  return found != ascending.end() && *found < last;
}

}  // namespace

UnionTree::UnionTree(std::vector<Diagram> leaves)
    : size_(leaves.size()), width_(std::bit_ceil(std::max<size_t>(leaves.size(), 1))), nodes_(2 * width_) {
  for (size_t i = 0; i < width_; ++i) nodes_[width_ + i] = i < size_ ? std::move(leaves[i]) : Diagram();
}

const Diagram& UnionTree::united(size_t node) {
  if (!nodes_[node]) {
    const Diagram left = united(2 * node);
    nodes_[node] = left | united(2 * node + 1);
  }
  return *nodes_[node];
}

Diagram UnionTree::minus_first(Diagram from, size_t count, const std::vector<uint32_t>& skip) {
  subtract(from, 1, 0, width_, std::min(count, size_), skip);
  return from;
}

void UnionTree::subtract(Diagram& from, size_t node, size_t first, size_t last, size_t count,
                         const std::vector<uint32_t>& skip) {
  if (first >= count || from.is_false()) return;
  const bool skips = any_between(skip, first, last);
  if (last <= count && !skips) {
    from -= united(node);
  } else if (last - first > 1) {
    const size_t middle = (first + last) / 2;
    subtract(from, 2 * node, first, middle, count, skip);
    subtract(from, 2 * node + 1, middle, last, count, skip);
  }
}

std::optional<uint32_t> UnionTree::first_holding(const std::vector<bool>& point, size_t count,
                                                 const std::vector<uint32_t>& skip) {
  return find(point, 1, 0, width_, std::min(count, size_), skip);
}

std::optional<uint32_t> UnionTree::find(const std::vector<bool>& point, size_t node, size_t first, size_t last,
                                        size_t count, const std::vector<uint32_t>& skip) {
  if (first >= count || !united(node).holds(point)) return std::nullopt;
  if (last - first == 1) {
    if (any_between(skip, first, last)) return std::nullopt;
    return static_cast<uint32_t>(first);
  }
  const size_t middle = (first + last) / 2;
  const auto left = find(point, 2 * node, first, middle, count, skip);
  return left ? left : find(point, 2 * node + 1, middle, last, count, skip);
}

std::vector<uint32_t> UnionTree::meeting(const Diagram& other) {
  std::vector<uint32_t> out;
  meet(other, 1, 0, width_, out);
  return out;
}

void UnionTree::meet(const Diagram& other, size_t node, size_t first, size_t last, std::vector<uint32_t>& out) {
  const Diagram common = other & united(node);
  if (common.is_false()) return;
  if (last - first == 1) return out.push_back(static_cast<uint32_t>(first));
  const size_t middle = (first + last) / 2;
  meet(common, 2 * node, first, middle, out);
  meet(common, 2 * node + 1, middle, last, out);
}

void UnionTree::clear(uint32_t leaf) {
  size_t node = width_ + leaf;
  nodes_[node] = Diagram();
  while (node /= 2) nodes_[node].reset();
}

}  // namespace stele::analyze
