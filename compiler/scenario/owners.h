#pragma once

// Whose the files are that a case touches, for policies that ask.

#include "compiler/scenario/scenario.h"

namespace stele::scenario {

/// Says of each request whose its file is (Field::owned), when the policy asks for `owner` and the scenario shows it:
/// by the image's `uid`, by who made it or gave it away in the steps before, and of what is made now, the subject's.
/// What a request says already stays. Files of /proc, of mounts that bring their own, and memory that is no file are
/// left open.
void tell_owners(const Policy& policy, Scenario& scenario);

}  // namespace stele::scenario
