#include "compiler/pack/object_maps.h"

#include <elf.h>
#include <linux/bpf.h>

#include "compiler/pack/pack_error.h"
#include "compiler/pack/types.h"
#include "runtime/abi.h"

namespace stele::pack {
namespace {

constexpr size_t kMapNameBytes = 15;

/// `int (*name)[N]` → N; libbpf's way to write a number into a type.
uint32_t number_of(const btf* types, const btf_type* pointer) {
  const btf_type* array = btf__type_by_id(types, strip(types, pointer->type));
  if (!array || !btf_is_array(array)) refuse("a map's attribute is not a number");
  return btf_array(array)->nelems;
}

uint32_t size_of(const btf* types, const btf_type* pointer) {
  auto size = btf__resolve_size(types, pointer->type);
  if (size < 0) refuse("a map's key or value has no size");
  return static_cast<uint32_t>(size);
}

MapSpec read_map(const btf* types, const std::string& name, uint32_t definition) {
  const btf_type* record = btf__type_by_id(types, strip(types, definition));
  if (!record || !btf_is_struct(record)) refuse("map `" + name + "` is not a structure");
  MapSpec map;
  map.name = name;
  for (uint32_t i = 0; i < btf_vlen(record); i++) {
    const btf_member& member = btf_members(record)[i];
    std::string key = name_at(types, member.name_off);
    const btf_type* type = btf__type_by_id(types, strip(types, member.type));
    if (!type || !btf_is_ptr(type)) refuse("map `" + name + "`: attribute `" + key + "` is not a pointer");
    if (key == "type")
      map.type = number_of(types, type);
    else if (key == "max_entries")
      map.max_entries = number_of(types, type);
    else if (key == "map_flags")
      map.flags = number_of(types, type);
    else if (key == "key_size")
      map.key_size = number_of(types, type);
    else if (key == "value_size")
      map.value_size = number_of(types, type);
    else if (key == "key")
      map.key_size = size_of(types, type);
    else if (key == "value")
      map.value_size = size_of(types, type);
    else
      refuse("map `" + name + "`: unknown attribute `" + key + "`");
  }
  return map;
}

void check_map(MapSpec& map) {
  bool events = map.name == STELE_PIN_EVENTS;
  if (!events && map.name != STELE_PIN_COUNTERS) refuse("unknown map `" + map.name + "`");
  map.role = events ? STELE_MAP_EVENTS : STELE_MAP_COUNTERS;
  bool shape = events ? map.value_size == sizeof(stele_event) && map.max_entries == STELE_EVENT_SLOTS
                      : map.value_size == sizeof(uint64_t) && map.max_entries >= STELE_COUNTER_CONSTRAINT;
  if (map.type != BPF_MAP_TYPE_ARRAY || map.key_size != 4 || map.flags != 0 || !shape)
    refuse("map `" + map.name + "` is not the array that runtime/abi.h describes");
}

uint64_t offset_of(const Object& object, uint32_t section, const std::string& name) {
  for (const Symbol& symbol : object.symbols)
    if (symbol.section == section && symbol.name == name) return symbol.value;
  refuse("map `" + name + "` has no symbol");
}

void collect_declared(const Object& object, ObjectMaps& maps) {
  const btf* types = object.types.get();
  maps.maps_section = object.find_section(".maps");
  for (uint32_t id = 1; maps.maps_section && id < btf__type_cnt(types); id++) {
    const btf_type* section = btf__type_by_id(types, id);
    if (!btf_is_datasec(section) || name_at(types, section->name_off) != ".maps") continue;
    for (uint32_t i = 0; i < btf_vlen(section); i++) {
      const btf_type* variable = btf__type_by_id(types, btf_var_secinfos(section)[i].type);
      if (!variable || !btf_is_var(variable)) refuse("the object's BTF is damaged");
      MapSpec map = read_map(types, name_at(types, variable->name_off), variable->type);
      check_map(map);
      maps.by_offset[offset_of(object, maps.maps_section, map.name)] = static_cast<uint32_t>(maps.maps.size());
      maps.maps.push_back(std::move(map));
    }
  }
}

/// A section as a map of one value. The devices are written by the one program that empties their slots.
void add_data(const Section& section, uint32_t index, ObjectMaps& maps) {
  const bool devices = section.name == ".data.devices";
  MapSpec map;
  map.name = section.name.substr(0, kMapNameBytes);
  map.role = devices ? STELE_MAP_DEVICES : STELE_MAP_CONSTANTS;
  map.type = BPF_MAP_TYPE_ARRAY;
  map.key_size = 4;
  map.value_size = static_cast<uint32_t>(section.bytes.size());
  map.max_entries = 1;
  map.flags = devices ? 0 : BPF_F_RDONLY_PROG;
  map.data = section.bytes;
  if (section.name == ".rodata.late") {
    if (section.bytes.size() != sizeof(stele_late)) refuse("`.rodata.late` is not struct stele_late");
    maps.late = static_cast<uint32_t>(maps.maps.size());
  }
  if (devices) {
    if (section.bytes.size() != sizeof(stele_devices)) refuse("`.data.devices` is not struct stele_devices");
    maps.devices = static_cast<uint32_t>(maps.maps.size());
  }
  maps.by_section[index] = static_cast<uint32_t>(maps.maps.size());
  maps.maps.push_back(std::move(map));
}

}  // namespace

ObjectMaps collect_maps(const Object& object) {
  ObjectMaps maps;
  maps.late = maps.devices = STELE_NO_MAP;
  collect_declared(object, maps);
  for (uint32_t i = 1; i < object.sections.size(); i++) {
    const Section& section = object.sections[i];
    bool data = (section.flags & SHF_ALLOC) && !(section.flags & SHF_EXECINSTR) && !section.bytes.empty();
    if (!data || i == maps.maps_section || section.name == "license") continue;
    if (section.name != ".rodata" && !section.name.starts_with(".rodata.") && section.name != ".data.devices")
      refuse("section `" + section.name + "` holds data that programs could change or not reach");
    if (object.relocations.contains(i)) refuse("section `" + section.name + "` holds addresses");
    add_data(section, i, maps);
  }
  if (maps.maps.size() > STELE_MAX_MAPS) refuse("more than " + std::to_string(STELE_MAX_MAPS) + " maps");
  return maps;
}

}  // namespace stele::pack
