#pragma once

// A condition's truth for one subject, and why, in words.

#include <string>

#include "compiler/evaluate/evaluate.h"

namespace stele {

/// `unknown`: the name of the subject's executable cannot be resolved.
enum class Truth : uint8_t { no, unknown, yes };

Truth truth_of(const Policy& policy, const Condition& condition, const Subject& subject);

/// The part of the condition that made it so: "uid 33 is not in 0, 900..999".
std::string truth_reason(const Policy& policy, const Condition& condition, const Subject& subject);

/// "`secrets`" for a named set, else its patterns: "/etc/shadow, /home/*/.ssh/**"; long sets are cut.
std::string set_text(const PathSet& set);

}  // namespace stele
