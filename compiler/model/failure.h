#pragma once

#include <string>
#include <tl/expected.hpp>

namespace stele {

/// The environment failed us (I/O, a missing kernel, a tool): where, which errno (0 when none), and what it means.
struct Failure {
  std::string path;
  int error = 0;
  std::string message;
};
template <typename T>
using Result = tl::expected<T, Failure>;

}  // namespace stele
