// The C library knows the names; see errno(3).

#include "compiler/scenario/errno_names.h"

#include <cstring>

namespace stele::scenario {

constexpr int kLastErrno = 133;

std::string errno_name(int error) {
  const char* name = strerrorname_np(error);
  return name ? name : std::to_string(error);
}

std::optional<int> errno_value(const std::string& name) {
  for (int error = 1; error <= kLastErrno; error++)
    if (const char* known = strerrorname_np(error); known && name == known) return error;
  return std::nullopt;
}

}  // namespace stele::scenario
