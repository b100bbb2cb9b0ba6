// .BTF.ext → CO-RE records. libbpf does not hand these out, so the section is read here.
// Format: Documentation/bpf/btf.rst and include/uapi/linux/bpf.h (struct bpf_core_relo) of the kernel.

#include "compiler/pack/core_relocations.h"

#include <linux/bpf.h>

#include <charconv>
#include <cstring>

#include "compiler/pack/pack_error.h"
#include "compiler/pack/types.h"
#include "runtime/abi.h"

namespace stele::pack {
namespace {

struct ExtHeader {
  uint16_t magic;
  uint8_t version, flags;
  uint32_t header_length;
  uint32_t function_offset, function_length;
  uint32_t line_offset, line_length;
  uint32_t core_offset, core_length;
};

/// struct bpf_core_relo, with a plain number for the kind.
struct CoreRecord {
  uint32_t insn_off, type_id, access_str_off, kind;
};
static_assert(sizeof(CoreRecord) == sizeof(bpf_core_relo));

uint32_t word_at(const std::string& bytes, uint64_t offset) {
  uint32_t word = 0;
  if (offset + sizeof(word) > bytes.size()) refuse("the object's BTF.ext is damaged");
  std::memcpy(&word, bytes.data() + offset, sizeof(word));
  return word;
}

std::vector<uint32_t> parse_access(const std::string& text) {
  std::vector<uint32_t> steps;
  const char* end = text.data() + text.size();
  for (const char* at = text.data(); at <= end; at++) {
    uint32_t step = 0;
    auto [next, error] = std::from_chars(at, end, step);
    if (error != std::errc() || (next < end && *next != ':')) refuse("a CO-RE access string is damaged");
    steps.push_back(step);
    at = next;
  }
  return steps;
}

/// Name without "___flavour"; qualifiers have none of their own.
std::string essential_name(const btf* types, uint32_t id) {
  const btf_type* type = btf__type_by_id(types, id);
  for (uint32_t i = 0; i < kMaxChain && type && type->name_off == 0 && btf_is_mod(type); i++)
    type = btf__type_by_id(types, type->type);
  std::string name = type ? name_at(types, type->name_off) : "";
  auto flavour = name.rfind("___");
  if (flavour != std::string::npos && flavour > 0) name.resize(flavour);
  if (name.empty()) refuse("a CO-RE record names an anonymous type");
  return name;
}

struct FieldPath {
  std::string text;
  uint32_t type = 0;
};

FieldPath field_path(const btf* types, uint32_t root, const std::vector<uint32_t>& steps) {
  FieldPath path{"", root};
  if (steps.empty() || steps[0] != 0) refuse("a CO-RE record indexes its root as an array");
  for (size_t i = 1; i < steps.size(); i++) {
    const btf_type* type = btf__type_by_id(types, strip(types, path.type));
    std::string step;
    if (type && btf_is_array(type)) {
      step = std::to_string(steps[i]).insert(0, 1, '#');
      path.type = btf_array(type)->type;
    } else if (type && btf_is_composite(type) && steps[i] < btf_vlen(type)) {
      const btf_member& member = btf_members(type)[steps[i]];
      step = name_at(types, member.name_off);
      if (btf_member_bitfield_size(type, steps[i]))
        refuse("bit-field `" + step + "` of `" + essential_name(types, root) + "`: not supported");
      path.type = member.type;
    } else {
      refuse("a CO-RE record leaves `" + essential_name(types, root) + "`");
    }
    if (step.empty()) continue;  // an anonymous member: searched by the enforcer
    if (!path.text.empty()) path.text += '.';
    path.text += step;
  }
  return path;
}

std::string enumerator_name(const btf* types, uint32_t id, uint32_t index) {
  const btf_type* type = btf__type_by_id(types, strip(types, id));
  if (!type || !btf_is_any_enum(type) || index >= btf_vlen(type)) refuse("a CO-RE record names no enumerator");
  uint32_t name = btf_is_enum(type) ? btf_enum(type)[index].name_off : btf_enum64(type)[index].name_off;
  std::string text = name_at(types, name);
  return text.substr(0, text.find("___"));
}

CoreRelocation lower(const btf* types, const CoreRecord& record) {
  std::vector<uint32_t> steps = parse_access(name_at(types, record.access_str_off));
  std::string root = essential_name(types, record.type_id) + ":";
  switch (record.kind) {
    case STELE_RELOC_FIELD_OFFSET: {
      FieldPath path = field_path(types, record.type_id, steps);
      auto size = btf__resolve_size(types, path.type);
      return {record.kind, root + path.text, size > 0 ? static_cast<uint32_t>(size) : 0};
    }
    case STELE_RELOC_FIELD_SIZE:
    case STELE_RELOC_FIELD_EXISTS:
      return {record.kind, root + field_path(types, record.type_id, steps).text, 0};
    case STELE_RELOC_TYPE_ID:
    case STELE_RELOC_TYPE_EXISTS:
    case STELE_RELOC_TYPE_SIZE:
      return {record.kind, root, 0};
    case STELE_RELOC_ENUM_EXISTS:
    case STELE_RELOC_ENUM_VALUE:
      return {record.kind, root + enumerator_name(types, record.type_id, steps[0]), 0};
  }
  refuse("CO-RE record of kind " + std::to_string(record.kind) + " on `" + root + "`: not supported");
}

}  // namespace

std::map<std::string, std::map<uint64_t, CoreRelocation>> collect_core_relocations(const Object& object) {
  std::map<std::string, std::map<uint64_t, CoreRelocation>> all;
  uint32_t index = object.find_section(".BTF.ext");
  if (!index) return all;
  const std::string& bytes = object.sections[index].bytes;
  const btf* types = object.types.get();
  ExtHeader header{};
  if (bytes.size() < sizeof(header)) return all;
  std::memcpy(&header, bytes.data(), sizeof(header));
  if (header.magic != BTF_MAGIC) refuse("the object's BTF.ext is damaged");
  if (header.header_length < sizeof(header) || header.core_length == 0) return all;

  uint64_t at = uint64_t{header.header_length} + header.core_offset, end = at + header.core_length;
  if (word_at(bytes, at) != sizeof(CoreRecord)) refuse("the object's CO-RE records have another size");
  for (at += 4; at < end;) {
    auto& records = all[name_at(types, word_at(bytes, at))];
    uint32_t count = word_at(bytes, at + 4);
    at += 8;
    for (uint32_t i = 0; i < count; i++, at += sizeof(CoreRecord)) {
      CoreRecord record{};
      word_at(bytes, at + sizeof(record) - 4);  // bounds
      std::memcpy(&record, bytes.data() + at, sizeof(record));
      records[record.insn_off] = lower(types, record);
    }
  }
  return all;
}

}  // namespace stele::pack
