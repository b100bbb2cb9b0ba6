#pragma once

// A resolved policy as text: deterministic, for tests and for people.

#include <string>

#include "dsl/sema/policy.h"

namespace stele::sema {

/// "6.1" from 0x060100.
std::string kernel_version_text(uint32_t version);

/// "linux >= 6.1", "linux 6.1..6.12", and " exact …" behind it.
std::string target_text(const Target& target);
/// "lockdown integrity", "lsm apparmor".
std::string requirement_text(const Requirement& requirement);

/// The name of a set, or what it is made of: `accounts`, `{ "/etc/shadow", "/etc/ssl/private/**" }`,
/// `accounts - { "/etc/group" }`; kAnyPath: `any`.
std::string path_set_text(const Policy& policy, PathSetId id);

/// "uid in { 33, 1000..1999 } and not exe in { … }"; empty for a condition without tests, `never` for one that never
/// holds.
std::string condition_text(const Policy& policy, const Condition& condition);

/// "deny", "deny or kill".
std::string effect_text(const Constraint& constraint);

/// One constraint in the policy's own words, without its rule: `deny file { read } on secrets unless … log alert`.
/// `above` marks the reach over the directories above the objects; `where` begins what is asked of the object besides
/// its path, `within` what an `only` speaks of at all.
std::string constraint_text(const Policy& policy, const Constraint& constraint);

/// Everything, a line for each set, rule and constraint; derived constraints name their origin: "[link of 0]".
std::string policy_text(const Policy& policy);

}  // namespace stele::sema
