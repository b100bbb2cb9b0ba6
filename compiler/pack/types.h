#pragma once

// A few questions to BTF.

#include <bpf/btf.h>

#include <string>

namespace stele::pack {

/// Behind typedefs, qualifiers and type tags.
inline uint32_t strip(const btf* types, uint32_t id) {
  for (const btf_type* type = btf__type_by_id(types, id);
       type && (btf_is_mod(type) || btf_is_typedef(type) || btf_kind(type) == BTF_KIND_TYPE_TAG);
       type = btf__type_by_id(types, id))
    id = type->type;
  return id;
}

inline std::string name_at(const btf* types, uint32_t offset) {
  const char* name = btf__name_by_offset(types, offset);
  return name ? name : "";
}

}  // namespace stele::pack
