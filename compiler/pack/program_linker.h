#pragma once

#include <linux/bpf.h>

#include <string>
#include <vector>

#include "compiler/pack/core_relocations.h"
#include "compiler/pack/object.h"
#include "compiler/pack/object_maps.h"
#include "runtime/abi.h"

namespace stele::pack {

struct LinkedRelocation {
  uint32_t insn = 0;  // index into the function
  CoreRelocation core;
};

/// Calls hold the index of the called function in imm.
struct LinkedFunction {
  stele_once once = STELE_AT_EACH_CALL;
  std::vector<bpf_insn> insns;
  std::vector<LinkedRelocation> relocations;  // by insn
};

struct LinkedProgram {
  std::string name;                 // of the function
  std::string section;              // "lsm/file_open"
  std::vector<uint32_t> functions;  // the entry, then every function that it reaches
};

struct LinkedObject {
  std::vector<LinkedFunction> functions;
  std::vector<LinkedProgram> programs;
};

/// Every global function in a section "lsm/…" or "iter/…", in the order of sections, and what they call.
LinkedObject link_programs(const Object& object, const ObjectMaps& maps);

}  // namespace stele::pack
