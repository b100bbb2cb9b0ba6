#pragma once

// Conditions over the subject as C expressions.

#include <map>
#include <string>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele {

/// What an unknown part of the subject counts as: true below `for`, false below `unless`; `not` turns it round.
enum class Polarity : bool { unsure_is_false, unsure_is_true };

struct ConditionText {
  std::string text;       // C, over `task` and `exe`
  bool compound = false;  // needs parentheses as an operand
  bool uses_exe = false;

  bool is(const char* literal) const { return text == literal; }
  std::string operand() const { return compound ? "(" + text + ")" : text; }
};

class ConditionTranslator {
public:
  /// exe_sets: which set has which bit.
  ConditionText translate(const Condition& condition, Polarity polarity, const std::vector<PathSetId>& exe_sets);

  /// Definitions of the id tables that the translated conditions use, to stand before them.
  std::string tables() const;

private:
  ConditionText join(const Condition& condition, Polarity polarity, const std::vector<PathSetId>& exe_sets);
  ConditionText ids(const Condition& condition, Polarity polarity);

  std::map<NumberSet, uint32_t> tables_;
};

}  // namespace stele
