#pragma once

// Internet addresses: as the language writes them, as numbers (IPv6 in host byte order, IPv4 as ::ffff:a.b.c.d).

#include <optional>
#include <string>

#include "dsl/ast/ast.h"
#include "dsl/sema/policy.h"
#include "dsl/sema/report.h"

namespace stele::sema {

/// The addresses of an item of that kind: one, a prefix, or a range. An IPv6 prefix so short that it holds the mapped
/// IPv4 addresses speaks of IPv6 only. Reports S3041, S3082, S3083, S3084.
std::optional<NumberSet> parse_addresses(const ast::Item& item, Reporter& report);

/// The object of a constraint, or of `assert never`, that must not be reached by the wildcard either: what tests
/// addresses of a machine (all but multicast and broadcast) also holds of `0.0.0.0` and `::`, which the kernel takes
/// for one of them, or for all. Of IPv4 both, since an IPv6 socket takes IPv4, too; of IPv6 `::`.
Condition with_wildcards(Condition object);

/// "10.2.0.0/16", "2001:db8::1", "10.0.0.1..10.0.0.9"
std::string addresses_text(const NumberRange& range);

}  // namespace stele::sema
