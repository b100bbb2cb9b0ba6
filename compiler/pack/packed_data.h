#pragma once

#include <string>
#include <string_view>

namespace stele::pack {

/// What an enforcer unpacks when it starts (struct stele_packed of runtime/abi.h).
struct PackedData {
  std::string constants;  // of the stub, padded
  std::string plan;
};

/// The segment's bytes: header and LZMA stream.
std::string pack_data(const std::string& constants, const std::string& plan);

/// The reverse; throws PackError when anything in the segment is not as it was packed.
PackedData unpack_data(std::string_view segment);

}  // namespace stele::pack
