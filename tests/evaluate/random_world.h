#pragma once

// Random policies, subjects and requests over the whole model, of small alphabets so that things meet.

#include <random>
#include <string>
#include <vector>

#include "compiler/evaluate/evaluate.h"

namespace stele::testing {

class RandomWorld {
public:
  explicit RandomWorld(unsigned seed) : random_(seed) {}

  uint32_t below(uint32_t limit);
  Policy policy();
  evaluate::Subject subject();
  /// Any operation with any properties, those that its class does not have among them.
  std::vector<evaluate::Request> requests();
  /// Mostly short; at times too deep, too long, or the root.
  std::string path();

  std::mt19937& random() { return random_; }

private:
  std::string pattern();
  Number number(Field field);
  Condition test(uint32_t sets, uint32_t first_field, uint32_t fields);
  Condition condition(uint32_t sets, uint32_t first_field, uint32_t fields, uint32_t depth);
  Condition of_subject(uint32_t sets);
  Condition of_object(uint32_t sets);
  Op op();
  OpSet ops();

  std::mt19937 random_;
};

}  // namespace stele::testing
