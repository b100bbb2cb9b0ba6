#pragma once

#include <string>

namespace stele::vm {

/// The test machine's init (runtime/init), as built with this compiler: a static ELF.
const std::string& guest_init();

}  // namespace stele::vm
