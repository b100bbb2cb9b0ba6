#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "compiler/pack/object.h"

namespace stele::pack {

/// A CO-RE record, lowered from type ids to names.
struct CoreRelocation {
  uint32_t kind = 0;  // enum stele_reloc_kind
  std::string path;   // "dentry:d_name.len"
  uint32_t size = 0;  // bytes of the field, for FIELD_OFFSET
};

/// Section name → byte offset of the instruction → record. Refuses bit-fields and kinds that the enforcer cannot
/// resolve.
std::map<std::string, std::map<uint64_t, CoreRelocation>> collect_core_relocations(const Object& object);

}  // namespace stele::pack
