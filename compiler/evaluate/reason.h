#pragma once

// Why a condition is as true as it is, in words.

#include <string>

#include "compiler/evaluate/truth.h"

namespace stele::evaluate {

/// The part of the condition that made it so: "uid 33 is not in 0, 900..999".
std::string truth_reason(const Policy& policy, const Condition& condition, const Subject& subject,
                         const Request& request);

/// Why the request's path is (not) among the constraint's objects: "/etc/shadow is in `secrets`".
std::string path_reason(const Policy& policy, const Constraint& constraint, const Request& request);

/// "`secrets`" for a named set, else its patterns, "/etc/shadow, /home/*/.ssh/**", or what it is joined from; long
/// sets are cut. "anything" for kAnyPath.
std::string set_text(const Policy& policy, PathSetId id);

}  // namespace stele::evaluate
