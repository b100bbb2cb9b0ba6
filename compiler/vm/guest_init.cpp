// The bytes come from guest_init.S, which includes the file that CMake built.

#include "compiler/vm/guest_init.h"

extern "C" const char stele_guest_init_begin[];
extern "C" const char stele_guest_init_end[];

namespace stele::vm {

const std::string& guest_init() {
  static const std::string bytes(stele_guest_init_begin, stele_guest_init_end);
  return bytes;
}

}  // namespace stele::vm
