#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "compiler/analyze/diagram.h"
#include "compiler/analyze/union_tree.h"

namespace stele {
namespace {

TEST(Diagrams, AreFunctions) {
  DiagramSpace space(4, {});
  const Diagram a = DiagramSpace::variable(0), b = DiagramSpace::variable(3);
  const Diagram both = a & b;
  EXPECT_TRUE(both.holds({true, false, false, true}));
  EXPECT_FALSE(both.holds({true, true, true, false}));
  EXPECT_EQ(both.any_point(), (std::vector<bool>{true, false, false, true}));
  EXPECT_EQ((!both).any_point(), (std::vector<bool>{false, false, false, false}));
  EXPECT_TRUE((a - a).is_false());
  EXPECT_TRUE((a | !a).is_true());
  EXPECT_TRUE(DiagramSpace::without(both, DiagramSpace::product({3})) == a);
}

TEST(Diagrams, GiveUpCleanlyAndStartAgain) {
  for (int round = 0; round < 2; ++round) {
    DiagramSpace space(400, {.nodes = 500'000, .operations = 1'000'000});
    const auto pair_far_apart = [] {
      Diagram all;
      for (uint32_t i = 0; i < 200; ++i) all |= DiagramSpace::variable(i) & DiagramSpace::variable(i + 200);
    };
    EXPECT_THROW(pair_far_apart(), LimitReached);
  }
  DiagramSpace space(2, {});
  EXPECT_TRUE((DiagramSpace::variable(0) & DiagramSpace::variable(1)).holds({true, true}));
}

TEST(Diagrams, CountSteps) {
  DiagramSpace space(2, {.nodes = 500'000, .operations = 10});
  const Diagram a = DiagramSpace::variable(0);
  const auto work = [&] {
    for (int i = 0; i < 20; ++i) (void)(a & a);
  };
  EXPECT_THROW(work(), LimitReached);
}

TEST(UnionTrees, AnswerAsLoopsDo) {
  constexpr uint32_t kLeaves = 13;
  DiagramSpace space(kLeaves, {});
  std::vector<Diagram> leaves;
  for (uint32_t i = 0; i < kLeaves; ++i) leaves.push_back(DiagramSpace::variable(i));
  UnionTree tree(leaves);
  for (uint32_t round = 0; round < 2; ++round) {
    for (uint32_t count = 0; count <= kLeaves; ++count) {
      for (const std::vector<uint32_t>& skip : {std::vector<uint32_t>{}, {0}, {3, 4, 12}}) {
        Diagram expected = DiagramSpace::yes();
        std::vector<bool> point(kLeaves, false);
        point[4] = point[7] = true;
        std::optional<uint32_t> first;
        for (uint32_t i = 0; i < count; ++i) {
          if (std::binary_search(skip.begin(), skip.end(), i)) continue;
          expected -= leaves[i];
          if (!first && leaves[i].holds(point)) first = i;
        }
        EXPECT_TRUE(tree.minus_first(DiagramSpace::yes(), count, skip) == expected);
        EXPECT_EQ(tree.first_holding(point, count, skip), first) << count;
      }
    }
    tree.clear(4);
    leaves[4] = {};
  }
}

}  // namespace
}  // namespace stele
