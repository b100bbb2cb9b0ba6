#include "compiler/pack/pack.h"

extern "C" const char stele_stub_begin[], stele_stub_end[];  // stub_bytes.S

namespace stele::pack {

const std::string& enforcer_stub() {
  static const std::string stub(stele_stub_begin, stele_stub_end);
  return stub;
}

}  // namespace stele::pack
