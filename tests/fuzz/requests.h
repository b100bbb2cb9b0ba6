#pragma once

// Requests that a policy has something to say about: from its own operations, paths and numbers.

#include <map>
#include <string>
#include <vector>

#include "compiler/evaluate/evaluate.h"
#include "tests/fuzz/fuzz.h"

namespace stele::fuzz {

class Questioner {
public:
  Questioner(const Policy& policy, Choices choices);
  evaluate::Subject subject();
  evaluate::Request request();

private:
  void collect(const Condition& condition);
  const std::string& path();
  Number number(Field field);

  Choices choices_;
  std::vector<Op> ops_;
  std::vector<std::string> paths_;
  std::map<Field, std::vector<Number>> numbers_;
};

}  // namespace stele::fuzz
