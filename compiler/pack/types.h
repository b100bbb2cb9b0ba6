#pragma once

// A few questions to BTF.

#include <bpf/btf.h>

#include <string>

namespace stele::pack {

/// Longest chain of typedefs and qualifiers; a damaged object can hold a circle.
inline constexpr uint32_t kMaxChain = 64;

/// Behind typedefs, qualifiers and type tags.
inline uint32_t strip(const btf* types, uint32_t id) {
  for (uint32_t i = 0; i < kMaxChain; i++) {
    const btf_type* type = btf__type_by_id(types, id);
    if (!type || !(btf_is_mod(type) || btf_is_typedef(type) || btf_kind(type) == BTF_KIND_TYPE_TAG)) break;
    id = type->type;
  }
  return id;
}

inline std::string name_at(const btf* types, uint32_t offset) {
  const char* name = btf__name_by_offset(types, offset);
  return name ? name : "";
}

}  // namespace stele::pack
