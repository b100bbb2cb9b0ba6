#pragma once

#include <string>

namespace stele {

/// The test machine's init (runtime/init), as built with this compiler: a static ELF.
const std::string& guest_init();

}  // namespace stele
