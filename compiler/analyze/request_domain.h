#pragma once

// Which requests there are: what a request of each operation has, and what goes together. An analysis over "all
// requests" is over all of these. Every one of them can be asked as a question (compiler/evaluate/request_shape.h); a
// question may leave out more, such as an address, than a request of a kernel does.

#include <cstdint>

#include "compiler/evaluate/evaluate.h"

namespace stele::analyze {

/// A set of fields; bit `1 << field`.
using FieldSet = uint64_t;
static_assert(kFieldCount < 64, "a FieldSet holds every field");
inline constexpr FieldSet field_bit(Field field) {
  return FieldSet{1} << static_cast<unsigned>(field);
}

enum class PathShape : uint8_t {
  none,      // never a path
  optional,  // a path, or an object without a name: memory, a file that the host's namespace does not mount
  always,    // a path: a setting below /proc/sys, which has its name in every procfs
  unix_only  // a path or none when the family is unix, else none
};

struct RequestDomain {
  PathShape path = PathShape::none;
  FieldSet always = 0;     // object fields that every such request has
  FieldSet asked = 0;      // likewise, but told only where a policy asks for them
  FieldSet sometimes = 0;  // those that it may have
  /// Address and port: always for families inet (IPv4 addresses only) and inet6, never for others.
  bool ip_endpoint = false;
  auto operator<=>(const RequestDomain&) const = default;
};

RequestDomain domain_of(Op op);

/// The numbers that a field of such a request can have.
NumberSet numbers_that_exist(Op op, Field field);

}  // namespace stele::analyze
