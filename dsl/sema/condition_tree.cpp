#include "dsl/sema/condition_tree.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace stele::sema {

namespace {

Condition joined(Condition::Kind kind, Condition a, Condition b) {
  if (a.kind != kind) {
    Condition out;
    out.kind = kind;
    out.operands.push_back(std::move(a));
    a = std::move(out);
  }
  if (b.kind == kind) {
    std::move(b.operands.begin(), b.operands.end(), std::back_inserter(a.operands));
  } else {
    a.operands.push_back(std::move(b));
  }
  return a;
}

/// `all_of` of a `never` is never, of nothing but `always` is always; `any_of` the other way round.
Constancy joined_constancy(const Condition& condition, const PathSetTable& path_sets, Constancy decides,
                           Constancy otherwise) {
  Constancy out = otherwise;
  for (const Condition& operand : condition.operands) {
    const Constancy one = constancy_of(operand, path_sets);
    if (one == decides) return decides;
    if (one == Constancy::depends) out = Constancy::depends;
  }
  return out;
}

void find_user_tests(Condition& condition, bool positive, std::vector<Condition*>& out) {
  const bool of_users = condition.field == Field::uid || condition.field == Field::euid;
  if (condition.kind == Condition::Kind::number_in && of_users && positive) out.push_back(&condition);
  for (Condition& operand : condition.operands)
    find_user_tests(operand, positive != (condition.kind == Condition::Kind::negation), out);
}

}  // namespace

Condition always() {
  return {};
}

Condition never() {
  Condition out;
  out.kind = Condition::Kind::any_of;
  return out;
}

Condition number_in(Field field, NumberSet numbers) {
  Condition out;
  out.kind = Condition::Kind::number_in;
  out.field = field;
  out.numbers = std::move(numbers);
  return out;
}

Condition name_in(Field field, PathSetId names) {
  Condition out;
  out.kind = Condition::Kind::name_in;
  out.field = field;
  out.names = names;
  return out;
}

Condition bits_are(Field field, uint64_t mask, uint64_t value) {
  Condition out;
  out.kind = Condition::Kind::bits;
  out.field = field;
  out.mask = mask;
  out.value = value;
  return out;
}

Condition negated(Condition inner) {
  if (inner.kind == Condition::Kind::negation) {
    Condition out = std::move(inner.operands.front());
    return out;
  }
  Condition out;
  out.kind = Condition::Kind::negation;
  out.operands.push_back(std::move(inner));
  return out;
}

bool is_always(const Condition& condition) {
  return condition.kind == Condition::Kind::all_of && condition.operands.empty();
}

bool is_never(const Condition& condition) {
  return condition.kind == Condition::Kind::any_of && condition.operands.empty();
}

Condition both(Condition a, Condition b) {
  if (is_always(a) || is_never(b)) return b;
  if (is_always(b) || is_never(a)) return a;
  return joined(Condition::Kind::all_of, std::move(a), std::move(b));
}

Condition either(Condition a, Condition b) {
  if (is_never(a) || is_always(b)) return b;
  if (is_never(b) || is_always(a)) return a;
  return joined(Condition::Kind::any_of, std::move(a), std::move(b));
}

Constancy constancy_of(const Condition& condition, const PathSetTable& path_sets) {
  switch (condition.kind) {
    case Condition::Kind::all_of:
      return joined_constancy(condition, path_sets, Constancy::never, Constancy::always);
    case Condition::Kind::any_of:
      return joined_constancy(condition, path_sets, Constancy::always, Constancy::never);
    case Condition::Kind::negation: {
      const Constancy inner = constancy_of(condition.operands.front(), path_sets);
      if (inner == Constancy::depends) return inner;
      return inner == Constancy::never ? Constancy::always : Constancy::never;
    }
    case Condition::Kind::number_in:
      return condition.numbers.empty() ? Constancy::never : Constancy::depends;
    case Condition::Kind::name_in: {
      const PathSet& names = path_sets[condition.names];
      return names.kind == PathSet::Kind::listed && names.patterns.empty() ? Constancy::never : Constancy::depends;
    }
    case Condition::Kind::bits:
      return Constancy::depends;
  }
  return Constancy::depends;
}

bool asks_for(const Condition& condition, Field field) {
  const bool is_test = condition.kind == Condition::Kind::number_in || condition.kind == Condition::Kind::name_in ||
                       condition.kind == Condition::Kind::bits;
  return (is_test && condition.field == field) ||
         std::any_of(condition.operands.begin(), condition.operands.end(),
                     [&](const Condition& operand) { return asks_for(operand, field); });
}

Condition without_owner(const Condition& condition, bool unknown) {
  switch (condition.kind) {
    case Condition::Kind::all_of:
    case Condition::Kind::any_of: {
      const bool all = condition.kind == Condition::Kind::all_of;
      Condition out = all ? always() : never();
      for (const Condition& operand : condition.operands) {
        Condition one = without_owner(operand, unknown);
        out = all ? both(std::move(out), std::move(one)) : either(std::move(out), std::move(one));
      }
      return out;
    }
    case Condition::Kind::negation: {
      Condition inner = without_owner(condition.operands.front(), !unknown);
      return is_always(inner) ? never() : is_never(inner) ? always() : negated(std::move(inner));
    }
    default:
      return condition.field != Field::owned ? condition : unknown ? always() : never();
  }
}

bool same_condition(const Condition& a, const Condition& b) {
  return a.kind == b.kind && a.field == b.field && a.numbers == b.numbers && a.names == b.names && a.mask == b.mask &&
         a.value == b.value &&
         std::equal(a.operands.begin(), a.operands.end(), b.operands.begin(), b.operands.end(), same_condition);
}

std::vector<Condition*> user_tests(Condition& condition) {
  std::vector<Condition*> out;
  find_user_tests(condition, true, out);
  return out;
}

size_t size_of(const Condition& condition) {
  size_t out = 1;
  for (const Condition& operand : condition.operands) out += size_of(operand);
  return out;
}

}  // namespace stele::sema
