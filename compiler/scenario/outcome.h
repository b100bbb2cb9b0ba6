#pragma once

#include <string>
#include <vector>

#include "compiler/scenario/run.h"
#include "compiler/scenario/script.h"

namespace stele::scenario {

/// What a kernel did with a case, from the guest's report of it. `enforcer` knows the names behind the numbers that
/// events carry.
///   success, no event → allow; success, audit event → audit; errno and an event that denies → deny; SIGKILL → kill;
///   errno without such an event → verdict unknown (compare.h judges it by the expectation).
Outcome outcome_of(const EnforcerUnderTest& enforcer, const Case& one, const GuestCase& report);

}  // namespace stele::scenario
