#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "compiler/pack/object.h"

namespace stele::pack {

struct MapSpec {
  std::string name;   // at most 15 bytes
  uint32_t role = 0;  // enum stele_map_role
  uint32_t type = 0, key_size = 0, value_size = 0, max_entries = 0, flags = 0;
  std::string data;  // constants: the one value
};

struct ObjectMaps {
  std::vector<MapSpec> maps;
  std::map<uint64_t, uint32_t> by_offset;   // offset in .maps → index
  std::map<uint32_t, uint32_t> by_section;  // constants' section → index
  uint32_t maps_section = 0;                // 0 = none
  uint32_t late = 0;                        // index of .rodata.late, or STELE_NO_MAP
  uint32_t devices = 0;                     // index of .data.devices, or STELE_NO_MAP
};

/// The maps `events` and `counters`, and one for each .rodata* section. Refuses every other map and every other
/// section that holds data.
ObjectMaps collect_maps(const Object& object);

}  // namespace stele::pack
