#pragma once

// Decision diagrams: sets of requests as functions of yes-or-no variables, with one node for each function that
// differs. The only file that knows BuDDy, a library with global state: one DiagramSpace exists at a time.

#include <cstdint>
#include <vector>

namespace stele::analyze {

/// Thrown when the diagrams or the work on them outgrow their limits; never leaves compiler/analyze.
struct LimitReached {
  const char* what;  // "decision diagrams", …
};

/// A function, counted while it is referred to. All of one space, none outlives it.
class Diagram {
public:
  Diagram() = default;  // false
  Diagram(const Diagram& other);
  Diagram(Diagram&& other) noexcept : node_(other.node_) { other.node_ = 0; }
  Diagram& operator=(Diagram other) noexcept;
  ~Diagram();

  bool is_false() const { return node_ == 0; }
  bool is_true() const { return node_ == 1; }
  /// Is the function true here? `point` has a value for each variable of the space.
  bool holds(const std::vector<bool>& point) const;
  /// One point where it is true, with as many variables false as is easy. Requires: not false.
  std::vector<bool> any_point() const;

  bool operator==(const Diagram& other) const { return node_ == other.node_; }
  /// Identifies the function as long as a reference to it is kept.
  int id() const { return node_; }

  friend Diagram operator&(const Diagram& a, const Diagram& b);
  friend Diagram operator|(const Diagram& a, const Diagram& b);
  friend Diagram operator!(const Diagram& a);
  friend Diagram operator-(const Diagram& a, const Diagram& b);  // a and not b
  Diagram& operator&=(const Diagram& other) { return *this = *this & other; }
  Diagram& operator|=(const Diagram& other) { return *this = *this | other; }
  Diagram& operator-=(const Diagram& other) { return *this = *this - other; }

private:
  friend class DiagramSpace;
  explicit Diagram(int node);
  int node_ = 0;
};

/// Bounds of the whole work: at most `nodes` nodes of 20 bytes each, at most `operations` operations.
struct DiagramLimits {
  uint32_t nodes = 4'000'000;
  uint64_t operations = 20'000'000;
};

class DiagramSpace {
public:
  DiagramSpace(uint32_t variables, const DiagramLimits& limits);
  ~DiagramSpace();
  DiagramSpace(const DiagramSpace&) = delete;
  DiagramSpace& operator=(const DiagramSpace&) = delete;

  static Diagram yes();
  static Diagram variable(uint32_t index);
  /// A product of variables, to be given to `without`.
  static Diagram product(const std::vector<uint32_t>& variables);
  /// Is there a value of the variables in `product` for which it holds?
  static Diagram without(const Diagram& function, const Diagram& product);
};

/// The disjunction of many, pairwise rather than one after the other.
Diagram any_of(std::vector<Diagram> diagrams);

}  // namespace stele::analyze
