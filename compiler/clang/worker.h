#pragma once

// Runs a function in a forked process and brings back the string it returns: for code that may run only once a
// process, or may crash.

#include <functional>
#include <string>

#include "compiler/model/failure.h"

namespace stele::codegen {

/// Fails when the process cannot be made, dies by a signal, or ends before it has sent everything. The function must
/// not throw. Call it while this process has one thread.
Result<std::string> run_in_worker(const std::function<std::string()>& function);

}  // namespace stele::codegen
