#include "dsl/sema/set_value.h"

#include <set>
#include <utility>

#include "dsl/sema/condition_tree.h"
#include "dsl/sema/numbers.h"

namespace stele::sema {

namespace {

using Operator = ast::SetExpression::Operator;

NumberSet apply(Operator how, const NumberSet& a, const NumberSet& b) {
  switch (how) {
    case Operator::unite:
      return unite(a, b);
    case Operator::intersect:
      return intersect(a, b);
    case Operator::subtract:
      return subtract(a, b);
  }
  return {};
}

Condition apply(Operator how, Condition a, Condition b) {
  switch (how) {
    case Operator::unite:
      return either(std::move(a), std::move(b));
    case Operator::intersect:
      return both(std::move(a), std::move(b));
    case Operator::subtract:
      return is_always(b) ? never() : is_never(b) ? a : both(std::move(a), negated(std::move(b)));
  }
  return {};
}

PathValue apply(Operator how, PathValue a, PathValue b) {
  switch (how) {
    case Operator::unite:
      return unite(std::move(a), std::move(b));
    case Operator::intersect:
      return intersect(std::move(a), std::move(b));
    case Operator::subtract:
      return subtract(std::move(a), std::move(b));
  }
  return {};
}

template <typename Map>
std::set<uint32_t> keys_of(const Map& a, const Map& b) {
  std::set<uint32_t> out;
  for (const auto& [key, value] : a) out.insert(key);
  for (const auto& [key, value] : b) out.insert(key);
  return out;
}

NumberSet every_protocol() {
  return {{0, max_of(Field::protocol)}};
}

NumberSet ports_of(const SetValue& value, uint32_t protocol) {
  const auto it = value.pairs.find(protocol);
  return it != value.pairs.end() ? it->second : value.numbers;
}

NumberSet protocols_of(const SetValue& value, uint32_t family) {
  const auto it = value.pairs.find(family);
  if (it != value.pairs.end()) return it->second;
  return has_number(value.numbers, family) ? every_protocol() : NumberSet{};
}

Condition test_of(const SetValue& value, uint32_t call) {
  const auto it = value.tests.find(call);
  if (it != value.tests.end()) return it->second;
  return has_number(value.numbers, call) ? always() : never();
}

void combine_ports(Operator how, const SetValue& a, const SetValue& b, SetValue& out) {
  for (const uint32_t protocol : keys_of(a.pairs, b.pairs)) {
    NumberSet ports = apply(how, ports_of(a, protocol), ports_of(b, protocol));
    if (ports != out.numbers) out.pairs.emplace(protocol, std::move(ports));
  }
}

void combine_families(Operator how, const SetValue& a, const SetValue& b, SetValue& out) {
  for (const uint32_t family : keys_of(a.pairs, b.pairs)) {
    NumberSet protocols = apply(how, protocols_of(a, family), protocols_of(b, family));
    const NumberSet one = {{family, family}};
    const bool all = protocols == every_protocol();
    out.numbers = all ? unite(out.numbers, one) : subtract(out.numbers, one);
    if (!all && !protocols.empty()) out.pairs.emplace(family, std::move(protocols));
  }
}

void combine_calls(Operator how, const SetValue& a, const SetValue& b, SetValue& out) {
  for (const uint32_t call : keys_of(a.tests, b.tests)) {
    Condition test = apply(how, test_of(a, call), test_of(b, call));
    const NumberSet one = {{call, call}};
    out.numbers = is_always(test) ? unite(out.numbers, one) : subtract(out.numbers, one);
    if (!is_always(test) && !is_never(test)) out.tests.emplace(call, std::move(test));
  }
}

/// Few numbers that are left out read better than many that are in.
Condition protocol_in(const NumberSet& protocols) {
  const bool open = !protocols.empty() && protocols.back().last == max_of(Field::protocol);
  return open ? negated(number_in(Field::protocol, subtract(every_protocol(), protocols)))
              : number_in(Field::protocol, protocols);
}

/// Protocols of equal ports, in the order of the ports.
Condition ports_in(const SetValue& value) {
  bool adds_only = true;
  std::map<NumberSet, NumberSet> by_ports;
  for (const auto& [protocol, ports] : value.pairs) {
    adds_only = adds_only && subtract(value.numbers, ports).empty();
    by_ports[ports].push_back({protocol, protocol});
  }
  NumberSet named;
  Condition out = never();
  for (auto& [ports, protocols] : by_ports) {
    protocols = normalised(std::move(protocols));
    named = unite(named, protocols);
    NumberSet own = adds_only ? subtract(ports, value.numbers) : ports;
    if (!own.empty())
      out = either(std::move(out), both(number_in(Field::port, std::move(own)), protocol_in(protocols)));
  }
  if (value.numbers.empty()) return out;
  Condition others = number_in(Field::port, value.numbers);
  if (!adds_only) others = both(std::move(others), negated(number_in(Field::protocol, std::move(named))));
  return either(std::move(others), std::move(out));
}

}  // namespace

bool is_empty(const SetValue& value) {
  if (!value.numbers.empty() || !value.tests.empty() || !value.paths.empty()) return false;
  for (const auto& [key, numbers] : value.pairs)
    if (!numbers.empty()) return false;
  return true;
}

SetValue combine(SetType type, Operator how, SetValue a, SetValue b) {
  SetValue out;
  if (type == SetType::path || type == SetType::name) {
    out.paths = apply(how, std::move(a.paths), std::move(b.paths));
    return out;
  }
  out.numbers = apply(how, a.numbers, b.numbers);
  if (type == SetType::port) combine_ports(how, a, b, out);
  if (type == SetType::family) combine_families(how, a, b, out);
  if (type == SetType::syscall) combine_calls(how, a, b, out);
  return out;
}

Condition condition_of(SetType type, Field field, const SetValue& value) {
  if (type == SetType::port) {
    // Without a port: a set of nothing must stay a test that never holds.
    Condition out = ports_in(value);
    return is_never(out) ? number_in(field, {}) : out;
  }
  Condition out = value.numbers.empty() && !is_empty(value) ? never() : number_in(field, value.numbers);
  for (const auto& [family, protocols] : value.pairs)
    out = either(std::move(out), both(number_in(field, {{family, family}}), protocol_in(protocols)));
  for (const auto& [call, test] : value.tests)
    out = either(std::move(out), both(number_in(field, {{call, call}}), test));
  return out;
}

}  // namespace stele::sema
