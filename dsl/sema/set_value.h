#pragma once

// What a set is worth, whatever its type, and the algebra of values.

#include <cstdint>
#include <map>

#include "dsl/ast/ast.h"
#include "dsl/sema/path_sets.h"
#include "dsl/sema/policy.h"

namespace stele::sema {

/// The first eight can be named by `let`; the others are what conditions and objects take.
enum class SetType : uint8_t {
  uid,
  gid,
  path,
  net,
  port,
  syscall,
  cap,
  name,
  login_uid,
  family,
  socket_type,
  protocol,
  program_type,
  map_type,
  bpf_type,
  tty,
  name_space
};

struct SetValue {
  NumberSet numbers;                    // ids, addresses, words; ports of any protocol; system calls without tests
  std::map<uint32_t, NumberSet> pairs;  // port: all ports of the protocol; family: protocols of the family
  std::map<uint32_t, Condition> tests;  // syscall: the calls of which only some are meant
  PathValue paths;                      // path, name
};

bool is_empty(const SetValue& value);

/// Pointwise: a pair or a test of one value meets what the other says of the same protocol, family or call.
SetValue combine(SetType type, ast::SetExpression::Operator how, SetValue a, SetValue b);

/// "`field` is in the value"; for ports and families a condition over the protocol too. Not for paths.
Condition condition_of(SetType type, Field field, const SetValue& value);

}  // namespace stele::sema
