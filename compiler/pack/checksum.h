#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "runtime/abi.h"

namespace stele::pack {

/// FNV-1a 64.
inline uint64_t checksum(std::string_view bytes) {
  uint64_t sum = 0xcbf29ce484222325u;
  for (char c : bytes) sum = (sum ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  return sum;
}

/// Of what lies behind the header's checksum. The plan must be at least as long as its header.
inline uint64_t plan_checksum(std::string_view plan) {
  return checksum(plan.substr(offsetof(stele_plan, checksum) + sizeof(stele_plan::checksum)));
}

}  // namespace stele::pack
