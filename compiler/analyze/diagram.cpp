#include "compiler/analyze/diagram.h"

#include <bdd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace stele::analyze {
namespace {

// BuDDy's state is global, so is ours.
int space_error = 0;
uint32_t space_variables = 0;
uint64_t operations_left = 0;
bool space_open = false;

void remember_error(int error) {
  space_error = error;
}

/// BuDDy answers "false" when it cannot go on; that must not be taken for a result.
int checked(int node) {
  if (space_error != 0) throw LimitReached{"decision diagrams"};
  if (operations_left-- == 0) {
    operations_left = 0;
    throw LimitReached{"steps"};
  }
  return node;
}

}  // namespace

Diagram::Diagram(int node) : node_(node) {
  bdd_addref(node_);
}

Diagram::Diagram(const Diagram& other) : Diagram(other.node_) {}

Diagram& Diagram::operator=(Diagram other) noexcept {
  std::swap(node_, other.node_);
  return *this;
}

Diagram::~Diagram() {
  if (node_ > 1) bdd_delref(node_);
}

bool Diagram::holds(const std::vector<bool>& point) const {
  int node = node_;
  while (node > 1) node = point[bdd_var(node)] ? bdd_high(node) : bdd_low(node);
  return node == 1;
}

std::vector<bool> Diagram::any_point() const {
  std::vector<bool> point(space_variables, false);
  for (int node = node_; node > 1;) {
    const int low = bdd_low(node);
    point[bdd_var(node)] = low == 0;
    node = low == 0 ? bdd_high(node) : low;
  }
  return point;
}

Diagram operator&(const Diagram& a, const Diagram& b) {
  return Diagram(checked(bdd_apply(a.node_, b.node_, bddop_and)));
}
Diagram operator|(const Diagram& a, const Diagram& b) {
  return Diagram(checked(bdd_apply(a.node_, b.node_, bddop_or)));
}
Diagram operator-(const Diagram& a, const Diagram& b) {
  return Diagram(checked(bdd_apply(a.node_, b.node_, bddop_diff)));
}
Diagram operator!(const Diagram& a) {
  return Diagram(checked(bdd_not(a.node_)));
}

DiagramSpace::DiagramSpace(uint32_t variables, const DiagramLimits& limits) {
  constexpr int kFirstNodes = 200'000, kCacheSize = 50'000, kGrowth = 2'000'000, kCacheRatio = 8;
  if (space_open) {
    std::fputs("stele: bug: two spaces of decision diagrams at a time\n", stderr);
    std::abort();
  }
  space_open = true;
  space_error = 0;
  operations_left = limits.operations;
  space_variables = variables;
  bdd_init(kFirstNodes, kCacheSize);
  bdd_error_hook(remember_error);
  bdd_gbc_hook(nullptr);
  bdd_resize_hook(nullptr);
  bdd_setcacheratio(kCacheRatio);
  bdd_setmaxincrease(kGrowth);
  bdd_setmaxnodenum(static_cast<int>(std::max<uint32_t>(limits.nodes, 2 * kFirstNodes)));
  bdd_setvarnum(static_cast<int>(std::max(variables, 1U)));
}

DiagramSpace::~DiagramSpace() {
  if (space_error != 0) bdd_clear_error();
  bdd_done();
  space_open = false;
}

Diagram DiagramSpace::yes() {
  return Diagram(1);
}

Diagram DiagramSpace::variable(uint32_t index) {
  return Diagram(checked(bdd_ithvarpp(static_cast<int>(index)).id()));
}

Diagram DiagramSpace::product(const std::vector<uint32_t>& variables) {
  Diagram all = yes();
  for (auto variable = variables.rbegin(); variable != variables.rend(); ++variable)
    all &= DiagramSpace::variable(*variable);
  return all;
}

Diagram DiagramSpace::without(const Diagram& function, const Diagram& product) {
  return Diagram(checked(bdd_exist(function.node_, product.node_)));
}

Diagram any_of(std::vector<Diagram> diagrams) {
  while (diagrams.size() > 1) {
    const size_t half = diagrams.size() / 2;
    for (size_t i = 0; i < half; ++i) diagrams[i] = diagrams[2 * i] | diagrams[2 * i + 1];
    if (diagrams.size() % 2 != 0) diagrams[half] = std::move(diagrams.back());
    diagrams.resize((diagrams.size() + 1) / 2);
  }
  return diagrams.empty() ? Diagram() : std::move(diagrams.front());
}

}  // namespace stele::analyze
