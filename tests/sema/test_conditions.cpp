// Trees of conditions.

#include <gtest/gtest.h>

#include "dsl/sema/condition_tree.h"

namespace stele::sema {
namespace {

Condition owner() {
  return number_in(Field::owned, {{1, 1}});
}

Condition user() {
  return number_in(Field::uid, {{33, 33}});
}

TEST(Conditions, WithoutOwnerAnswersForBothWhereNobodyTells) {
  struct Row {
    Condition condition, widest, narrowest;
  };
  const Row table[] = {
      {user(), user(), user()},
      {owner(), always(), never()},
      {negated(owner()), always(), never()},
      {both(user(), owner()), user(), never()},
      {both(user(), negated(owner())), user(), never()},
      {either(user(), owner()), always(), user()},
      {negated(both(user(), owner())), always(), negated(user())},
      {negated(either(user(), negated(owner()))), negated(user()), never()},
  };
  for (const Row& row : table) {
    const size_t i = static_cast<size_t>(&row - table);
    EXPECT_TRUE(same_condition(without_owner(row.condition, true), row.widest)) << i;
    EXPECT_TRUE(same_condition(without_owner(row.condition, false), row.narrowest)) << i;
    EXPECT_FALSE(asks_for(without_owner(row.condition, true), Field::owned)) << i;
  }
}

TEST(Conditions, AsksForLooksUnderEveryOperator) {
  EXPECT_TRUE(asks_for(negated(either(user(), both(user(), owner()))), Field::owned));
  EXPECT_FALSE(asks_for(negated(user()), Field::owned));
  EXPECT_FALSE(asks_for(always(), Field::owned));
}

}  // namespace
}  // namespace stele::sema
