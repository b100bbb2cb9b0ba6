#pragma once

// Policies for tests, by hand: what the resolver would make of a few lines.

#include <string>
#include <vector>

#include "dsl/sema/policy.h"

namespace stele::testing {

/// "/etc/*/x[ab]?/**" → components.
PathPattern pattern(const std::string& text);

Condition always();
Condition never();
Condition ids(Field field, NumberSet set);
Condition exe(PathSetId set);
Condition names(Field field, PathSetId set);
Condition bits(Field field, uint64_t mask, uint64_t value);
Condition inverse(Condition operand);
Condition all(std::vector<Condition> operands);
Condition any(std::vector<Condition> operands);

/// Policy with one rule a constraint, named r0, r1, …; sources at line 1, 2, … of policy.stele.
class Builder {
public:
  PathSetId set(const std::vector<std::string>& patterns, const std::string& name = "");
  PathSetId join(PathSet::Kind kind, PathSetId left, PathSetId right, const std::string& name = "");
  /// Adds a constraint and its rule; change the returned one to taste before the next call.
  Constraint& add(Effect effect, OpSet ops, PathSetId objects = kAnyPath);
  Policy& policy() { return policy_; }

private:
  Policy policy_;
};

}  // namespace stele::testing
