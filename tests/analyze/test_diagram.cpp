#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "compiler/analyze/diagram.h"
#include "compiler/analyze/union_tree.h"

namespace stele {
namespace {

TEST(Diagrams, AreFunctions) {
  analyze::DiagramSpace space(4, {});
  const analyze::Diagram a = analyze::DiagramSpace::variable(0), b = analyze::DiagramSpace::variable(3);
  const analyze::Diagram both = a & b;
  EXPECT_TRUE(both.holds({true, false, false, true}));
  EXPECT_FALSE(both.holds({true, true, true, false}));
  EXPECT_EQ(both.any_point(), (std::vector<bool>{true, false, false, true}));
  EXPECT_EQ((!both).any_point(), (std::vector<bool>{false, false, false, false}));
  EXPECT_TRUE((a - a).is_false());
  EXPECT_TRUE((a | !a).is_true());
  EXPECT_TRUE(analyze::DiagramSpace::without(both, analyze::DiagramSpace::product({3})) == a);
}

TEST(Diagrams, GiveUpCleanlyAndStartAgain) {
  for (int round = 0; round < 2; ++round) {
    analyze::DiagramSpace space(400, {.nodes = 500'000, .operations = 1'000'000});
    const auto pair_far_apart = [] {
      analyze::Diagram all;
      for (uint32_t i = 0; i < 200; ++i)
        all |= analyze::DiagramSpace::variable(i) & analyze::DiagramSpace::variable(i + 200);
    };
    EXPECT_THROW(pair_far_apart(), analyze::LimitReached);
  }
  analyze::DiagramSpace space(2, {});
  EXPECT_TRUE((analyze::DiagramSpace::variable(0) & analyze::DiagramSpace::variable(1)).holds({true, true}));
}

TEST(Diagrams, CountSteps) {
  analyze::DiagramSpace space(2, {.nodes = 500'000, .operations = 10});
  const analyze::Diagram a = analyze::DiagramSpace::variable(0);
  const auto work = [&] {
    for (int i = 0; i < 20; ++i) (void)(a & a);
  };
  EXPECT_THROW(work(), analyze::LimitReached);
}

TEST(UnionTrees, AnswerAsLoopsDo) {
  constexpr uint32_t kLeaves = 13;
  analyze::DiagramSpace space(kLeaves, {});
  std::vector<analyze::Diagram> leaves;
  for (uint32_t i = 0; i < kLeaves; ++i) leaves.push_back(analyze::DiagramSpace::variable(i));
  analyze::UnionTree tree(leaves);
  for (uint32_t round = 0; round < 2; ++round) {
    for (uint32_t count = 0; count <= kLeaves; ++count) {
      for (const std::vector<uint32_t>& skip : {std::vector<uint32_t>{}, {0}, {3, 4, 12}}) {
        analyze::Diagram expected = analyze::DiagramSpace::yes();
        std::vector<bool> point(kLeaves, false);
        point[4] = point[7] = true;
        std::optional<uint32_t> first;
        for (uint32_t i = 0; i < count; ++i) {
          if (std::binary_search(skip.begin(), skip.end(), i)) continue;
          expected -= leaves[i];
          if (!first && leaves[i].holds(point)) first = i;
        }
        EXPECT_TRUE(tree.minus_first(analyze::DiagramSpace::yes(), count, skip) == expected);
        EXPECT_EQ(tree.first_holding(point, count, skip), first) << count;
      }
    }
    const std::vector<uint32_t> meeting =
        tree.meeting(analyze::DiagramSpace::variable(4) - analyze::DiagramSpace::variable(7));
    EXPECT_EQ(meeting.size(), kLeaves - 1 - round) << "all but the seventh, and what was cleared";
    tree.clear(4);
    leaves[4] = {};
  }
}

}  // namespace
}  // namespace stele
