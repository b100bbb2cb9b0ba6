#pragma once

#include <string>
#include <utility>

namespace stele::pack {

/// Why an object or an enforcer is refused. Thrown and caught inside this folder only.
struct PackError {
  std::string message;
};

[[noreturn]] inline void refuse(std::string message) {
  throw PackError{std::move(message)};
}

}  // namespace stele::pack
