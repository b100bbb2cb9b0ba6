#pragma once

// Addresses as people write them. Both kinds are numbers of 128 bits, IPv4 as ::ffff:a.b.c.d (Field::address).

#include <optional>
#include <string>

#include "dsl/sema/policy.h"

namespace stele::evaluate {

/// Is it an IPv4 address?
bool is_ipv4(Number address);

/// "10.2.0.1", "2001:db8::1".
std::string address_text(Number address);

/// "10.2.0.0/16" where a prefix says it, else "10.2.0.1..10.2.0.7"; a single address stands alone.
std::string addresses_text(NumberRange range);

/// The inverse of address_text; nullopt: no address.
std::optional<Number> find_address(const std::string& text);

}  // namespace stele::evaluate
