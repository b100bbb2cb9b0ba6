#pragma once

#include <linux/bpf.h>

#include <string>
#include <vector>

#include "compiler/pack/core_relocations.h"
#include "compiler/pack/object.h"
#include "compiler/pack/object_maps.h"

namespace stele::pack {

struct LinkedRelocation {
  uint32_t insn = 0;
  CoreRelocation core;
};

/// A program with the functions that it calls behind it.
struct LinkedProgram {
  std::string name;     // of the function
  std::string section;  // "lsm/file_open"
  std::vector<bpf_insn> insns;
  std::vector<LinkedRelocation> relocations;  // by insn
};

/// Every global function in a section "lsm/…" or "iter/…", in the order of sections.
std::vector<LinkedProgram> link_programs(const Object& object, const ObjectMaps& maps);

}  // namespace stele::pack
